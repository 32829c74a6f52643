"""The duty that redrives dead letters that may succeed later, with growing pauses, for seven days.

A letter's tries are due one minute after it was written, and then after twice as long each, up to an hour. Which are
due is seen from a listing and from when the last run looked, so a letter is read only when it is its turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from shared.ports import Clock, Store
from shared.use_cases.duties.cursor import Cursor, Position
from shared.use_cases.duties.duty import Done, Late

KEPT = 7 * 24 * 3600.0
"""Seconds for which a letter is tried; then it waits for a person."""
MOST = 10_000
"""Letters that are looked at in a run."""
_FIRST, _LONGEST = 60.0, 3600.0
_DOUBLINGS = 6
"""Pauses of 1, 2, 4, 8, 16 and 32 minutes; an hour each after that."""


class RedriveLetters:
    """The duty, over the letters below a prefix.

    `redrive` takes the key of a letter, returns the outcome, a word, "" for a letter that is not to be tried again,
    and raises ImAccessError where it has to stay.
    """

    name = "letters"

    def __init__(self, store: Store, clock: Clock, cursor: Cursor, prefix: str, redrive: Callable[[str], str]) -> None:
        self._store = store
        self._clock = clock
        self._cursor = cursor
        self._prefix = prefix
        self._redrive = redrive
        self._now = 0.0
        self._any = False

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The keys of letters whose turn has come since the last run, the newest first."""
        self._now = self._clock.now()
        since = self._now - self._cursor.read().rest_until
        letters = self._store.below(self._prefix, limit=MOST)
        self._any = bool(letters)
        due = [row for row in letters if _is_due(row.age, since)]
        return [row.key for row in sorted(due, key=lambda row: row.age or 0.0)]

    def do(self, item: str) -> Done:
        """Try one again."""
        outcome = self._redrive(item)
        return {outcome: 1} if outcome else {}

    def ended(self, left: Sequence[str]) -> None:
        """Note up to which moment everything was tried: those that were left are due in the next run."""
        if self._any and not left:
            self._cursor.move(Position(rest_until=self._now))


def _is_due(age: float | None, since: float) -> bool:
    """Whether a letter's turn has come in so many seconds; in every run where the store does not tell its age."""
    return age is None or (age <= KEPT + since and tries(age) > tries(age - since))


def tries(age: float, kept: float = KEPT) -> int:
    """How many tries of a letter of this age (in seconds) have been due; none beyond those of `kept`."""
    age = min(age, kept)
    doubled = _FIRST * (2**_DOUBLINGS - 1)
    if age < _FIRST:
        return 0
    if age < doubled + _LONGEST:
        return min(_DOUBLINGS, int(math.log2(age / _FIRST + 1)))
    return _DOUBLINGS + int((age - doubled) // _LONGEST)
