"""The duty that finishes SCIM changes whose request died, was answered 429, or ended before CAM showed everything.

`scim/now/due/` has a note of each change that is not done. A minute after it was written, its sender has certainly
ended. After seven days the change is given up, and becomes a dead letter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.errors import ImAccessError
from shared.scim.due_changes import PREFIX
from shared.use_cases.duties.cursor import Round
from shared.use_cases.duties.duty import Done, Late

MOST = 1000
"""The most notes that are read in a run."""
_AT_WORK = 60.0
KEPT = 7 * 24 * 3600.0
"""Seconds for which a change is tried."""
Finish = Callable[[str], str]
"""Does what the note of a key asks for and returns the outcome. Raises ImAccessError where it is still due."""
GiveUp = Callable[[str, ImAccessError], None]


class FinishScimChanges:
    """The duty."""

    name = "scim"

    def __init__(self, notes: Round, finish: Finish, give_up: GiveUp) -> None:
        self._round = notes
        self._finish = finish
        self._give_up = give_up
        self._ages: dict[str, float] = {}

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The keys of the notes whose sender has certainly ended."""
        rows = [row for row in self._round.rows() if row.age is None or row.age >= _AT_WORK]
        self._ages = {row.key: row.age or 0.0 for row in rows}
        return list(self._ages)

    def do(self, item: str) -> Done:
        """Finish one. Raises ImAccessError where it is still due, or was given up."""
        try:
            return {self._finish(item): 1}
        except ImAccessError as error:
            # A note of another version is left for a release that can read it.
            if self._ages[item] > KEPT and error.code != "record_unreadable":
                self._give_up(item, error)
            raise

    def ended(self, left: Sequence[str]) -> None:
        """The next run goes on with the items in `left`."""
        self._round.ended(left[0] if left else None)


__all__ = ["KEPT", "MOST", "PREFIX", "FinishScimChanges"]
