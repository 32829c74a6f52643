"""The duty that deletes old records: of requests, turns, failed messages, closed files and first receipts of HR events,
and old versions of SCIM resources.

A run reads one page of one prefix; after a whole round the duty rests for a day. A request is deleted only if its event
has its own time: an event of that age is refused, so the request cannot be done again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import groupby

from shared.idempotency.batch_progress import PREFIX as BATCHES
from shared.idempotency.first_failures import PREFIX as FAILURES
from shared.idempotency.stored_attempts import REQUESTS, VERSION, LeaseRecord, lease_key
from shared.people.inbox import FOR_WEEKS
from shared.ports import Clock, Listed, Store, Stored
from shared.use_cases.duties.cursor import Cursor, Position
from shared.use_cases.duties.duty import Done, Late
from shared.use_cases.duties.waiting_files import MARKS

DAY = 86_400.0
PAGE = 1000
TURNS = "turns/"
_SPARE = 35 * DAY
"""Seconds beyond the age at which an event is refused, because clocks differ and the request may be at work then."""
_SOON = 30 * DAY
_REST = DAY
SCIM = ("scim/groups/", "scim/names/", "scim/users/")
_PREFIXES = (FAILURES, BATCHES, FOR_WEEKS, MARKS, REQUESTS, TURNS, *SCIM)
_ALL = 1_000_000


class PruneRecords:
    """The duty. `days`: the age from which on an event is refused."""

    name = "prune"

    def __init__(self, store: Store, clock: Clock, cursor: Cursor, days: int) -> None:
        self._store = store
        self._clock = clock
        self._cursor = cursor
        self._kept = days * DAY + _SPARE
        self._next: Position | None = None
        self._rules: dict[str, Callable[[Sequence[Listed], bool], list[str]]] = {
            FAILURES: lambda rows, _full: _older(rows, _SOON),
            BATCHES: lambda rows, _full: _older(rows, _SOON),
            FOR_WEEKS: lambda rows, _full: _older(rows, _SOON),
            MARKS: lambda rows, _full: _older(rows, self._kept),
            REQUESTS: self._requests,
            TURNS: lambda rows, _full: _turns(rows),
        }
        self._rules |= dict.fromkeys(SCIM, lambda rows, _full: _followed(rows))

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one page finds it all
        """The keys of one page, and folders of requests, that can be deleted."""
        position, self._next = self._cursor.read(), None
        if self._clock.now() < position.rest_until:
            return []
        at = next((n for n, prefix in enumerate(_PREFIXES) if position.after.startswith(prefix)), 0)
        prefix = _PREFIXES[at]
        rows = self._store.below(prefix, limit=PAGE, after=position.after if position.after != prefix else "")
        full = len(rows) == PAGE
        self._next = self._following(at, rows) if full or at + 1 < len(_PREFIXES) else self._rest()
        return self._rules[prefix](rows, full)

    def do(self, item: str) -> Done:
        """Delete one. Raises ImAccessError; then it is found again in the next round."""
        if item.endswith("/"):
            return self._forget_request(item)
        if not _readable(self._store.get(item)):
            return {}
        self._store.delete(item)
        return {"deleted": 1}

    def _forget_request(self, folder: str) -> Done:
        last = lease_key(folder.removeprefix(REQUESTS).rstrip("/"), 1)
        first = self._store.get(last)
        if first is None or not LeaseRecord.load(first).timed:
            return {}
        rest = [row.key for row in self._store.below(folder, limit=_ALL) if row.key != last]
        if not all(_readable(self._store.get(key)) for key in rest):
            return {}
        # The first lease is deleted last: while it exists, the next round finishes what a crash left.
        for key in [*rest, last]:
            self._store.delete(key)
        return {"requests": 1}

    def ended(self, left: Sequence[str]) -> None:
        """The next run reads the next page, once nothing of this one is left."""
        if self._next is not None and not left:
            self._cursor.move(self._next)

    def _following(self, at: int, rows: Sequence[Listed]) -> Position:
        if len(rows) < PAGE:
            return Position(_PREFIXES[at + 1])
        # If the page ends inside a folder, the next page begins before that folder.
        folder = _folder(rows[-1])
        before = [row.key for row in rows if _folder(row) != folder]
        return Position(before[-1] if _PREFIXES[at] in (REQUESTS, TURNS) and before else rows[-1].key)

    def _rest(self) -> Position:
        return Position(rest_until=self._clock.now() + _REST)

    def _requests(self, rows: Sequence[Listed], full: bool) -> list[str]:
        """The folders of the requests whose youngest record is that old."""
        folders = [(folder, list(some)) for folder, some in groupby(rows, key=_folder)]
        if full and len(folders) > 1:
            folders.pop()
        return [folder for folder, some in folders if len(_older(some, self._kept)) == len(some)]


def _older(rows: Sequence[Listed], age: float) -> list[str]:
    return [row.key for row in rows if row.age is not None and row.age > age]


def _turns(rows: Sequence[Listed]) -> list[str]:
    """All turns except the newest of each name, which gives the number of the next turn."""
    found: list[str] = []
    for _, some in groupby(rows, key=_folder):
        of_name = list(some)
        newest = _number(of_name[0])
        found += _older([row for row in of_name if _number(row) != newest], DAY)
    return found


def _followed(rows: Sequence[Listed]) -> list[str]:
    """Versions that were followed by a newer one at least a day ago: every reader that saw one as the newest has
    finished by then, and so has every writer of the next version.
    """
    found: list[str] = []
    for _, some in groupby(rows, key=_folder):
        newer: list[Listed] = []
        for _, same in groupby(some, key=lambda row: row.key[len(_folder(row)) :][:8]):
            version = list(same)
            if newer and len(_older(newer, DAY)) == len(newer):
                found += [row.key for row in version]
            newer = version
    return found


def _readable(found: Stored | None) -> bool:
    """Whether an object has the known version; all pruned records have it, and others are left as they are."""
    try:
        return found is not None and json.loads(found.body)["v"] == VERSION
    except (ValueError, TypeError, KeyError):
        return False


def _number(row: Listed) -> str:
    return row.key.rpartition("/")[2].partition("-")[0]


def _folder(row: Listed) -> str:
    return row.key.rpartition("/")[0] + "/"
