"""Limits the rate of CAM's calls to the documented quotas, and lower while the account is throttled."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from random import Random

from shared.deadline import Deadline
from shared.tencent.action_limiter import ActionLimiter, Ticket
from shared.tencent.concurrency_limit import ConcurrencyLimiter

QUOTAS = {
    "AddUser": 20, "GetUser": 20, "UpdateUser": 20, "DeleteUser": 20, "ListUsers": 20, "DescribeSubAccounts": 20,
    "ListPolicies": 20, "GetPolicy": 20, "ListAttachedUserPolicies": 20, "ListPoliciesGrantingServiceAccess": 20,
    "ListAccessKeys": 20, "GetSecurityLastUsed": 20, "ListGroupsForUser": 20, "RemoveUserFromGroup": 20,
    "PutUserPermissionsBoundary": 20, "GetUserPermissionBoundary": 20, "DeleteUserPermissionsBoundary": 20,
    "GetCallerIdentity": 20, "ListEntitiesForPolicy": 20,
    "AttachUserPolicy": 10, "DetachUserPolicy": 10, "CreatePolicy": 10,
    "CreateAccessKey": 5, "UpdateAccessKey": 5, "DeleteAccessKey": 5, "ListAttachedUserAllPolicies": 5,
}  # fmt: skip
"""Calls per second and account, from each action's page below https://cloud.tencent.com/document/product/598."""

_RECHECK = 0.25
"""Seconds after which a waiting call looks again: the rate may have changed."""


class RateLimiter:
    """Decides when a call may be sent. There is one for the process, shared by its threads."""

    def __init__(self, dice: Random | None = None) -> None:
        self._dice = dice
        self._limiters: dict[str, ActionLimiter] = {}
        self._concurrency: dict[str, ConcurrencyLimiter] = {}
        self._lock = threading.Lock()

    def limiter(self, action: str) -> ActionLimiter:
        """The queue of one action. It is made when it is first needed, because an instance calls only a few actions."""
        found = self._limiters.get(action)
        # Two threads may make one at the same time; both use the first.
        return found or self._limiters.setdefault(action, ActionLimiter(QUOTAS[action], self._dice))

    def concurrency(self, action: str) -> ConcurrencyLimiter:
        """The slots for requests whose scarcest action this is."""
        found = self._concurrency.get(action)
        return found or self._concurrency.setdefault(action, ConcurrencyLimiter(self.limiter(action)))

    def scarcest(self, calls: Mapping[str, int]) -> str:
        """The action that takes longest at the present rates; `calls`: how often a request calls each."""
        return max(calls, key=lambda action: calls[action] / self.limiter(action).rate)

    def wait(self, action: str, deadline: Deadline) -> Ticket | None:
        """Sleep until the call may be sent. Raises Unavailable when that lies beyond the time limit.

        What it returns is for `throttled` or `succeeded`; None for an action that has no quota here.
        """
        if action not in QUOTAS:
            return None
        limiter, now = self.limiter(action), deadline.clock.now()
        with self._lock:
            ticket = limiter.take(now)
        try:
            while (left := self._left(limiter, ticket, deadline.clock.now())) > 0:
                deadline.wait(left if left >= deadline.remaining() else min(left, _RECHECK))
        except BaseException:
            with self._lock:
                limiter.give_back(ticket)
            raise
        return ticket

    def throttled(self, action: str, ticket: Ticket | None, now: float) -> None:
        """Note that the call was throttled."""
        if ticket:
            with self._lock:
                self._limiters[action].throttled(ticket, now)

    def succeeded(self, action: str, ticket: Ticket | None, now: float) -> None:
        """Note that the call was not throttled."""
        if ticket:
            with self._lock:
                self._limiters[action].succeeded(ticket, now)

    def _left(self, limiter: ActionLimiter, ticket: Ticket, now: float) -> float:
        with self._lock:
            return limiter.left(ticket, now)
