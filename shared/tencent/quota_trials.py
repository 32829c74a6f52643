"""Decides when an instance tries whether the quota has room for one more call.

Trials come fast at first and after a rest, and rarely once several have failed. When one succeeds after the other, they
come in ever larger steps, because the quota is free. All instances try equally often, whatever their share.
"""

from __future__ import annotations

import math
from random import Random

_CALLS_A_TRIAL, _CALLS_A_FIRST_TRIAL = 260, 180
"""Calls of the whole quota between two trials: of an instance with places, and of one without any."""
_FIRST, _SHORTEST = 5.0, 0.1
"""Seconds between two trials while none has failed (doubled with each failure); and the shortest interval."""
_FASTER = 4.0
"""How many times faster the next trial comes, for each success in a row. The success of a first place does not count,
because another instance may just have lost it.
"""
_SPREAD = 0.3
"""The part by which a trial comes earlier or later, so that instances that began together do not try together."""


class QuotaTrials:
    """The time of the next trial, or the trial that is under way. Times are seconds of any clock."""

    def __init__(self, quota: int, dice: Random) -> None:
        self.at = math.inf
        self.began: float | None = None
        self._quota = quota
        self._dice = dice
        self._failed = self._won_in_a_row = 0

    def interval(self, places: int) -> float:
        """Seconds between two trials of an instance with this many places."""
        longest = (_CALLS_A_TRIAL if places else _CALLS_A_FIRST_TRIAL) / self._quota
        seconds = min(longest, _FIRST * 2.0 ** min(self._failed, 10))
        return float(max(_SHORTEST, seconds / _FASTER ** max(0, self._won_in_a_row - (places < 2))))

    def begin(self, now: float) -> int:
        """Begin a trial; returns how many places it may add."""
        self.began, self.at = now, math.inf
        return int(2**self._won_in_a_row)

    def refused(self, places: int, now: float) -> None:
        """Note that a call was throttled, the trial or another one; `places` are left."""
        self._failed += self.began is not None
        self._won_in_a_row = 0
        self._plan(places, now)

    def won(self, places: int, now: float) -> None:
        """Note that the trial succeeded; there is room for `places`."""
        self._won_in_a_row += 1
        if places == self._quota:
            self._failed = 0
        self._plan(places, now)

    def rested(self) -> None:
        """No call was sent for a while. Other instances may have come or gone, so the next trials come fast."""
        self._failed, self._won_in_a_row = 0, max(self._won_in_a_row, 2)

    def clock_moved(self, seconds: float) -> None:
        """The clock was set (back, by a negative number)."""
        self.at += seconds
        if self.began is not None:
            self.began += seconds

    def _plan(self, places: int, now: float) -> None:
        self.began, self.at = None, math.inf
        if places < self._quota:
            self.at = now + self.interval(places) * self._dice.uniform(1 - _SPREAD, 1 + _SPREAD)
