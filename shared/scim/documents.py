"""Stores the versions of SCIM resources, and keeps names unique, with create-if-absent alone.

Version n+1 of a resource can be created only once. So a writer that has read version n and creates n+1 changes exactly
what it read; every other writer has to read again. A name is claimed in the same way, in its own folder:

    scim/names/<kind>/<hash of the name>/<inverted n>.json        the resource that takes the name, with its version
    scim/names/<kind>/<hash of the name>/<inverted n>-<id>.json   the id of that resource, which a listing shows

A claim holds the whole version with which its resource takes the name. A process that finds the claim but not the
version creates the version first. So a claim is final even if its process dies, and it holds as long as its resource
has the name.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from shared.clock import Clock
from shared.concurrency import each
from shared.errors import Unavailable
from shared.ports import Store
from shared.scim.resource_index import ROOT, Index, body, digest, is_id
from shared.scim.resource_records import Record, read_record

R = TypeVar("R", bound=Record)

_MOST = 10**8 - 1
_STEPS = 24
_NUMBERED = re.compile(r".*/(\d{8})(?:-([0-9a-z-]+))?\.json")
_PAGE = 1000
_FEW = 3


class Taken(Exception):
    """The name belongs to another resource."""


class _Claim(NamedTuple):
    id: str
    record: bytes
    version: int


class Documents(Generic[R]):
    """The resources of one kind. `helping`: called with the id of a resource that another process left unfinished,
    before it is finished here.
    """

    def __init__(self, store: Store, kind: type[R], helping: Callable[[str], None] | None = None) -> None:
        self.index = Index(store, kind.KIND)
        self._helping = helping
        self._store = store
        self._kind = kind

    def newest(self, id: str) -> R | None:
        """The newest version of a resource, deleted or not. Raises Unavailable, ImAccessError `record_unreadable`."""
        if not is_id(id):
            return None
        rows = self._store.below(f"{ROOT}{self._kind.KIND}/{id}/", limit=1)
        return self._at(id, _number(rows[0].key)) if rows else None

    def newest_versions(self, ids: Sequence[str]) -> list[R]:
        """The newest versions of these ids, which are sorted. For many ids, listings show the numbers of the
        versions.
        """
        if len(ids) <= _FEW:
            found = [self.newest(one) for one in ids]
        else:
            numbers = self._numbers(ids)
            found = each(lambda one: self._at(one, numbers[one]), [one for one in ids if one in numbers])
        return [record for record in found if record is not None]

    def _numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """The newest version number of each id; a listing shows the newest version first."""
        root, wanted = f"{ROOT}{self._kind.KIND}/", set(ids)
        numbers: dict[str, int] = {}
        after = f"{root}{min(ids)}"
        while True:
            rows = self._store.below(root, limit=_PAGE, after=after)
            for row in rows:
                one = row.key.removeprefix(root).partition("/")[0]
                if one in wanted:
                    numbers.setdefault(one, _number(row.key))
            if len(rows) < _PAGE or rows[-1].key > f"{root}{max(ids)}/~":
                return numbers
            after = rows[-1].key

    def named(self, name: str) -> R | None:
        """The resource with this name, or None."""
        folder = self._names(name)
        rows = self._store.below(folder, limit=1)
        if not rows:
            return None
        match = _NUMBERED.fullmatch(rows[0].key)
        known = match[2] if match else None
        found = self.newest(known or self._claim(rows[0].key).id)
        return found if found is not None and self._bears(found, name) else None

    def known_by(self, *what: str) -> list[R]:
        """The resources in the index under `what`, including deleted ones. The caller checks that they still have
        it.
        """
        found = each(self.newest, self.index.ids(*what))
        return [record for record in found if record is not None]

    def write(self, record: R, *, takes: bool) -> bool:
        """Create a version; False where another version has its number. `takes`: the name is new for the resource.

        Raises Taken, Unavailable, OutcomeUnknown.
        """
        if takes:
            self._take(record)
        if self._store.create(self._key(record.id, record.version), record.dump()):
            return True
        found = self._at(record.id, record.version)
        return found is not None and found.change == record.change

    def change(self, id: str, change: Callable[[R | None], R | None]) -> R | None:
        """Create the next version of a resource. Returns the written version, None for no change.

        `change`: takes the newest version and returns the next; it is called again if another writer was faster. Raises
        its errors, Taken, Unavailable.
        """
        for _ in range(_STEPS):
            before = self.newest(id)
            after = change(before)
            if after is None:
                return None
            takes = not after.deleted and (before is None or before.deleted or before.folded != after.folded)
            if self.write(after, takes=takes):
                return after
        raise Unavailable("Too many change this resource at once", retry_after=1)

    def _take(self, record: R) -> None:
        """Claim the name of a version, before the version is written. Raises Taken."""
        folder, number = self._names(record.name), 0
        for _ in range(_STEPS):
            rows = self._store.below(folder, limit=2)
            number = max(number, _number(rows[0].key)) if rows else number
            if number and self._holds(self._claim(f"{folder}{_MOST - number:08}.json"), record):
                raise Taken
            own = {"id": record.id, "version": record.version, "record": record.dump().decode()}
            if self._store.create(f"{folder}{_MOST - number - 1:08}.json", body(own)):
                self._store.create(f"{folder}{_MOST - number - 1:08}-{record.id}.json", body({}))
                return
            number += 1
        raise Unavailable("Too many take this name at once", retry_after=1)

    def _holds(self, claim: _Claim, record: R) -> bool:
        """Whether another resource has the name by this claim. If the version in the claim is missing, it is created
        first.
        """
        if claim.id == record.id:
            return False
        found = self.newest(claim.id)
        if (found.version if found else 0) < claim.version:
            if self._helping is not None:
                self._helping(claim.id)
            self._store.create(self._key(claim.id, claim.version), claim.record)
            found = self._at(claim.id, claim.version)
        return found is not None and self._bears(found, record.name)

    def _bears(self, found: R, name: str) -> bool:
        return not found.deleted and found.folded == name.casefold()

    def _claim(self, key: str) -> _Claim:
        found = self._store.get(key)
        if found is None:
            raise Unavailable("The store does not show a claim that exists")
        record = read_record(found.body)
        return _Claim(str(record["id"]), str(record["record"]).encode(), int(record["version"]))

    def _at(self, id: str, version: int) -> R | None:
        found = self._store.get(self._key(id, version))
        return self._kind.load(found.body) if found else None

    def _key(self, id: str, version: int) -> str:
        return f"{ROOT}{self._kind.KIND}/{id}/{_MOST - version:08}.json"

    def _names(self, name: str) -> str:
        return f"{ROOT}names/{self._kind.KIND}/{digest(name.casefold())}/"


def new_id(clock: Clock) -> str:
    """A new id. Ids sort by the time at which they were made."""
    return f"{int(clock.now() * 1000):012x}{secrets.token_hex(10)}"


def _number(key: str) -> int:
    match = _NUMBERED.fullmatch(key)
    if match is None:
        raise Unavailable("The store shows a key of another form")
    return _MOST - int(match[1])
