"""Records the users of this project who are offboarded, so that the sweep can check that they stay closed.

offboarded/<uin>-<name>.json       an offboarded user; deleted by a restore, and once the user does not exist any more
drift/<uin>-<hash>.json            a finding that was reported: the hash of what somebody gave the user by hand
drift/<uin>-taken-<number>.json    what was given by hand was taken away, for the time of this number
"""

from __future__ import annotations

import re
from typing import NamedTuple

from shared.concurrency import each
from shared.people.life import unreadable
from shared.ports import Store

PREFIX = "offboarded/"
_KEY = re.compile(r"offboarded/(\d{1,20})-([^/]+)\.json")
_BODY = b'{"v":1}'
_ALL = 1_000_000


class OffboardedUser(NamedTuple):
    """An offboarded user."""

    user: str
    uin: int

    @property
    def key(self) -> str:
        """The object key."""
        return f"{PREFIX}{self.uin}-{self.user}.json"

    @classmethod
    def parse(cls, key: str) -> OffboardedUser:
        """The user of an object key. Raises ImAccessError `record_unreadable`."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise unreadable("offboarded user")
        return cls(match[2], int(match[1]))


class OffboardedUsers:
    """The records in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, watched: OffboardedUser) -> None:
        """Record a user. Raises Unavailable, CloudError."""
        self._store.create(watched.key, _BODY)

    def remove(self, watched: OffboardedUser) -> None:
        """Delete the record of a user, and the notes of reported findings."""
        self._store.delete(watched.key)
        each(self._store.delete, [row.key for row in self._store.below(f"drift/{watched.uin}-", limit=_ALL)])

    def was_reported(self, watched: OffboardedUser, what: str) -> bool:
        """Whether a finding of this user was reported before; `what` is the finding's hash."""
        return self._store.get(_finding_key(watched, what)) is not None

    def note_reported(self, watched: OffboardedUser, what: str) -> None:
        """Record that a finding was reported."""
        self._store.create(_finding_key(watched, what), _BODY)

    def times_taken(self, watched: OffboardedUser) -> int:
        """How many times something was taken away again from this user. Raises Unavailable, CloudError."""
        return len(self._store.below(f"drift/{watched.uin}-taken-", limit=_ALL))

    def note_taken(self, watched: OffboardedUser, times: int) -> None:
        """Record that something was taken away again, after it was taken `times` times before."""
        self._store.create(f"drift/{watched.uin}-taken-{times}.json", _BODY)


def _finding_key(watched: OffboardedUser, what: str) -> str:
    return f"drift/{watched.uin}-{what}.json"
