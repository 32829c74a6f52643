"""The pace at which an instance calls CAM: the documented quotas, and less while the account is throttled.

The quotas are per account and the account may be shared with other instances and other people, so a throttled answer
halves the action's rate and each success gives a little back (additive increase, multiplicative decrease): instances
that know nothing of each other converge on a fair share.
"""

from __future__ import annotations

import threading

from shared.cloud.budget import Budget

QUOTAS = {
    "AddUser": 20, "GetUser": 20, "UpdateUser": 20, "ListPolicies": 20, "GetPolicy": 20, "ListAttachedUserPolicies": 20,
    "ListAccessKeys": 20, "AttachUserPolicy": 10, "DetachUserPolicy": 10, "CreateAccessKey": 5, "UpdateAccessKey": 5,
    "DeleteAccessKey": 5, "GetCallerIdentity": 20, "PutUserPermissionsBoundary": 20,
}  # fmt: skip
"""Requests per second and account, from each action's page below https://cloud.tencent.com/document/product/598."""

_SHARE = 0.97
"""Of the quota: the service counts arrivals, and the network bunches what left evenly."""
_FLOOR = 0.05
"""Of the quota: never slower than this, or a storm would be remembered for minutes."""
_RECOVERY = 0.02
"""Of the quota: what one success gives back."""


class _Lane:
    def __init__(self, quota: float) -> None:
        self.top = quota * _SHARE
        self.rate = self.top
        self.next_slot = 0.0


class Pace:
    """Hands out the moments at which calls may start; one for the process, shared by its threads."""

    def __init__(self) -> None:
        self._lanes = {action: _Lane(quota) for action, quota in QUOTAS.items()}
        self._lock = threading.Lock()

    def wait(self, action: str, budget: Budget) -> None:
        """Sleep until the action's next slot. Raises Unavailable when it lies beyond the time limit."""
        lane = self._lanes.get(action)
        if lane is None:
            return
        with self._lock:
            now = budget.clock.now()
            slot = max(now, lane.next_slot)
            if slot - now < budget.remaining():
                lane.next_slot = slot + 1 / lane.rate
        budget.wait(slot - now)

    def throttled(self, action: str) -> None:
        """The account's quota is used up: halve the rate."""
        lane = self._lanes.get(action)
        if lane is not None:
            with self._lock:
                lane.rate = max(lane.top * _FLOOR, lane.rate / 2)

    def succeeded(self, action: str) -> None:
        """A call got through: give a little back."""
        lane = self._lanes.get(action)
        if lane is not None and lane.rate < lane.top:
            with self._lock:
                lane.rate = min(lane.top, lane.rate + lane.top * _RECOVERY)
