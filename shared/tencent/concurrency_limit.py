"""Limits how many requests an instance works on at once, to as many as it can finish in time."""

from __future__ import annotations

import threading

from shared.deadline import Deadline
from shared.errors import ImAccessError
from shared.tencent.action_limiter import ActionLimiter

_RECHECK = 0.05
"""Seconds between two checks for a free slot while no request ends, because the rate may have risen."""
_FEW = 4
"""Slots that an instance begins with; and calls that are admitted at any rate, because a request begins with reads."""
_CALLS = 16.0
"""Calls that a request is expected to make, until one has shown the real number."""


class Slot:
    """A request that is being worked on. `calls`: the calls of the scarcest action that it will make; `deadline` counts
    all its calls.
    """

    def __init__(self, calls: int, deadline: Deadline) -> None:
        self.calls = calls
        self.deadline = deadline
        self.began = deadline.clock.now()

    @property
    def busy(self) -> float:
        """Seconds of work so far, without the waits for the rate limit and for CAM's lag."""
        return max(0.0, self.deadline.clock.now() - self.began - self.deadline.waited)

    @property
    def made(self) -> int:
        """The number of calls sent so far."""
        return sum(self.deadline.calls.values())


class ConcurrencyLimiter:
    """Slots for requests that are limited by the rate of one action.

    A request is admitted if the rate limiter can send its calls within half the reserve (the time that an invocation
    keeps for its last requests). And an instance takes no more requests than it can work on at once: a small instance
    has a tenth of a processor, so too many requests together would all be late, in each delivery again. So the number
    of slots grows while finished requests take less than 7 tenths of the reserve, and shrinks when one takes nearly all
    of it.

    A further request is admitted only if the remaining time suffices for the calls of all of them, at the pace seen so
    far. A cloud that handles one call after the other shows the same pace however many requests there are. The first
    request runs alone until a pace is known. Otherwise requests with too little time would all run out of it together,
    begin again together in the next delivery, and never finish.
    """

    def __init__(self, limiter: ActionLimiter) -> None:
        self._limiter = limiter
        self._changed = threading.Condition()
        self._running: list[Slot] = []
        self._slots = float(_FEW)
        self._needs = _CALLS
        self._since = 0.0
        self._answered = 0
        self._pace: float | None = None
        self._finished_at = float("-inf")

    def acquire(self, calls: int, deadline: Deadline, reserve: float, started: float) -> Slot:
        """Wait for a slot, for a request with this many calls of the action. Raises ImAccessError `out_of_time`.

        `started`: when the invocation began. Its first request is always admitted. A later request that could not be
        finished is left for the next delivery.
        """
        with self._changed:
            while not self._admits(deadline, reserve, started):
                if deadline.ends_at - deadline.clock.now() < reserve or not self._running:
                    raise ImAccessError("out_of_time")
                self.pause()
            slot = Slot(calls, deadline)
            if not self._running:
                self._since, self._answered = slot.began, 0
            self._running.append(slot)
            return slot

    def release(self, slot: Slot, reserve: float, *, finished: bool) -> None:
        """Free the slot. `finished`: the request was executed now, not replayed; only such a request shows the pace."""
        with self._changed:
            self._pace = self._pace_now(slot.deadline.clock.now())
            self._running.remove(slot)
            self._answered += slot.deadline.answered
            if slot.busy > 0.8 * reserve:
                self._slots = max(1.0, self._slots / 2)
            elif finished and slot.busy < 0.7 * reserve:
                self._slots += 1
            if finished:
                self._finished_at = slot.deadline.clock.now()
                self._needs = max(float(slot.made), 0.75 * self._needs + 0.25 * slot.made)
            self._changed.notify_all()

    def pause(self) -> None:
        """Wait until another request ends, or for a moment of real time."""
        self._changed.wait(_RECHECK)

    def _admits(self, deadline: Deadline, reserve: float, started: float) -> bool:
        if not self._running:
            return self._finished_at < started or self._suffices(deadline)
        in_time = max(_FEW, self._limiter.rate * reserve / 2)
        calls = sum(slot.calls for slot in self._running)
        return len(self._running) < self._slots and calls < in_time and self._suffices(deadline)

    def _suffices(self, deadline: Deadline) -> bool:
        """Whether the remaining time suffices for one more request beside the present ones."""
        pace = self._pace_now(deadline.clock.now())
        if pace is None:
            return not self._running
        due = self._needs + sum(max(1.0, self._needs - slot.deadline.answered) for slot in self._running)
        return due * pace <= deadline.remaining()

    def _pace_now(self, now: float) -> float | None:
        """Seconds for each call of all requests together; before the first answer, the last known pace."""
        answered = self._answered + sum(slot.deadline.answered for slot in self._running)
        return (now - self._since) / answered if answered and self._running else self._pace
