"""Finds unfinished requests without a note in `open/`: their attempt died between its lease and the note.

A run reads five pages of `requests/`, or fewer where the store is slow. With few requests, that is all of them.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from itertools import groupby

from shared.idempotency.stored_attempts import REQUESTS
from shared.ports import Listed, Store
from shared.use_cases.duties.cursor import Cursor, Position
from shared.use_cases.duties.duty import Late

PAGE = 1000
"""The objects in a page."""
PAGES = 5
"""Pages in a run: of 100,000 requests with two objects each, all are looked at within 41 runs."""
_KEY = re.compile(rf"{REQUESTS}([0-9a-f]{{64}})/(\d{{8}})-(lease|outcome)\.json")


class UnnotedRequests:
    """A walk over the records of requests, a few pages in each run. A lease without an outcome counts as abandoned if
    its age (seconds) is between `youngest` and `oldest`.
    """

    def __init__(self, store: Store, cursor: Cursor, youngest: float, oldest: float) -> None:
        self._store = store
        self._cursor = cursor
        self._youngest = youngest
        self._oldest = oldest
        self._after: str | None = None

    def found(self, noted: Container[str], late: Late) -> list[str]:
        """The keys of those on the next pages that are not `noted`, in order. One whose age the store does not tell is
        left. One page is looked at however late it is.
        """
        self._after, found = None, list[str]()
        after = self._cursor.read().after
        for _ in range(PAGES):
            rows = self._store.below(REQUESTS, limit=PAGE, after=after)
            folders = [(folder, list(some)) for folder, some in groupby(rows, key=_folder)]
            full = len(rows) >= PAGE
            if full and len(folders) > 1:
                # The end of a page may divide a folder: it is the first of the next one.
                folders.pop()
            found += [name for _, some in folders if (name := self._unfinished(some)) and name not in noted]
            after = folders[-1][1][-1].key if full else ""
            if not after or late():
                break
        self._after = after
        return found

    def ended(self, left: Sequence[str]) -> None:
        """Go on with the first of those that were left, or with the next page."""
        if self._after is not None:
            # That is before all objects of its folder, and behind those of the folders before.
            self._cursor.move(Position(f"{REQUESTS}{min(left)}" if left else self._after))

    def _unfinished(self, rows: list[Listed]) -> str | None:
        """The request of a folder, if its newest attempt has no outcome; the newest comes first."""
        keys = [_KEY.fullmatch(row.key) for row in rows]
        newest, age = keys[0], rows[0].age
        if newest is None or newest[3] != "lease" or age is None or not self._youngest <= age <= self._oldest:
            return None
        ended = any(key and key[2] == newest[2] and key[3] == "outcome" for key in keys)
        return None if ended else newest[1]


def _folder(row: Listed) -> str:
    return row.key.rpartition("/")[0]
