"""An instance's share of one action's quota, found from its own answers alone: which calls it may send, and when.

The quota belongs to the account, which other instances and other people use as well; nobody tells how many they are.

A share is a number of places. A place is one call for each period, a little longer than the second over which the
service counts. So a call that follows the last one of its place by a period finds free what that one took, and places
that add up to the quota refuse each other nothing, whoever has them and however unevenly they lie.

- *Refusal.* The place of a call that was refused is lost.
- *Trial.* After a while a call is sent beside all places. Where it gets through, its place is kept.

In a quota that is used up, a trial costs one refusal: its own, or that of the next call of somebody else, whose place
is then the trial's. Who has more places loses more of them, and all try equally often: so shares even out. An instance
tries once in so many calls of the quota's, whatever its share. So the share of calls that are refused is known
beforehand: that of 16 instances stays below a tenth.
"""

from __future__ import annotations

import math
from random import Random

from shared.tencent.quota_trials import QuotaTrials

FILL = 0.97
"""Of the quota, where an instance has all of it: the service counts arrivals, and the network bunches calls."""
PERIOD = 1 / FILL
"""Seconds between two calls of a place, for an instance that has all of the quota."""
_SHARED_PERIOD = 1 / 0.94
"""The same where others have a part: longer, so that every other trial meets the moment in which the quota has room."""
_ONE_CAUSE = 1.1
"""Seconds after a lost place in which further refusals may have the same cause: where refused calls use up the quota as
well, one trial too many has all calls of a second refused. A place that was good before is lost then if it is refused
twice in a row."""
_LATE = 0.02
"""Seconds that a thread may be late without its place moving."""
_NEARLY = 1e-4
"""Seconds that count as nothing, as clocks that count from 1970 are not exact."""


class Place:
    """One call for each period; `doubted` until a call of it has got through."""

    def __init__(self, used: float) -> None:
        self.used = self.before = used
        self.doubted = True


class QuotaShare:
    """The places of an instance, at most `quota`. Times are any clock's seconds.

    It begins with all of the quota: an instance is mostly alone.
    """

    def __init__(self, quota: int, dice: Random) -> None:
        self.quota = quota
        self.spacing = PERIOD / quota
        self._trials = QuotaTrials(quota, dice)
        self._places = [Place(-math.inf) for _ in range(quota)]
        self._last = self._lost_at = -math.inf

    @property
    def calls(self) -> int:
        """How many places there are."""
        return len(self._places)

    @property
    def rate(self) -> float:
        """Calls a second; without a place, those of its trials."""
        return self.calls / self._period if self.calls else 1 / self._trials.interval(0)

    def turn(self, ahead: int, now: float) -> float:
        """When a call may be sent before which so many others are waiting, at the present share."""
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
        """Whether a call may be sent."""
        soon = now + _NEARLY
        return self._last + self.spacing <= soon and (self._trials.at <= soon or self._first_free() <= soon)

    def use(self, now: float) -> Place:
        """Send a call that is admitted; its place."""
        if self._first_free() > now + _NEARLY:
            return self._try(now)
        place = min(self._places, key=lambda one: one.used)
        due = max(place.used + self._period, self._last + self.spacing)
        due = due if now - due < _LATE else now
        place.before, place.used = place.used, due
        self._last = due
        return place

    def give_back(self, place: Place) -> None:
        """Note that a call that was admitted is not sent."""
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
        """Nothing was sent for a while: others may have come or gone, so the next trials come fast."""
        self._trials.rested()

    def clock_moved(self, seconds: float) -> None:
        """The clock was set, backwards by a negative number: moments that are remembered move with it."""
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
        """A place more; several where trials succeed one after the other, each of which is due a little later."""
        first, free = Place(now), now - _SHARED_PERIOD
        more = min(self.calls, self._trials.begin(now) - 1, self.quota - self.calls - 1)
        self._places.append(first)
        self._places += [Place(free + (n + 1) * self.spacing) for n in range(more)]
        first.before = free
        self._last = now
        return first
