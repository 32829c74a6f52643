"""The time limit of one request, and a count of the calls that the request has made."""

from __future__ import annotations

import threading
from collections import Counter

from shared.clock import Clock
from shared.errors import Unavailable

MARGIN = 0.5
"""Seconds before the time limit from which on no call is started: the answer must still be sent."""


class Tally:
    """Counts the calls of all requests of an invocation, and how many of them were throttled."""

    def __init__(self) -> None:
        self.calls = 0
        self.throttled = 0
        self._lock = threading.Lock()

    def count(self, *, calls: int = 0, throttled: int = 0) -> None:
        """Add to the counts."""
        with self._lock:
            self.calls += calls
            self.throttled += throttled


class Deadline:
    """The time limit of an invocation, and the calls of one request. The request's threads share it.

    `unsettled`: a write of this request may still take effect, although its answer was lost. It is kept here because
    the error of that write can be replaced by another thread's error, or by a later success. `waited`: the seconds
    slept, in all threads together; `throttled`: the number of throttled calls; `answered`: the number of calls that
    have ended. `tally` counts for the whole invocation.
    """

    def __init__(self, clock: Clock, ends_at: float, tally: Tally | None = None) -> None:
        self.clock = clock
        self.ends_at = ends_at
        self.calls: Counter[str] = Counter()
        self.unsettled = False
        self.waited = 0.0
        self.throttled = 0
        self.tally = tally or Tally()
        self.answered = 0
        self._lock = threading.Lock()

    def earlier_by(self, seconds: float) -> Deadline:
        """A deadline this many seconds earlier, for a part of the request that must leave time for the rest."""
        earlier = Deadline(self.clock, self.ends_at - seconds)
        earlier.calls = self.calls
        return earlier

    def remaining(self) -> float:
        """Seconds in which calls may still be started; negative after that."""
        return self.ends_at - MARGIN - self.clock.now()

    def spend(self, call: str) -> None:
        """Count a call that is about to be sent. Raises Unavailable where no time is left for it.

        An attempt that is past its time limit may have a successor already. So it can send nothing any more.
        """
        if self.remaining() <= 0:
            raise Unavailable("The time limit is too near for another call")
        with self._lock:
            self.calls[call] += 1
        self.tally.count(calls=1)

    def note_throttled(self) -> None:
        """Count a throttled call."""
        with self._lock:
            self.throttled += 1
        self.tally.count(throttled=1)

    def note_ended(self) -> None:
        """Count a call that has ended: it was answered, or given up."""
        with self._lock:
            self.answered += 1

    def wait(self, seconds: float) -> None:
        """Sleep. Raises Unavailable at once where the time limit comes first."""
        if seconds >= self.remaining():
            raise Unavailable("The time limit is too near to wait for the cloud", retry_after=max(1, int(seconds) + 1))
        if seconds > 0:
            self.clock.sleep(seconds)
            with self._lock:
                self.waited += seconds
