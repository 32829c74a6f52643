"""Stores where each duty goes on in the next run.

    sweep/positions/<inverted milliseconds>.json    {"v": 1, "duties": {"<duty>": ["after", "rest_until", "rules"]}}

The positions of all duties are in one object. A run reads it once; at its end it writes a new object and deletes the
older ones. A listing shows the newest first. If it is lost, the duties begin again from the start, and nothing else
happens. So it is also harmless if two runs at the same time do not see each other's positions.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from shared.errors import ImAccessError
from shared.ports import Clock, Listed, Store

PREFIX = "sweep/positions/"
VERSION = 1
LONGEST_REST = 86_400.0
"""Seconds. No duty rests longer; a longer rest was written by a fast clock."""
_MOST = 10**14 - 1
_FEW = 20


class Position(NamedTuple):
    """`after`: the last object key that was handled, "" for the start; `rest_until`: nothing is to be done until this
    time (seconds since the epoch), unless `rules` (a text) have changed.
    """

    after: str = ""
    rest_until: float = 0.0
    rules: str = ""


class Positions:
    """The positions of all duties in one run. With `at_once` each change is stored immediately."""

    def __init__(self, store: Store, clock: Clock, *, at_once: bool = True) -> None:
        self._store = store
        self._clock = clock
        self._at_once = at_once
        self._before: dict[str, Position] | None = None
        self._now: dict[str, Position] = {}
        self._objects: list[str] = []

    def read(self, duty: str) -> Position:
        """The position of a duty. One that was written by another version counts as none, and is left as it is.

        A rest that was written by a fast clock counts as none, too.
        """
        if self._before is None:
            read = [(row.key, self._read(row.key)) for row in self._store.below(PREFIX, limit=_FEW)]
            self._before = read[0][1] or {} if read else {}
            self._now = dict(self._before)
            self._objects = [key for key, record in read if record is not None]
        position = self._now.get(duty, Position())
        ahead = position.rest_until > self._clock.now() + LONGEST_REST
        return position._replace(rest_until=0.0) if ahead else position

    def _read(self, key: str) -> dict[str, Position] | None:
        found = self._store.get(key)
        return _load(found.body) if found else None

    def move(self, duty: str, position: Position) -> None:
        """Set the position of a duty. Raises Unavailable, CloudError where it is stored immediately."""
        self.read(duty)
        self._now[duty] = position
        if self._at_once:
            self.keep()

    def keep(self) -> None:
        """Store the positions, if any has changed since they were read. Raises Unavailable, CloudError."""
        now = {duty: position for duty, position in self._now.items() if position != Position()}
        if now == (self._before or {}):
            return
        key = f"{PREFIX}{_MOST - round(self._clock.now() * 1000):014}.json"
        self._store.create(key, json.dumps({"v": VERSION, "duties": now}).encode())
        for former in self._objects:
            self._store.delete(former)
        self._before, self._objects = now, [key]


class Cursor:
    """The position of one duty."""

    def __init__(self, positions: Positions, duty: str) -> None:
        self._positions = positions
        self._duty = duty

    def read(self) -> Position:
        """The position."""
        return self._positions.read(self._duty)

    def move(self, position: Position) -> None:
        """Set the position."""
        self._positions.move(self._duty, position)


class ItemOrder:
    """The order in which a duty tries its items. After a run that did not try all of them, the next run begins with the
    first untried one. So items that always fail do not keep others from being tried.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def begun(self, items: Sequence[str]) -> list[str]:
        """All items, beginning where the last run stopped; in their own order where that cannot be read."""
        first = ""
        with suppress(ImAccessError):
            first = self._cursor.read().after if items else ""
        place = items.index(first) if first in items else bisect_left(items, first)
        return [*items[place:], *items[:place]]

    def ended(self, untried: Sequence[str]) -> None:
        """Record the items that were not tried, because of time or a limit, the next one first."""
        self._cursor.move(Position(untried[0] if untried else ""))


class Round:
    """A walk over the objects with a prefix: each is handled once before any is handled again, however many runs that
    takes.
    """

    def __init__(self, store: Store, cursor: Cursor, prefix: str, most: int) -> None:
        self._store = store
        self._cursor = cursor
        self._prefix = prefix
        self._most = most
        self._rows: list[Listed] = []
        self._whole = False

    def rows(self) -> list[Listed]:
        """At most this many objects: from where the last run stopped, and then from the start."""
        after = self._cursor.read().after
        rows = list(self._store.below(self._prefix, limit=self._most, after=after))
        self._whole = len(rows) < self._most
        if after and self._whole:
            first = self._store.below(self._prefix, limit=self._most - len(rows))
            rows += [row for row in first if row.key <= after]
        self._rows = rows
        return rows

    def ended(self, left: str | None) -> None:
        """Record where the next run begins: with the key `left`, or, if that is None, after the last object of this
        run.
        """
        keys = [row.key for row in self._rows]
        if left in keys:
            if place := keys.index(left):
                self._cursor.move(Position(keys[place - 1]))
        elif self._whole or not keys:
            self._cursor.move(Position())
        else:
            self._cursor.move(Position(keys[-1]))


def _load(body: bytes) -> dict[str, Position] | None:
    try:
        record = json.loads(body)
        duties = {str(duty): Position(*row) for duty, row in record["duties"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return duties if record.get("v") == VERSION else None
