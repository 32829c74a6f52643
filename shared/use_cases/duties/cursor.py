"""Where a duty goes on in the next run.

    sweep/<duty>/<inverted milliseconds>.json    {"v": 1, "after", "rest_until", "rules"}

A position is written as a new object and the ones before it are deleted: a listing shows the newest first. Losing one
costs a walk from the beginning, and no more.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from shared.ports import Clock, Listed, Store

PREFIX = "sweep/"
VERSION = 1
_MOST = 10**14 - 1
_FEW = 20


class Position(NamedTuple):
    """`after`: the last object key that was looked at, "" for the beginning; `rest_until`: seconds since the epoch up
    to which nothing is to be looked at, unless `rules` (a text) have changed since.
    """

    after: str = ""
    rest_until: float = 0.0
    rules: str = ""


class Cursor:
    """The position of one duty."""

    def __init__(self, store: Store, clock: Clock, duty: str) -> None:
        self._store = store
        self._clock = clock
        self._prefix = f"{PREFIX}{duty}/"
        self._before = Position()
        self._objects: list[str] = []

    def read(self) -> Position:
        """Where to go on. A position that another version has written counts as none, and is left as it is."""
        keys = [row.key for row in self._store.below(self._prefix, limit=_FEW)]
        found = self._store.get(keys[0]) if keys else None
        position = _load(found.body) if found else None
        self._before = position or Position()
        self._objects = keys if position else []
        return self._before

    def move(self, position: Position) -> None:
        """Note where to go on, if that has changed since it was read."""
        if position == self._before:
            return
        body = json.dumps({"v": VERSION, **position._asdict()}).encode()
        self._store.create(f"{self._prefix}{_MOST - round(self._clock.now() * 1000):014}.json", body)
        for key in self._objects:
            self._store.delete(key)


class Round:
    """Objects below a prefix, each looked at once before any is looked at again, however many runs that takes."""

    def __init__(self, store: Store, cursor: Cursor, prefix: str, most: int) -> None:
        self._store = store
        self._cursor = cursor
        self._prefix = prefix
        self._most = most
        self._rows: list[Listed] = []
        self._whole = False

    def rows(self) -> list[Listed]:
        """So many objects at most: from where the last run stopped, and then from the beginning."""
        after = self._cursor.read().after
        rows = list(self._store.below(self._prefix, limit=self._most, after=after))
        self._whole = len(rows) < self._most
        if after and self._whole:
            first = self._store.below(self._prefix, limit=self._most - len(rows))
            rows += [row for row in first if row.key <= after]
        self._rows = rows
        return rows

    def ended(self, left: str | None) -> None:
        """Note where the next run begins: with this key, or where that is None, after the last one of this run."""
        keys = [row.key for row in self._rows]
        if left in keys:
            if place := keys.index(left):
                self._cursor.move(Position(keys[place - 1]))
        elif self._whole or not keys:
            self._cursor.move(Position())
        else:
            self._cursor.move(Position(keys[-1]))


def _load(body: bytes) -> Position | None:
    try:
        told = json.loads(body)
        return Position(**{name: told[name] for name in Position._fields}) if told["v"] == VERSION else None
    except (ValueError, TypeError, KeyError):
        return None
