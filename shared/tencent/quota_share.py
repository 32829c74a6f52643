"""An instance's share of one action's quota, found from its own answers alone: how many calls a second it may send.

The quota belongs to the account, which other instances and other people use as well; nobody tells how many they are.

A share is a whole number of calls for each `PERIOD`, a little longer than the second over which the service counts.
Calls that come again after a period find the place in the service's count free that they took before, so shares that
add up to the quota refuse each other nothing. Rates in between do not have that property: two and a half calls a second
are sometimes two in a second and sometimes three, and with many instances the threes meet.

A share changes one call at a time:

- *Trial.* After an interval it grows by one call. It keeps it when nothing is refused for a period.
- *Refusal.* It shrinks by one call, once for all calls that were under way together.
- *Return.* While the quota is contended, a call is given back now and then, for others to find: shares even out.

The interval follows what trials find: it grows with each refusal and shrinks with each success, so that a few calls in
a hundred are refused however many instances there are. And it grows with the share, so whoever has less tries more
often. Trials that succeed one after the other come fast and in larger steps: the quota is free.
"""

from __future__ import annotations

import math
from random import Random

FILL = 0.97
"""Of the quota: the service counts arrivals, and the network bunches what left evenly."""
PERIOD = 1 / FILL
"""Seconds in which a share is sent once."""
_HOLD = 60.0
"""Seconds for which a call is held under contention before it is given back."""
_CONTENDED = 60.0
"""Seconds since the last refusal for which the quota counts as contended."""
_LONGEST = 60.0
"""Seconds between two trials at the most, and so the longest for which a free quota stays unnoticed."""
_LOST = 5.0
"""Seconds after which a call that was let through without a share is sent again if nothing is known of it."""
_SCALE, _LEAST, _MOST = 0.1, 0.01, 80.0
"""Seconds between trials for a share of about one call: at first, and the bounds of what is learned."""
_STEP, _FIRST_STEP, _SURPRISE_STEP, _COOLING = 0.08, 0.5, 0.3, 0.95
"""How far a trial's end moves the logarithm of that scale: in the long run, at first, after a streak; and the decay."""
_STREAK = 3
"""Trials in a row with the same end after which what was learned is out of date."""


class QuotaShare:
    """The share, from 0 to `quota` calls a period. With 0, a single call is let through after each interval.

    Times are any clock's seconds. It begins with all of the quota: an instance is mostly alone.
    """

    def __init__(self, quota: int, dice: Random) -> None:
        self.quota = quota
        self.calls = quota
        self.trial_at = 0.0
        self._dice = dice
        self._scale = _SCALE
        self._step = _FIRST_STEP
        self._trial_began: float | None = None
        self._changed_at = self._refused_at = float("-inf")
        self._return_at = float("inf")
        self._wins = self._losses = 0

    @property
    def rate(self) -> float:
        """Calls a second; without a share, one in each interval between trials."""
        return self.calls / PERIOD if self.calls else 1 / self._interval()

    def let_through(self, now: float) -> None:
        """Without a share, a call is sent: the next waits for its answer."""
        self.trial_at = now + _LOST

    def refused(self, sent: float, now: float) -> None:
        """A call that was sent at that moment was throttled."""
        if sent <= self._changed_at:
            return
        on_trial = self._trial_began is not None or not self.calls
        self._losses = self._losses + 1 if on_trial else self._losses
        self._wins, self._refused_at = 0, now
        self.calls = max(0, self.calls - 1)
        self._learn(((self.calls + 0.5) / 1.3) ** -0.6, self._losses if on_trial else 0)
        self._schedule_trial(now)
        if math.isinf(self._return_at):
            self._plan_return(now)

    def succeeded(self, sent: float, now: float) -> None:
        """A call that was sent at that moment got through."""
        if sent <= self._changed_at:
            return
        if not self.calls:
            self.calls = 1
            self._plan_return(now)
            self._won(now)
        elif self._trial_began is not None:
            if sent > self._trial_began + PERIOD:
                self._won(now)
        elif now >= self._return_at and now - self._refused_at < _CONTENDED:
            self.calls -= 1
            self._plan_return(now)
            self._schedule_trial(now)
        elif now >= self.trial_at and self.calls < self.quota:
            larger = 1 if self._wins < 2 else min(self.calls, 2 ** (self._wins - 1))
            self.calls, self._trial_began = min(self.quota, self.calls + larger), now

    def rested(self) -> None:
        """Nothing was sent for a while: others may have come or gone, so the next trials come fast."""
        self._wins = max(self._wins, 2)

    def clock_moved(self, seconds: float) -> None:
        """The clock was set, backwards by a negative number: moments that are remembered move with it."""
        self.trial_at += seconds
        self._changed_at += seconds
        self._refused_at += seconds
        self._return_at += seconds
        if self._trial_began is not None:
            self._trial_began += seconds

    def _won(self, now: float) -> None:
        self._wins, self._losses = self._wins + 1, 0
        self._learn(-0.7, self._wins)
        self._schedule_trial(now)

    def _schedule_trial(self, now: float) -> None:
        self._trial_began, self._changed_at = None, now
        # Without a share the moments are spread widely: what was cut together must not come back together.
        spread = 0.2 if self.calls else 0.8
        self.trial_at = now + self._interval() * self._dice.uniform(1 - spread, 1 + spread)

    def _interval(self) -> float:
        seconds = min(_LONGEST, self._scale * (self.calls + 0.3) ** 2)
        return float(max(0.1, seconds / 3 ** max(0, self._wins - (self.calls < 2))))

    def _plan_return(self, now: float) -> None:
        self._return_at = now + _HOLD / max(1, self.calls) ** 0.3 * self._dice.uniform(0.9, 1.1)

    def _learn(self, weight: float, streak: int) -> None:
        if streak > _STREAK:
            self._step = max(self._step, _SURPRISE_STEP)
        self._scale = min(_MOST, max(_LEAST, self._scale * math.exp(weight * self._step)))
        self._step = max(_STEP, self._step * _COOLING)
