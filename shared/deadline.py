"""The time that one request has until its invocation is killed, and a count of the calls that it has made."""

from __future__ import annotations

import threading
from collections import Counter

from shared.clock import Clock
from shared.errors import Unavailable

MARGIN = 0.5
"""Seconds before the time limit at which no further call is started: the answer must still get out."""


class Tally:
    """Counts the calls of an invocation, of all its requests, and how many of them were refused for their rate."""

    def __init__(self) -> None:
        self.calls = 0
        self.throttled = 0
        self._lock = threading.Lock()

    def count(self, *, calls: int = 0, throttled: int = 0) -> None:
        """Add to them."""
        with self._lock:
            self.calls += calls
            self.throttled += throttled


class Deadline:
    """The moment at which an invocation ends, and the calls of one request; shared by the request's threads.

    `unsettled`: a write of this request may still take effect although its answer was lost, whatever came after it. It
    is kept here because the error that told so can be outdone by another thread's, or by a later success. `waited`: the
    seconds slept, in all threads together; `throttled`: calls that were refused for their rate; `answered`: those that
    have come to an end. `tally` has those of the whole invocation.
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

    def another(self) -> Deadline:
        """A deadline at the same moment, with its own count, for another request of the same invocation."""
        return Deadline(self.clock, self.ends_at, self.tally)

    def sooner(self, seconds: float) -> Deadline:
        """A deadline so many seconds earlier, for a part of the request that must leave time to the rest."""
        earlier = Deadline(self.clock, self.ends_at - seconds)
        earlier.calls = self.calls
        return earlier

    def remaining(self) -> float:
        """Seconds in which calls may still be started; negative when it is over."""
        return self.ends_at - MARGIN - self.clock.now()

    def spend(self, call: str) -> None:
        """Count a call that is about to be sent. Raises Unavailable when there is no time left for it.

        This is also the fence: an attempt that is past its time limit, and so may have a successor, sends nothing.
        """
        if self.remaining() <= 0:
            raise Unavailable("The time limit is too near for another call")
        with self._lock:
            self.calls[call] += 1
        self.tally.count(calls=1)

    def refused(self) -> None:
        """Count a call that was refused for its rate."""
        with self._lock:
            self.throttled += 1
        self.tally.count(throttled=1)

    def heard(self) -> None:
        """Count a call that has come to an end: answered, or given up."""
        with self._lock:
            self.answered += 1

    def wait(self, seconds: float) -> None:
        """Sleep. Raises Unavailable instead when the time does not suffice."""
        if seconds >= self.remaining():
            raise Unavailable("The time limit is too near to wait for the cloud", retry_after=max(1, int(seconds) + 1))
        if seconds > 0:
            self.clock.sleep(seconds)
            with self._lock:
                self.waited += seconds
