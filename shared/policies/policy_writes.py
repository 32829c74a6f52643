"""Attaches and detaches policies in CAM: only approved ones, with retries for a user that CAM does not show yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shared.deadline import Deadline
from shared.errors import Conflict, ImAccessError, Rejected, Unavailable
from shared.policies.authorization import Authorization
from shared.policies.catalog import PolicyCatalog
from shared.policies.sub_users import POLLS, SubUsers
from shared.ports import Directory, NoSuchPolicy, NoSuchUser, Policy, User


class PolicyWrites:
    """The writes of one request."""

    def __init__(
        self, cam: Directory, policies: PolicyCatalog, authorization: Authorization, users: SubUsers, deadline: Deadline
    ) -> None:
        self._cam = cam
        self._policies = policies
        self._authorization = authorization
        self._users = users
        self._deadline = deadline
        self._approved: dict[str, Policy] = {}

    def approve(self, name: str) -> Policy:
        """The policy as CAM showed it during this request, approved by `Authorization`. Only such a policy is attached.

        Raises Rejected `policy_not_allowed`, ImAccessError `policy_missing`.
        """
        if name not in self._approved:
            self._approved[name] = self._authorization.approve(self._policies.confirm(self._policies.resolve(name)))
        return self._approved[name]

    def approves(self, name: str) -> bool:
        """Whether the policy exists and may be given now."""
        try:
            self.approve(name)
        except Rejected:
            return False
        except ImAccessError as error:
            if error.code != "policy_missing":
                raise
            return False
        return True

    def attach(self, name: str, user: User) -> None:
        """Attach. Raises Conflict `user_not_found` where the user does not exist any more, Unavailable, and as
        `approve`.
        """
        try:
            self._retry_unknown_user(lambda: self._cam.attach(self.approve(name), user.uin), user)
        except NoSuchPolicy:
            # The name belongs to another policy by now, or to none.
            self._approved.pop(name, None)
            self._policies.refresh(name)
            self._retry_unknown_user(lambda: self._cam.attach(self.approve(name), user.uin), user)

    def detach(self, name: str, user: User, shown: dict[int, str]) -> None:
        """Detach the policy by its id, and by each earlier id that CAM `shown` for its name.

        A policy that does not exist any more is attached to nobody. Raises Conflict `user_not_found` where the user
        does not exist any more, Unavailable.
        """
        known = self._policies.find(name)
        waiting = {policy_id: Policy(policy_id, name, None) for policy_id, held in shown.items() if held == name}
        waiting |= {known.id: known} if known else {}
        done: set[int] = set()
        while waiting:
            policy_id, policy = waiting.popitem()
            done.add(policy_id)
            try:
                self._retry_unknown_user(partial(self._cam.detach, policy, user.uin), user)
            except NoSuchPolicy:
                # It is not attached, or the name belongs to another policy by now.
                fresh = self._policies.find(name, afresh=True)
                waiting |= {fresh.id: fresh} if fresh and fresh.id not in done else {}

    def _retry_unknown_user(self, call: Callable[[], None], user: User) -> None:
        """Repeat a write while CAM does not know the user; at the end check whether the user exists."""
        try:
            retry_unknown_user(call, self._deadline)
        except NoSuchUser:
            if self._users.gone(user):
                raise Conflict("user_not_found") from None
            raise Unavailable("CAM shows a user and does not know it") from None


def retry_unknown_user(call: Callable[[], None], deadline: Deadline) -> None:
    """Repeat a call while CAM does not know the user yet. Raises NoSuchUser at the end."""
    for seconds in POLLS:
        try:
            return call()
        except NoSuchUser:
            deadline.wait(seconds)
    return call()
