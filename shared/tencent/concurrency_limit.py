"""Limits how many requests of an instance are under way at once, to as many as will be finished in time."""

from __future__ import annotations

import threading

from shared.deadline import Deadline
from shared.errors import ImAccessError
from shared.tencent.action_limiter import ActionLimiter

_RECHECK = 0.05
"""Seconds between two looks for a free slot while no request ends: the rate may have risen."""
_FEW = 4
"""Requests at once that an instance begins with; and calls that are admitted whatever the rate, as reads come first."""
_CALLS = 16.0
"""Remote calls of a request, as long as none has shown how many it makes."""


class Slot:
    """A request under way: so many calls of the scarcest action are to come; `deadline` counts all that it makes."""

    def __init__(self, calls: int, deadline: Deadline) -> None:
        self.calls = calls
        self.deadline = deadline
        self.began = deadline.clock.now()

    @property
    def busy(self) -> float:
        """Seconds that it has taken without its waits for the rate and for CAM's lag."""
        return max(0.0, self.deadline.clock.now() - self.began - self.deadline.waited)

    @property
    def made(self) -> int:
        """Calls that it has sent."""
        return sum(self.deadline.calls.values())


class ConcurrencyLimiter:
    """Slots for requests whose calls of one action are what takes longest.

    Admitted are those whose calls the rate limiter lets through within half the reserve, the time that an invocation
    keeps for its last requests. And no more than the instance can do at once: a small one has a tenth of a processor,
    on which many requests together would all be late, in every delivery again. So the number of slots grows while
    requests that are finished take less than 7 tenths of the reserve, and shrinks when one takes nearly all of it.

    And one more is let in only where the time that is left suffices for the calls of all of them, at the pace that they
    have shown so far: a cloud that does one thing after the other shows the same pace however many ask it. The first is
    alone until it has shown one. Else requests that share too little time run out of it together, begin again together
    in the next delivery, and none of them ever ends.
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
        """Wait for a slot, for a request of so many calls of the action. Raises ImAccessError `out_of_time`.

        `started`: when the invocation began. Its first request is let in whatever it may take; later ones that would
        not be finished are left to the next delivery.
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
        """Free the slot. `finished`: the request was done just now, and not before; only such a one shows the pace."""
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
        """Wait for a change: for other threads, and not for any clock."""
        self._changed.wait(_RECHECK)

    def _admits(self, deadline: Deadline, reserve: float, started: float) -> bool:
        if not self._running:
            return self._finished_at < started or self._suffices(deadline)
        in_time = max(_FEW, self._limiter.rate * reserve / 2)
        calls = sum(slot.calls for slot in self._running)
        return len(self._running) < self._slots and calls < in_time and self._suffices(deadline)

    def _suffices(self, deadline: Deadline) -> bool:
        """Whether the time that is left is enough for one more beside those that are under way."""
        pace = self._pace_now(deadline.clock.now())
        if pace is None:
            return not self._running
        due = self._needs + sum(max(1.0, self._needs - slot.deadline.answered) for slot in self._running)
        return due * pace <= deadline.remaining()

    def _pace_now(self, now: float) -> float | None:
        """Seconds for a call, of however many at once; before one was answered, as it was the last time."""
        answered = self._answered + sum(slot.deadline.answered for slot in self._running)
        return (now - self._since) / answered if answered and self._running else self._pace
