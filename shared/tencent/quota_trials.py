"""Decides when an instance tries whether the quota has room for one call more.

Fast at first and after a rest, seldom once trials have failed several times, and in ever larger steps where one after
the other succeeds: then the quota is free. All instances try equally often, whatever their share.
"""

from __future__ import annotations

import math
from random import Random

_CALLS_A_TRIAL, _CALLS_A_FIRST_TRIAL = 260, 180
"""Calls of the whole quota between two trials of an instance, and of one that has no place."""
_FIRST, _SHORTEST = 5.0, 0.1
"""Seconds between two trials as long as none has failed, doubled by each that does; and at the least."""
_FASTER = 4.0
"""How many times faster the next trial comes, by each success in a row; but not by that of a first place, as somebody
else may just have lost it."""
_SPREAD = 0.3
"""Trials come up to this part earlier or later, so that instances that began together do not try together."""


class QuotaTrials:
    """The next trial, or the one that is under way. Times are any clock's seconds."""

    def __init__(self, quota: int, dice: Random) -> None:
        self.at = math.inf
        self.began: float | None = None
        self._quota = quota
        self._dice = dice
        self._failed = self._won_in_a_row = 0

    def interval(self, places: int) -> float:
        """Seconds between two trials of an instance with so many places."""
        longest = (_CALLS_A_TRIAL if places else _CALLS_A_FIRST_TRIAL) / self._quota
        seconds = min(longest, _FIRST * 2.0 ** min(self._failed, 10))
        return float(max(_SHORTEST, seconds / _FASTER ** max(0, self._won_in_a_row - (places < 2))))

    def begin(self, now: float) -> int:
        """A trial is under way; how many places it may be for."""
        self.began, self.at = now, math.inf
        return int(2**self._won_in_a_row)

    def refused(self, places: int, now: float) -> None:
        """A call was refused, the trial's or another; so many places are left."""
        self._failed += self.began is not None
        self._won_in_a_row = 0
        self._plan(places, now)

    def won(self, places: int, now: float) -> None:
        """The trial has shown that there is room for so many places."""
        self._won_in_a_row += 1
        if places == self._quota:
            self._failed = 0
        self._plan(places, now)

    def rested(self) -> None:
        """Nothing was sent for a while: others may have come or gone, so the next trials come fast."""
        self._failed, self._won_in_a_row = 0, max(self._won_in_a_row, 2)

    def clock_moved(self, seconds: float) -> None:
        """The clock was set, backwards by a negative number."""
        self.at += seconds
        if self.began is not None:
            self.began += seconds

    def _plan(self, places: int, now: float) -> None:
        self.began, self.at = None, math.inf
        if places < self._quota:
            self.at = now + self.interval(places) * self._dice.uniform(1 - _SPREAD, 1 + _SPREAD)
