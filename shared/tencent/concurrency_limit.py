"""How many requests of an instance are under way at once: as many as will be finished in time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shared.errors import ImAccessError
from shared.tencent.action_limiter import ActionLimiter

_RECHECK = 0.05
"""Seconds between two looks for a free slot while no request ends: the rate may have risen."""
_FEW = 4
"""Requests at once that an instance begins with; and calls that are admitted whatever the rate, as reads come first."""


class ConcurrencyLimiter:
    """Slots for requests whose calls of one action are what takes longest.

    Admitted are those whose calls the rate limiter lets through within half the reserve, the time that an invocation
    keeps for its last requests. And no more than the instance can do at once: a small one has a tenth of a processor,
    on which many requests together would all be late, in every delivery again. So the number of slots grows while
    requests take less than six tenths of the reserve, and shrinks when one takes nearly all of it; waiting for the
    rate does not count.
    """

    def __init__(self, limiter: ActionLimiter) -> None:
        self._limiter = limiter
        self._changed = threading.Condition()
        self._requests = 0
        self._calls = 0
        self._slots = float(_FEW)

    def acquire(self, calls: int, reserve: float, out_of_time: Callable[[], bool]) -> None:
        """Wait for a slot, for a request of so many calls of the action. Raises ImAccessError `out_of_time`."""
        with self._changed:
            while not self._admits(reserve):
                if out_of_time():
                    raise ImAccessError("out_of_time")
                self.pause()
            self._requests += 1
            self._calls += calls

    def release(self, calls: int, busy: float, reserve: float) -> None:
        """Free the slot. `busy`: the seconds that the request took without its waits; 0 for a replay."""
        with self._changed:
            self._requests -= 1
            self._calls -= calls
            if busy > 0.8 * reserve:
                self._slots = max(1.0, self._slots / 2)
            elif busy < 0.6 * reserve and (busy > 0 or self._slots < 2 * _FEW):
                self._slots += 1
            self._changed.notify_all()

    def pause(self) -> None:
        """Wait for a change: for other threads, and not for any clock."""
        self._changed.wait(_RECHECK)

    def _admits(self, reserve: float) -> bool:
        in_time = max(_FEW, self._limiter.rate * reserve / 2)
        return self._requests < max(1.0, self._slots) and self._calls < in_time
