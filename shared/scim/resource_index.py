"""The index of SCIM resources: by attributes that clients search for, and of all resources that are not deleted.

    scim/pointers/<hash of an attribute>/<id>    a resource that may have this attribute
    scim/now/live/<kind>/<id>-<stay>             a resource that is not deleted

An entry is written before the resource has the attribute. So a reader has to check that the resource has it.
"""

from __future__ import annotations

import hashlib
import json
import re

from shared.ports import Store
from shared.scim.resource_records import VERSION

ROOT = "scim/"
_ID = re.compile(r"[0-9a-z-]{1,64}")
_LIVE = re.compile(r".*/([0-9a-z-]+)-(\d+)")
_ALL = 1_000_000


class Index:
    """The index of one kind of resources, `users` or `groups`."""

    def __init__(self, store: Store, kind: str) -> None:
        self._store = store
        self._kind = kind

    def ids(self, *what: str) -> list[str]:
        """The ids of the resources that may have `what`, such as `("email", "alice@example.com")`."""
        return [row.key.rpartition("/")[2] for row in self._store.below(self._pointers(what), limit=_ALL)]

    def add(self, id: str, *what: str) -> None:
        """Add a resource under `what`, before it has that."""
        self._store.create(f"{self._pointers(what)}{id}", body({"id": id}))

    def live(self) -> dict[str, int]:
        """The stays of all resources that are not deleted, by id, in the order of creation."""
        rows = self._store.below(f"{ROOT}now/live/{self._kind}/", limit=_ALL)
        matches = [_LIVE.fullmatch(row.key) for row in rows]
        return {match[1]: int(match[2]) for match in matches if match}

    def stay(self, id: str) -> int | None:
        """The stay of a resource that is not deleted; None for others."""
        if not is_id(id):
            return None
        rows = self._store.below(f"{ROOT}now/live/{self._kind}/{id}-", limit=10)
        return max((int(row.key.rpartition("-")[2]) for row in rows), default=None)

    def list_live(self, id: str, stay: int) -> None:
        """Add a resource to those that are not deleted."""
        self._store.create(f"{ROOT}now/live/{self._kind}/{id}-{stay}", body({}))

    def unlist(self, id: str, stay: int) -> None:
        """Remove a resource from those that are not deleted."""
        self._store.delete(f"{ROOT}now/live/{self._kind}/{id}-{stay}")

    def _pointers(self, what: tuple[str, ...]) -> str:
        return f"{ROOT}pointers/{digest(self._kind, *what)}/"


def is_id(id: str) -> bool:
    """Whether a text can be the id of a resource."""
    return _ID.fullmatch(id) is not None


def digest(*what: str) -> str:
    """A hash of texts, for object keys: 64 hex digits."""
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def body(members: dict[str, object]) -> bytes:
    """An object of this version, as bytes."""
    return json.dumps({"v": VERSION, **members}, separators=(",", ":")).encode()
