"""Sets the permissions boundary of new users, which limits what they can do, whatever policies they get later.

The boundary is a custom policy of the account. It also holds if the checks of authorization.py were bypassed. A user's
boundary does not pass to users that it creates (https://cloud.tencent.com/document/product/598/61541), so it is set on
each user. A boundary that cannot be read, or that allows administration, is refused.
"""

from __future__ import annotations

from functools import partial

from shared.deadline import Deadline
from shared.errors import Misconfigured, Rejected
from shared.policies.authorization import harmless
from shared.policies.catalog import PolicyCatalog
from shared.policies.policy_writes import retry_unknown_user
from shared.ports import Directory, Policy


class Boundary:
    """The boundary of one request's user; without a name there is none."""

    def __init__(self, cam: Directory, policies: PolicyCatalog, name: str | None, deadline: Deadline) -> None:
        self._cam = cam
        self._policies = policies
        self._name = name
        self._deadline = deadline
        self._policy: Policy | None = None

    def prepare(self) -> None:
        """Find and read the policy, before the user is created. Raises Misconfigured, ImAccessError
        `policy_missing`.
        """
        if self._name is None:
            return
        self._policy = bounding(self._policies.confirm(self._policies.resolve(self._name)))

    def put(self, uin: int) -> None:
        """Set it, before the user gets anything. Raises Unavailable, CloudError; setting it again is harmless."""
        if self._policy is not None:
            retry_unknown_user(partial(self._cam.limit, self._policy, uin), self._deadline)


def bounding(policy: Policy) -> Policy:
    """The policy, if it allows no administration. Raises Misconfigured."""
    try:
        harmless(policy)
    except Rejected:
        why = "names a policy that is no boundary: it allows administration, or its document cannot be read"
        raise Misconfigured("IM_ACCESS_BOUNDARY_POLICY", why) from None
    return policy
