"""Records what an offboard found when it was first tried, in its event of life; and the users who are to be deleted.

    deletions/<due>-<uin>.json    due: whole seconds since the epoch, so a listing shows what is due first

The first attempt records what it found before it takes anything away. So a later attempt can report what both have
done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from shared.due_keys import due_keys
from shared.errors import Unavailable
from shared.people.life import VERSION, Life, LifeRow, read, unreadable
from shared.ports import Clock, Store

PREFIX = "deletions/"
_KEY = re.compile(r"deletions/(\d{11})-(\d{1,20})\.json")
_WHAT = "event of life"


class NotKnown(Unavailable):
    """CAM or a new record shows a user, but a call of CAM answers that the user does not exist."""


class Offboarding(NamedTuple):
    """What an offboard found: the policies to detach, the ids of the enabled API keys, and whether the user was
    offboarded already. `delete_at`: seconds since the epoch; None where the user is to be kept.
    """

    policies: list[str]
    keys: list[str]
    already: bool
    delete_at: int | None


class Deletion(NamedTuple):
    """A user who is to be deleted, and when (seconds since the epoch)."""

    user: str
    uin: int
    due: int

    @property
    def key(self) -> str:
        """The object key."""
        return f"{PREFIX}{self.due:011}-{self.uin}.json"


class Offboardings:
    """The records in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, life: Life, met: Offboarding) -> Offboarding:
        """Record an offboard, once, and return what its first attempt found. Raises Unavailable, ImAccessError
        `record_unreadable`.
        """
        body = {"v": VERSION, **life._asdict(), **met._asdict()}
        return met if self._store.create(life.key, json.dumps(body).encode()) else self.met(life)

    def met(self, life: Life) -> Offboarding:
        """What a recorded offboard found. Raises Unavailable, ImAccessError `record_unreadable`."""
        found = self._store.get(life.key)
        if found is None:
            raise Unavailable("The store does not show an event of life that exists")
        record = read(found.body, _WHAT)
        try:
            return Offboarding(**{name: record[name] for name in Offboarding._fields})
        except KeyError:
            raise unreadable(_WHAT) from None

    def schedule(self, due: Deletion) -> None:
        """Record that the sweep has to delete the user. Raises Unavailable, CloudError."""
        self._store.create(due.key, json.dumps({"v": VERSION, **due._asdict()}).encode())

    def due(self, clock: Clock) -> list[str]:
        """The keys of the deletions that are due, the earliest first."""
        return due_keys(self._store, PREFIX, clock, _due_of)

    def read(self, key: str) -> Deletion | None:
        """The deletion of a key; None where the record was deleted. Raises ImAccessError `record_unreadable`,
        Unavailable.
        """
        found = self._store.get(key)
        if found is None:
            return None
        record = read(found.body, "deletion")
        try:
            return Deletion(**{name: record[name] for name in Deletion._fields})
        except KeyError:
            raise unreadable("deletion") from None

    def forget(self, key: str) -> None:
        """Delete the record: the user is deleted, or is to be kept."""
        self._store.delete(key)


def made_here(rows: Sequence[LifeRow], uin: int) -> bool:
    """Whether this project created the user; no other user is ever deleted."""
    return any(row.life.uin == uin and row.life.effect == "create" for row in rows)


def gone() -> NotKnown:
    """The error for a user whom CAM shows, although a call answers that the user does not exist."""
    return NotKnown("CAM shows a user and does not know it", retry_after=5)


def _due_of(key: str) -> int | None:
    match = _KEY.fullmatch(key)
    return int(match[1]) if match else None
