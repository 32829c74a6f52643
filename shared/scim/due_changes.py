"""Notes of changes that have not fully reached CAM. A note is written before its change, and deleted when CAM is in
line.

    scim/now/due/<kind>-<id>-<change>-<state>.json

The states are part of stored keys. `open`: no client got an answer yet; `later`: the client has to come again; `told`:
the client was answered that it is done, but CAM has to be checked once more. The sweep finishes all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from shared.ports import Store
from shared.scim.resource_index import ROOT
from shared.scim.resource_records import VERSION, read_record

PREFIX = f"{ROOT}now/due/"
State = Literal["open", "later", "told"]
_KEY = re.compile(r"scim/now/due/(users|groups)-([0-9a-z-]+)-([0-9a-f]{16})-(open|later|told)\.json")


class Note(NamedTuple):
    """One change of a resource. `added` and `removed`: users whose membership it may have changed; `caller`: the name
    of the token; `time`: microseconds since the epoch.
    """

    kind: str
    id: str
    change: str
    caller: str
    time: int
    added: Sequence[str] = ()
    removed: Sequence[str] = ()

    def key(self, state: State) -> str:
        """The object key."""
        return f"{PREFIX}{self.kind}-{self.id}-{self.change}-{state}.json"

    def dump(self) -> bytes:
        """What is stored."""
        record: dict[str, Any] = {"caller": self.caller, "time": self.time}
        record |= {"added": list(self.added), "removed": list(self.removed)}
        return json.dumps({"v": VERSION, **record}, separators=(",", ":")).encode()


class DueChanges:
    """The notes in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, note: Note) -> None:
        """Create a note, before its change is written."""
        self._store.create(note.key("open"), note.dump())

    def of(self, kind: str, id: str) -> list[tuple[Note, State]]:
        """The notes of one resource, with their states."""
        rows = self._store.below(f"{PREFIX}{kind}-{id}-", limit=100)
        found = [self.read(row.key) for row in rows]
        return [one for one in found if one is not None]

    def read(self, key: str) -> tuple[Note, State] | None:
        """A note, or None where it was deleted or is none. Raises ImAccessError `record_unreadable`, Unavailable."""
        match, found = _KEY.fullmatch(key), self._store.get(key)
        if match is None or found is None:
            return None
        record = read_record(found.body)
        who = (str(record["caller"]), int(record["time"]), record["added"], record["removed"])
        note = Note(match[1], match[2], match[3], *who)
        return note, match[4]  # type: ignore[return-value]  # the pattern has these words alone

    def move(self, note: Note, before: State, state: State) -> None:
        """Change the state of a note, after the client was answered."""
        if before != state:
            self._store.create(note.key(state), note.dump())
            self._store.delete(note.key(before))

    def done(self, note: Note, state: State) -> None:
        """Delete a note, after everything is done."""
        self._store.delete(note.key(state))
