"""The duty that redrives dead letters that may succeed later, with growing pauses, for seven days.

The tries of a letter are due one minute after it was written, and then after doubling pauses, up to an hour. A listing
and the time of the last run show which letters are due, so a letter is read only when it is tried.
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
"""The most letters that are listed in a run."""
_FIRST, _LONGEST = 60.0, 3600.0
_DOUBLINGS = 6
"""Pauses of 1, 2, 4, 8, 16 and 32 minutes; after that, an hour each."""


class RedriveLetters:
    """The duty, for the letters with a prefix.

    `redrive`: takes the key of a letter; returns the outcome, or "" for a letter that is not to be tried; raises
    ImAccessError where the letter has to stay.
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
        """The keys of the letters that became due since the last run, the newest first."""
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
        """Record until when everything was tried. If items are `left`, they are due again in the next run."""
        if self._any and not left:
            self._cursor.move(Position(rest_until=self._now))


def _is_due(age: float | None, since: float) -> bool:
    """Whether a try of a letter became due in the last `since` seconds; always, where its age is not known."""
    return age is None or (age <= KEPT + since and tries(age) > tries(age - since))


def tries(age: float, kept: float = KEPT) -> int:
    """How many tries of a letter of this age (seconds) have been due; none after `kept`."""
    age = min(age, kept)
    doubled = _FIRST * (2**_DOUBLINGS - 1)
    if age < _FIRST:
        return 0
    if age < doubled + _LONGEST:
        return min(_DOUBLINGS, int(math.log2(age / _FIRST + 1)))
    return _DOUBLINGS + int((age - doubled) // _LONGEST)
