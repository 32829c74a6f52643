"""The pace at which an instance calls CAM: the documented quotas, and less while the account is throttled.

The quotas are per account, and the account may be shared with other instances and other people. A throttled answer cuts
the action's rate, and each success gives a little back: the more often an instance calls, the more often it is cut, so
instances that know nothing of each other come to equal shares (`benchmarks/throttle_simulation.py` shows how 1, 4 and
16 of them fare). What a success gives grows with their number in a row: a storm is soon forgotten once it is over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from shared.deadline import Deadline
from shared.errors import ImAccessError

QUOTAS = {
    "AddUser": 20, "GetUser": 20, "UpdateUser": 20, "ListPolicies": 20, "GetPolicy": 20, "ListAttachedUserPolicies": 20,
    "ListAccessKeys": 20, "AttachUserPolicy": 10, "DetachUserPolicy": 10, "CreateAccessKey": 5, "UpdateAccessKey": 5,
    "DeleteAccessKey": 5, "GetCallerIdentity": 20, "PutUserPermissionsBoundary": 20,
}  # fmt: skip
"""Records per second and account, from each action's page below https://cloud.tencent.com/document/product/598."""

_SHARE = 0.97
"""Of the quota: the service counts arrivals, and the network bunches what left evenly."""
_FLOOR = 0.03
"""Of the quota: never slower than this, or a storm would be remembered for minutes."""
_CUT = 0.7
"""What remains of the rate after a throttled answer."""
_WINDOW = 1.0
"""Seconds over which the service counts: what it refuses within one says nothing new."""
_GAIN = 0.0075
"""Of the quota: what a success gives back, and more the longer it has been since the last throttled answer."""
_RUN = 10
"""Successes in a row after which the gain has doubled."""
_NAP = 0.25
"""Seconds after which a waiting call looks again, as the rate may have changed."""
_LOOK = 0.05
"""Seconds between two looks for room, where nobody leaves: the rate may have risen."""
_INSTANT = 1e-6
"""Seconds: less than a clock that counts from 1970 can tell."""
_FEW = 4
"""Records at once that an instance begins with; and calls that are begun whatever the rate, as reads come first."""


class ActionLimiter:
    """The pace of one action, as a queue: calls take tickets, and the count of those served grows with the rate.

    So a change of the rate takes effect for those who wait already. Times are any clock's seconds.
    """

    def __init__(self, quota: float) -> None:
        self.top = quota * _SHARE
        self.rate = self.top
        self._taken = 0
        self._served = 0.0
        self._at = 0.0
        self._cut_at = float("-inf")
        self._run = 0

    def take(self, now: float) -> int:
        """Queue up; the ticket."""
        self._go_on(now)
        self._taken += 1
        return self._taken

    def give_back(self) -> None:
        """Leave the queue unserved."""
        self._taken -= 1

    def left(self, ticket: int, now: float) -> float:
        """Seconds until the ticket's turn, at the present rate."""
        self._go_on(now)
        return max(0.0, (ticket - self._served) / self.rate)

    def throttled(self, sent: float, now: float) -> None:
        """Slow down; once for all calls that were under way together."""
        self._go_on(now)
        if sent > self._cut_at + _WINDOW:
            self.rate, self._cut_at, self._run = max(self.top * _FLOOR, self.rate * _CUT), now, 0

    def succeeded(self, sent: float, now: float) -> None:
        """Give a little back."""
        self._go_on(now)
        if sent > self._cut_at:
            self._run += 1
            self.rate = min(self.top, self.rate + self.top * _GAIN * (1 + self._run / _RUN))

    def _go_on(self, now: float) -> None:
        # An idle limiter saves up one turn, no more. A clock that was set back costs nobody more than that.
        passed = max(0.0, now - self._at)
        self._served = min(self._taken + 1.0, self._served + passed * self.rate)
        self._at = now


class ConcurrencyLimiter:
    """How many requests of an instance are under way at once: as many as will be finished in time.

    Begun are those that the pace serves within half the reserve, the time that an invocation keeps for its last
    requests. And no more than the instance can do at once: a small one has a tenth of a processor, on which many
    requests together would all be late, in every delivery again. So their number grows while requests take less than
    half the reserve, and shrinks when one takes nearly all of it; what they wait for the pace does not count.
    """

    def __init__(self, limiter: ActionLimiter) -> None:
        self._lane = limiter
        self._changed = threading.Condition()
        self._requests = 0
        self._calls = 0
        self._most = float(_FEW)

    def acquire(self, calls: int, reserve: float, out_of_time: Callable[[], bool]) -> None:
        """Begin a request with so many calls in the limiter, when there is room. Raises ImAccessError `out_of_time`."""
        with self._changed:
            while not self._has_room(reserve):
                if out_of_time():
                    raise ImAccessError("out_of_time")
                self.pause()
            self._requests += 1
            self._calls += calls

    def release(self, calls: int, busy: float, reserve: float) -> None:
        """End it. `busy`: the seconds that it took without its waits; 0 for a replay, after which a few may try."""
        with self._changed:
            self._requests -= 1
            self._calls -= calls
            if busy > 0.8 * reserve:
                self._most = max(1.0, self._most / 2)
            elif busy < 0.6 * reserve and (busy > 0 or self._most < 2 * _FEW):
                self._most += 1
            self._changed.notify_all()

    def pause(self) -> None:
        """Wait for a change: for other threads, and not for any clock."""
        self._changed.wait(_LOOK)

    def _has_room(self, reserve: float) -> bool:
        served = max(_FEW, self._lane.rate * reserve / 2)
        return self._requests < max(1.0, self._most) and self._calls < served


class RateLimiter:
    """Hands out the moments at which calls may start; one for the process, shared by its threads."""

    def __init__(self) -> None:
        self._limiters = {action: ActionLimiter(quota) for action, quota in QUOTAS.items()}
        self._concurrency = {action: ConcurrencyLimiter(limiter) for action, limiter in self._limiters.items()}
        self._lock = threading.Lock()

    def limiter(self, action: str) -> ActionLimiter:
        """The queue of one action."""
        return self._limiters[action]

    def concurrency(self, action: str) -> ConcurrencyLimiter:
        """The room for requests whose scarcest action this is."""
        return self._concurrency[action]

    def wait(self, action: str, deadline: Deadline) -> float:
        """Sleep until the action's turn; that moment. Raises Unavailable when it lies beyond the time limit."""
        limiter, now = self._limiters.get(action), deadline.clock.now()
        if limiter is None:
            return now
        with self._lock:
            ticket = limiter.take(now)
        try:
            while (left := self._left(limiter, ticket, deadline.clock.now())) > _INSTANT:
                deadline.wait(left if left >= deadline.remaining() else min(left, _NAP))
        except BaseException:
            with self._lock:
                limiter.give_back()
            raise
        return deadline.clock.now()

    def throttled(self, action: str, sent: float, now: float) -> None:
        """A call that was sent at that moment has been refused for its rate."""
        if action in self._limiters:
            with self._lock:
                self._limiters[action].throttled(sent, now)

    def succeeded(self, action: str, sent: float, now: float) -> None:
        """A call that was sent at that moment got through."""
        if action in self._limiters:
            with self._lock:
                self._limiters[action].succeeded(sent, now)

    def _left(self, limiter: ActionLimiter, ticket: int, now: float) -> float:
        with self._lock:
            return limiter.left(ticket, now)
