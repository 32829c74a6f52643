"""Records old API keys that stay valid for a while beside their replacements.

overlaps/<due>-<uin>-<SecretId>.json    due: whole seconds since the epoch, so a listing shows the earliest first
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from shared.due_keys import due_keys
from shared.errors import ImAccessError
from shared.ports import Clock, Store

_PREFIX = "overlaps/"
_KEY = re.compile(r"overlaps/(\d{11})-(\d{1,20})-([^/]+)\.json")


class Overlap(NamedTuple):
    """A key that is to be deleted at a time (seconds since the epoch)."""

    user: str
    uin: int
    secret_id: str
    due: int

    @property
    def key(self) -> str:
        """The object key."""
        return f"{_PREFIX}{self.due:011}-{self.uin}-{self.secret_id}.json"


class Overlaps:
    """The records in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def schedule(self, overlap: Overlap) -> None:
        """Record that the sweep has to delete the key. Raises Unavailable, CloudError."""
        self._store.create(overlap.key, json.dumps({"v": 1, **overlap._asdict()}).encode())

    def due(self, clock: Clock) -> list[str]:
        """The object keys of the records that are due, the earliest first."""
        return due_keys(self._store, _PREFIX, clock, _due_of)

    def read(self, key: str) -> tuple[int, str] | None:
        """The user's UIN and the id of the key; None where the record was deleted. Raises ImAccessError
        `record_unreadable`, Unavailable.
        """
        match = _KEY.fullmatch(key)
        found = self._store.get(key)
        if found is None:
            return None
        if match is None or not _is_known(found.body):
            raise ImAccessError("record_unreadable")
        return int(match[2]), match[3]

    def forget(self, key: str) -> None:
        """Delete the record, after the key is deleted."""
        self._store.delete(key)


def _is_known(body: bytes) -> bool:
    try:
        record = json.loads(body)
        return isinstance(record, dict) and record["v"] == 1
    except (ValueError, KeyError):
        return False


def _due_of(key: str) -> int | None:
    match = _KEY.fullmatch(key)
    return int(match[1]) if match else None
