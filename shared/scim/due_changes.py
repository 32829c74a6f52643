"""Notes of changes that are still to reach CAM: written before the change, and deleted when CAM is in line with it.

    scim/now/due/<kind>-<id>-<change>-<state>.json

`open`: nobody was answered yet; `later`: the client was told to come again; `told`: the client was told that it is
done, and what is left is to look once more, for what CAM shows late. The sweep sees to whatever is left.
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
    """One change of a resource. `added` and `removed` are users whose membership it may have changed; `caller` is the
    name of the token, `time` when it was (microseconds since the epoch).
    """

    kind: str
    id: str
    change: str
    caller: str
    time: int
    added: Sequence[str] = ()
    removed: Sequence[str] = ()

    def key(self, state: State) -> str:
        """Where it is stored."""
        return f"{PREFIX}{self.kind}-{self.id}-{self.change}-{state}.json"

    def dump(self) -> bytes:
        """What is stored."""
        record: dict[str, Any] = {"caller": self.caller, "time": self.time}
        record |= {"added": list(self.added), "removed": list(self.removed)}
        return json.dumps({"v": VERSION, **record}, separators=(",", ":")).encode()


class DueChanges:
    """The notes, over the store."""

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
        """A note, or None where it is gone or no note. Raises ImAccessError `record_unreadable`, Unavailable."""
        match, found = _KEY.fullmatch(key), self._store.get(key)
        if match is None or found is None:
            return None
        record = read_record(found.body)
        who = (str(record["caller"]), int(record["time"]), record["added"], record["removed"])
        note = Note(match[1], match[2], match[3], *who)
        return note, match[4]  # type: ignore[return-value]  # the pattern has these words alone

    def move(self, note: Note, before: State, state: State) -> None:
        """Replace a note's state, once the client was answered."""
        if before != state:
            self._store.create(note.key(state), note.dump())
            self._store.delete(note.key(before))

    def done(self, note: Note, state: State) -> None:
        """Delete a note, after all of it is done."""
        self._store.delete(note.key(state))
