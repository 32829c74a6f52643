"""The duty that redrives dead letters that may succeed later, with growing pauses, for seven days."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.ports import Clock, Store
from shared.use_cases.duties.cursor import Cursor
from shared.use_cases.duties.duty import Done, Late
from shared.use_cases.duties.retry_round import RetryRound

KEPT = 7 * 24 * 3600.0
"""Seconds for which a letter is tried; then it waits for a person."""


class RedriveLetters:
    """The duty, for the letters with a prefix.

    `redrive`: takes the key of a letter; returns the outcome, or "" for a letter that is not to be tried; raises
    ImAccessError where the letter has to stay.
    """

    name = "letters"

    def __init__(self, store: Store, clock: Clock, cursor: Cursor, prefix: str, redrive: Callable[[str], str]) -> None:
        self._round = RetryRound(store, clock, cursor, prefix, KEPT)
        self._redrive = redrive

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The keys of letters whose turn has come."""
        return self._round.due()

    def do(self, item: str) -> Done:
        """Try one again."""
        outcome = self._redrive(item)
        return {outcome: 1} if outcome else {}

    def ended(self, left: Sequence[str]) -> None:
        """Go on with those that were left."""
        self._round.ended(left)
