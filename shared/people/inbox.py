"""The inbox: events of HR systems that are stored until they are processed.

    inbox/<source>-<id>.json              {"v": 1, "source", "id", "kind", "time", "data", "received", "looks_up"}
    people/received/<source>-<id>.json    {"v": 1, "received"}
    people/seconds/<source>-<id>.json     the same

`id` is made from what identifies the event, so an event is stored once however often it is sent. `received`: when it
was first received (seconds since the epoch). `looks_up`: the function that received it has the settings for look-ups.
An event is deleted when it is processed.

The first receipt is kept longer, because its time counts for an event without an exact time. For an event without any
time it is kept for good, so that the same event, sent again years later, does not count as new. For an event whose time
is in whole seconds it is kept for some weeks, so that of two events of one second the order of receipt stays the same.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from shared.errors import ImAccessError, Unavailable
from shared.event_sources.hr.received import HrEvent
from shared.people.life import read, unreadable
from shared.ports import Store

PREFIX = "inbox/"
FOR_GOOD, FOR_WEEKS = "people/received/", "people/seconds/"
"""The prefixes of the records of first receipts: those that are kept for good, and those that are deleted
after weeks.
"""
VERSION = 1


class Item(NamedTuple):
    """A stored event; when it was first received; and whether its system must be asked for details."""

    event: HrEvent
    received: float
    looks_up: bool = False

    @property
    def key(self) -> str:
        """The object key."""
        return f"{PREFIX}{self.event.source}-{self.event.id}.json"

    def dump(self) -> str:
        """What is stored."""
        return json.dumps({"v": VERSION, **self.event._asdict(), "received": self.received, "looks_up": self.looks_up})

    @classmethod
    def load(cls, text: str | bytes) -> Item:
        """What was stored. Raises ImAccessError `record_unreadable`."""
        try:
            record = json.loads(text)
            if record["v"] != VERSION:
                raise ImAccessError("record_unreadable")
            event = HrEvent(**{name: record[name] for name in HrEvent._fields})
            return cls(event, float(record["received"]), record.get("looks_up") is True)
        except (ValueError, KeyError, TypeError):
            raise ImAccessError("record_unreadable") from None


class Inbox:
    """The events in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, item: Item) -> bool:
        """Store an event; False where it was stored before. Raises Unavailable, CloudError."""
        return self._store.create(item.key, item.dump().encode())

    def read(self, key: str) -> Item | None:
        """An event, or None where it was deleted. Raises ImAccessError `record_unreadable`, Unavailable."""
        found = self._store.get(key)
        return Item.load(found.body) if found else None

    def first_receipt(self, item: Item, kept: str) -> float:
        """When an event was first received, also if it is not in the inbox any more. Raises Unavailable, CloudError,
        ImAccessError `record_unreadable`.
        """
        key = f"{kept}{item.event.source}-{item.event.id}.json"
        if self._store.create(key, json.dumps({"v": VERSION, "received": item.received}).encode()):
            return item.received
        found = self._store.get(key)
        if found is None:
            raise Unavailable("The store does not show when an event came first")
        try:
            return min(item.received, float(read(found.body, "first receipt")["received"]))
        except (KeyError, TypeError, ValueError):
            raise unreadable("first receipt") from None

    def remove(self, key: str) -> None:
        """Delete an event that was processed. Raises Unavailable."""
        self._store.delete(key)
