"""The duty that deletes old credentials files and ended links, and finishes pick-up attempts.

It deletes nothing that it cannot read, and nothing that records what was done: no request, no ledger entry, no opening
of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.credentials.pick_up_records import digest
from shared.ports import Store
from shared.use_cases.duties.claim_links import LONGEST_LINK, ClaimLinks
from shared.use_cases.duties.close_unclaimed import forget
from shared.use_cases.duties.cursor import Round
from shared.use_cases.duties.duty import Done, Late
from shared.use_cases.duties.waiting_files import WaitingFile

MOST_FILES = 2000
"""The most credentials files that are listed in a run."""
_ATTEMPTS = "attempts"
_MOST_ATTEMPTS = 200
"""The most attempts that are finished in a run."""


class TidyCredentials:
    """The duty. `finish_attempts`: finishes at most this many attempts, and returns how many were finished."""

    name = "tidy"

    def __init__(
        self,
        store: Store,
        files: Round,
        handed_out: ClaimLinks,
        wants: Callable[[WaitingFile], bool],
        hours: int,
        finish_attempts: Callable[[int], int],
    ) -> None:
        self._store = store
        self._round = files
        self._handed_out = handed_out
        self._wants = wants
        self._seconds = max(hours * 3600.0, LONGEST_LINK)
        self._finish_attempts = finish_attempts
        self._finished: dict[str, WaitingFile] = {}
        self._files: dict[str, str] = {}

    def due(self, late: Late) -> Sequence[str]:
        """Old files without a valid link, finished files, and the attempts, which are due in every run."""
        self._finished = {one.name: one for one in self._handed_out.look(self._wants, late).finished}
        old = [row.key for row in self._round.rows() if row.age is not None and row.age > self._seconds]
        alive = self._handed_out.alive() if old else None
        files = {digest(key): key for key in old if alive is not None and key not in alive}
        self._files = {name: key for name, key in files.items() if name not in self._finished}
        return [*self._finished, *self._files, _ATTEMPTS]

    def do(self, item: str) -> Done:
        """Delete one of the files, or finish the attempts."""
        if item == _ATTEMPTS:
            finished = self._finish_attempts(_MOST_ATTEMPTS)
            return {"tidied": finished} if finished else {}
        if item in self._finished:
            return forget(self._store, self._finished[item])
        self._store.delete(self._files[item])
        return {"files": 1}

    def ended(self, left: Sequence[str]) -> None:
        """The next run goes on with the files in `left`."""
        files = [self._files[item] for item in left if item in self._files]
        self._round.ended(files[0] if files else None)
