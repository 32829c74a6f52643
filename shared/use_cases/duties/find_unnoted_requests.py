"""Finds unfinished requests without a note in `open/`: their attempt died between its lease and the note.

A run reads one page of `requests/`. Where there are few requests, that is all of them.
"""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import groupby

from shared.idempotency.stored_attempts import REQUESTS
from shared.ports import Listed
from shared.use_cases.duties.cursor import Round

PAGE = 1000
"""The objects in a page."""
_KEY = re.compile(rf"{REQUESTS}([0-9a-f]{{64}})/(\d{{8}})-(lease|outcome)\.json")


class UnnotedRequests:
    """A walk over the records of requests, one page in each run. A lease without an outcome counts as abandoned if its
    age (seconds) is between `youngest` and `oldest`.
    """

    def __init__(self, records: Round, youngest: float, oldest: float) -> None:
        self._round = records
        self._youngest = youngest
        self._oldest = oldest
        self._left: str | None = None

    def found(self, noted: Container[str]) -> list[str]:
        """The keys of the abandoned requests on the next page that are not `noted`. Records without an age are left
        out.
        """
        rows = self._round.rows()
        folders = [(folder, list(some)) for folder, some in groupby(rows, key=_folder)]
        self._left = None
        if len(rows) >= PAGE and len(folders) > 1:
            # The page may end inside a folder: then the next page begins with that folder.
            self._left = folders.pop()[1][0].key
        return [name for folder, some in folders if (name := self._unfinished(some)) and name not in noted]

    def ended(self) -> None:
        """The next run reads the next page."""
        self._round.ended(self._left)

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
