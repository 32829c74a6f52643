"""Events of HR systems that were taken and wait for their work.

    inbox/<source>-<id>.json    {"v": 1, "source", "id", "kind", "time", "data", "received"}

`id` is made from what tells the event apart, so it is stored once however often it is sent; `received` (seconds since
the epoch) is when it came first. It is deleted when its work is done.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from shared.errors import ImAccessError
from shared.event_sources.hr.received import HrEvent
from shared.ports import Store

PREFIX = "inbox/"
VERSION = 1


class Item(NamedTuple):
    """An event, and when it came first."""

    event: HrEvent
    received: float

    @property
    def key(self) -> str:
        """Where it is stored."""
        return f"{PREFIX}{self.event.source}-{self.event.id}.json"

    def dump(self) -> str:
        """What is stored."""
        return json.dumps({"v": VERSION, **self.event._asdict(), "received": self.received})

    @classmethod
    def load(cls, text: str | bytes) -> Item:
        """What was stored. Raises ImAccessError `record_unreadable`."""
        try:
            told = json.loads(text)
            if told["v"] != VERSION:
                raise ImAccessError("record_unreadable")
            return cls(HrEvent(**{name: told[name] for name in HrEvent._fields}), float(told["received"]))
        except (ValueError, KeyError, TypeError):
            raise ImAccessError("record_unreadable") from None


class Inbox:
    """The events, over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, item: Item) -> bool:
        """Keep an event; False where it was there. Raises Unavailable, CloudError."""
        return self._store.create(item.key, item.dump().encode())

    def read(self, key: str) -> Item | None:
        """An event, or None where it is gone. Raises ImAccessError `record_unreadable`, Unavailable."""
        found = self._store.get(key)
        return Item.load(found.body) if found else None

    def remove(self, key: str) -> None:
        """Forget an event whose work is done. Raises Unavailable."""
        self._store.delete(key)
