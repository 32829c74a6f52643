"""Detaches policies from a sub-user. For an unknown name the revoke is recorded, for a create that comes late."""

from __future__ import annotations

from shared.commands.changed import Revoked
from shared.commands.result import PolicyOutcome, UserRef
from shared.commands.revoke_policy import RevokePolicy
from shared.idempotency.lease import Lease
from shared.idempotency.request import Request
from shared.policies.attachments import Attachments, ChangedPolicies


class RevokePolicyUseCase:
    """The use case, for one request."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments

    def __call__(self, request: Request[RevokePolicy], lease: Lease) -> Revoked:
        """Make one attempt. Raises Rejected before anything is recorded; Unavailable, CloudError.

        Each policy is handled separately: one that CAM does not have any more is unchanged, whatever happens to the
        others.
        """
        command, time, key = request.command, lease.time, request.key
        person = self._attachments.prepare_for(command.user, "revoke", command.policies)
        self._attachments.check_revocable(command.policies, person)
        person = person or self._attachments.record_for_later_user(
            command.user, "revoke", command.policies, time=time, request=key
        )
        if person is None:
            applied = ChangedPolicies([PolicyOutcome(name=name, outcome="unchanged") for name in command.policies], [])
        else:
            applied = self._attachments.change("revoke", person, command.policies, time=time, request=key)
        changed = any(row.outcome == "detached" for row in applied.outcomes)
        return Revoked(
            status="revoked" if changed else "unchanged",
            user=UserRef(name=command.user, uin=person.user.uin if person else None),
            policies=applied.outcomes,
            still_attached=applied.attached,
        )
