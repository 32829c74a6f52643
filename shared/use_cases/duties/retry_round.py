"""Finds which objects below a prefix are due for another try, by their ages alone.

The first try is due one minute after an object was written, the next ones after twice as long each, up to an hour. What
is due is seen from a listing and from when the round before began, so an object is read only in its turn. All objects
are looked at page by page, each once in a round, however many there are and however many runs that takes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress

from shared.ports import Clock, Listed, Store
from shared.use_cases.duties.cursor import Cursor, Position

PAGE = 10_000
"""Objects that are looked at in a run."""
_FIRST, _LONGEST = 60.0, 3600.0
_DOUBLINGS = 6
"""Pauses of 1, 2, 4, 8, 16 and 32 minutes; an hour each after that."""


class RetryRound:
    """One run of a round over the objects below a prefix. `kept`: seconds for which an object is tried."""

    def __init__(self, store: Store, clock: Clock, cursor: Cursor, prefix: str, kept: float = math.inf) -> None:
        self._store = store
        self._clock = clock
        self._cursor = cursor
        self._prefix = prefix
        self._kept = kept
        self._position = Position()
        self._began = 0.0
        self._rows: Sequence[Listed] | None = None

    def due(self) -> list[str]:
        """The keys, in order, of the next page's objects whose turn has come since the round before began."""
        now = self._clock.now()
        self._position, self._began = self._cursor.read(), now
        if self._position.after:
            with suppress(ValueError):
                self._began = min(now, float(self._position.rules))
        since = now - self._position.rest_until
        self._rows = self._store.below(self._prefix, limit=PAGE, after=self._position.after)
        return [row.key for row in self._rows if self._is_due(row.age, since)]

    def ended(self, left: Sequence[str]) -> None:
        """Go on with the first of those that were left, or else with the next page; after the last one begins the next
        round.
        """
        if self._rows is None or not (self._rows or self._position.after):
            return
        keys, after = [row.key for row in self._rows], ""
        if left:
            place = keys.index(min(left))
            after = keys[place - 1] if place else self._position.after
        elif len(keys) == PAGE:
            after = keys[-1]
        if left or after:
            self._cursor.move(Position(after, self._position.rest_until, str(self._began)))
        else:
            self._cursor.move(Position(rest_until=self._began))

    def _is_due(self, age: float | None, since: float) -> bool:
        """Whether an object's turn has come in so many seconds; in every round if the store does not tell its age."""
        return age is None or (age <= self._kept + since and tries(age, self._kept) > tries(age - since, self._kept))


def tries(age: float, kept: float = math.inf) -> int:
    """How many tries of an object of this age (in seconds) have been due; none beyond those of `kept`."""
    age = min(age, kept)
    doubled = _FIRST * (2**_DOUBLINGS - 1)
    if age < _FIRST:
        return 0
    if age < doubled + _LONGEST:
        return min(_DOUBLINGS, int(math.log2(age / _FIRST + 1)))
    return _DOUBLINGS + int((age - doubled) // _LONGEST)
