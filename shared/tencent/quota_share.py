"""An instance's share of one action's quota, learned only from the answers to its own calls: which calls it may send,
and when.

The quota belongs to the account. Other instances and other programs use it too, and nothing says how many there are.

A share is a number of places. A place allows one call in each period. The period is a little longer than the second
over which the service counts. So the call of a place always finds free what the place's last call used, and places that
add up to the quota never cause a refusal, whoever has them and however unevenly they are spread.

- *Refusal.* A place whose call was throttled is lost.
- *Trial.* After a while one call is sent beside all places. If it succeeds, it becomes a new place.

When the quota is used up, a trial costs one refusal: its own, or that of another instance's next call, whose place the
trial then takes. An instance with more places loses more of them, and all instances try equally often, so the shares
become equal. An instance tries once in a fixed number of calls of the whole quota, whatever its share. So the part of
calls that are throttled has a known bound: for 16 instances it is below a tenth.
"""

from __future__ import annotations

import math
from random import Random

from shared.tencent.quota_trials import QuotaTrials

FILL = 0.97
"""The part of the quota that is used by an instance alone: the service counts arrivals, and the network bunches calls.
"""
PERIOD = 1 / FILL
"""Seconds between two calls of a place, for an instance that has the whole quota."""
_SHARED_PERIOD = 1 / 0.94
"""The same for an instance that shares the quota. It is longer, so that every second trial finds a moment with room."""
_ONE_CAUSE = 1.1
"""Seconds after a lost place in which further refusals may have the same cause. Where throttled calls use up the quota,
too, one trial too many makes all calls of a second fail. In this time a place that worked before is lost only if it is
refused twice in a row.
"""
_LATE = 0.02
"""Seconds by which a thread may be late without moving its place."""
_NEARLY = 1e-4
"""Seconds that count as equal, because floating-point times since 1970 are not exact."""


class Place:
    """One call in each period; `doubted` until one of its calls has succeeded."""

    def __init__(self, used: float) -> None:
        self.used = self.before = used
        self.doubted = True


class QuotaShare:
    """The places of an instance, at most `quota`. Times are seconds of any clock.

    It begins with the whole quota, because an instance is mostly alone.
    """

    def __init__(self, quota: int, dice: Random) -> None:
        self.quota = quota
        self.spacing = PERIOD / quota
        self._trials = QuotaTrials(quota, dice)
        self._places = [Place(-math.inf) for _ in range(quota)]
        self._last = self._lost_at = -math.inf

    @property
    def calls(self) -> int:
        """The number of places."""
        return len(self._places)

    @property
    def rate(self) -> float:
        """Calls per second; without any place, the rate of its trials."""
        return self.calls / self._period if self.calls else 1 / self._trials.interval(0)

    def turn(self, ahead: int, now: float) -> float:
        """The time when a call may be sent that has this many others before it, at the present share."""
        if not self._places:
            return max(now, self._trials.at) + ahead * PERIOD
        period, last = self._period, self._last
        free = sorted([max(now, place.used + period) for place in self._places])
        if self._trials.at < free[0]:
            free.insert(0, self._trials.at)
        for n in range(ahead + 1):
            last = max(now, free[n % len(free)] + n // len(free) * period, last + self.spacing)
        return last

    def admits(self, now: float) -> bool:
        """Whether a call may be sent now."""
        soon = now + _NEARLY
        return self._last + self.spacing <= soon and (self._trials.at <= soon or self._first_free() <= soon)

    def use(self, now: float) -> Place:
        """Use a place for a call that is admitted, and return the place."""
        if self._first_free() > now + _NEARLY:
            return self._try(now)
        place = min(self._places, key=lambda one: one.used)
        due = max(place.used + self._period, self._last + self.spacing)
        due = due if now - due < _LATE else now
        place.before, place.used = place.used, due
        self._last = due
        return place

    def give_back(self, place: Place) -> None:
        """Note that an admitted call is not sent."""
        place.used, self._last = place.before, self._last - self.spacing

    def refused(self, place: Place, now: float) -> None:
        """Note that the call of this place was throttled."""
        if place not in self._places:
            return
        if now - self._lost_at < _ONE_CAUSE and self._trials.began is None and not place.doubted:
            place.doubted = True
        else:
            self._places.remove(place)
            self._lost_at = now
        self._trials.refused(self.calls, now)

    def succeeded(self, place: Place, now: float) -> None:
        """Note that the call of this place was answered."""
        place.doubted = False
        began = self._trials.began
        if began is not None and (self.calls == 1 or place.used > began + self._period):
            self._trials.won(self.calls, now)

    def rested(self) -> None:
        """No call was sent for a while. Other instances may have come or gone, so the next trials come fast."""
        self._trials.rested()

    def clock_moved(self, seconds: float) -> None:
        """The clock was set (back, by a negative number): move all remembered times with it."""
        for place in self._places:
            place.used += seconds
            place.before += seconds
        self._last += seconds
        self._lost_at += seconds
        self._trials.clock_moved(seconds)

    @property
    def _period(self) -> float:
        return PERIOD if self.calls == self.quota else _SHARED_PERIOD

    def _first_free(self) -> float:
        return min([place.used for place in self._places], default=math.inf) + self._period

    def _try(self, now: float) -> Place:
        """Add a place for a trial; several places after trials that succeeded in a row, each due a little later."""
        first, free = Place(now), now - _SHARED_PERIOD
        more = min(self.calls, self._trials.begin(now) - 1, self.quota - self.calls - 1)
        self._places.append(first)
        self._places += [Place(free + (n + 1) * self.spacing) for n in range(more)]
        first.before = free
        self._last = now
        return first
