"""The life of each sub-user: one object for each create, offboard and restore. The newest event decides the state.

    lives/<name>/life-<inverted time>-<rank>-<inverted identity hash>-<uin>.json

Several users can have the same name, one after the other; `<uin>` says to which of them an event belongs, and is 0
where no user had the name. A create writes its object right after AddUser. So it also shows other requests a user whom
CAM's reads do not show yet. The body also holds the policies that a create or a restore gives.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from shared import event_order
from shared.errors import ImAccessError, Unavailable
from shared.ports import Store

LifeEffect = Literal["offboard", "restore", "create"]

VERSION = 1
SLACK = 300_000_000
"""Microseconds by which an event may be older than the create of its user and still belong to this user, because clocks
differ.
"""
NOBODY = 0
"""In place of a UIN: no user had the name when the event came."""

_EFFECTS: tuple[LifeEffect, ...] = ("offboard", "restore", "create")
"""By rank: at equal times an offboard wins over a restore, and a restore over a create."""
_KEY = r"lives/([^/]+)/life-" + event_order.PATTERN + r"-(\d{1,20})\.json"
_FEW, _ALL = 20, 1_000_000


class Life(NamedTuple):
    """One event in the life of a user. `time`: microseconds since the epoch; `request`: the hash of the identity."""

    user: str
    uin: int
    effect: LifeEffect
    time: int
    request: str

    @property
    def key(self) -> str:
        """The object key; smaller is newer. Raises ValueError for a time outside 2020 to 2200."""
        return f"{folder(self.user)}life-{self.order}-{self.uin}.json"

    def newer_than(self, other: "Life") -> bool:
        """Whether this event wins over another one."""
        return self.order < other.order

    @property
    def order(self) -> str:
        """Smaller is newer. Raises ValueError for a time outside 2020 to 2200."""
        return event_order.text(self.time, _EFFECTS.index(self.effect), self.request)

    @property
    def floor(self) -> int:
        """The oldest time that an event of policies or of life may have to belong to this user."""
        return self.time - SLACK if self.effect == "create" else self.time

    @classmethod
    def parse(cls, key: str) -> "Life":
        """The event in an object key. Raises ImAccessError `record_unreadable`."""
        match = re.fullmatch(_KEY, key)
        try:
            if match is None:
                raise ValueError("another form")
            time, rank, request = event_order.parsed(*match.groups()[1:4])
            return cls(match[1], int(match[5]), _EFFECTS[rank], time, request)
        except (ValueError, IndexError):
            raise unreadable("event of life") from None


class LifeRow(NamedTuple):
    """An event of life, and the age of its record in seconds; None where the store does not say."""

    life: Life
    age: float | None


class Lives:
    """The records in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._given: dict[Life, list[str]] = {}

    def record(self, life: Life, policies: Sequence[str] = ()) -> None:
        """Record an event, once; `policies`: those that it gives. Raises Unavailable, CloudError."""
        body = {"v": VERSION, **life._asdict(), "policies": list(policies)}
        self._store.create(life.key, json.dumps(body).encode())
        self._given[life] = list(policies)

    def rows(self, name: str) -> list[LifeRow]:
        """All events of the users with this name, newest first; in one call, or two for more than 20 events."""
        prefix = f"{folder(name)}life-"
        found = self._store.below(prefix, limit=_FEW)
        if len(found) == _FEW:
            found = self._store.below(prefix, limit=_ALL)
        return [LifeRow(Life.parse(row.key), row.age) for row in found]

    def all_records(self, name: str) -> tuple[list[LifeRow], list[str]]:
        """As `rows`, and the keys of events that came while nobody had the name (orphans.py); in one listing."""
        found, events = self._store.below(folder(name), limit=_ALL), f"{folder(name)}life-"
        rows = [LifeRow(Life.parse(row.key), row.age) for row in found if row.key.startswith(events)]
        return rows, [row.key for row in found if not row.key.startswith(events)]

    def given(self, life: Life) -> list[str]:
        """The policies that this event gives. Raises Unavailable, ImAccessError `record_unreadable`."""
        if life.effect == "offboard":
            return []
        if life not in self._given:
            found = self._store.get(life.key)
            if found is None:
                raise Unavailable("The store does not show an event of life that exists")
            self._given[life] = [str(name) for name in read(found.body, "event of life").get("policies", [])]
        return self._given[life]


def newest_of(rows: Sequence[LifeRow], uin: int) -> LifeRow | None:
    """The newest event in the life of this user; None where nothing is recorded of the user.

    An event that came while nobody had the name counts for a user who was created later, but not for one made by hand.
    """
    if all(row.life.uin != uin for row in rows):
        return None
    return next(row for row in rows if row.life.uin in (uin, NOBODY))


def freshest(rows: Sequence[LifeRow]) -> LifeRow | None:
    """The event that was recorded last for an existing user, whatever its own time is."""
    known = [row for row in rows if row.life.uin != NOBODY]
    return min(known, key=lambda row: row.age or 0.0, default=None)


def folder(name: str) -> str:
    """The prefix of all records of a name."""
    return f"lives/{name}/"


def read(body: bytes, what: str) -> dict[str, Any]:
    """The members of a record of this version. Raises ImAccessError `record_unreadable`."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("v") != VERSION:
        raise unreadable(what)
    return found


def unreadable(what: str) -> ImAccessError:
    """The error for a record of an unknown version, which is left as it is."""
    return ImAccessError("record_unreadable", f"A record in the bucket ({what}) is of a version that is not known here")


def refused(rows: Sequence[LifeRow], time: int, request: str) -> Life | None:
    """The offboard that is newer than a create of this name, or None. The create must not make a user then.

    It does not matter for which user the offboard came: at that time nobody with this name was to have access.
    """
    own = Life("", 0, "create", time, request)
    newer = (row.life for row in rows if row.life.effect == "offboard" and row.life.newer_than(own))
    return next(newer, None)
