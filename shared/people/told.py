"""What sources have told of a person, an object for each event; the newest counts, whatever the order of arrival.

    people/<source>/<employee>/told-<inverted time>-<rank>-<inverted hash of the event>.json

An event tells the whole person, or a part that changes what was told before it. Whatever is older than the newest whole
one says nothing any more, and is deleted; of somebody who has left only the id is kept, and when that was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from shared import event_order
from shared.errors import Rejected
from shared.identity import identity_hash
from shared.people.life import VERSION, read, unreadable
from shared.people.person import Person, PersonEvent, Status

_RANKS: tuple[Status, ...] = ("left", "suspended", "active")
"""The order of events of the same time: what takes more away counts as newer."""
_KEY = re.compile(r"people/[0-9a-f/]+/told-" + event_order.PATTERN + r"\.json")
_WHAT = "event of a person"


class Told(NamedTuple):
    """What one event tells. `time` in microseconds since the epoch; `request`: the hash of the event's identity.

    `partial`: what `person` does not set stays as it was.
    """

    source: str
    time: int
    request: str
    person: Person
    partial: bool

    @classmethod
    def of(cls, event: PersonEvent, now: float) -> Told:
        """The document of an event. A clock that is fast must not let its events outrank those that come after them.

        Raises Rejected `invalid_time`.
        """
        time = round(min(event.time, now) * 1_000_000)
        request = identity_hash("people", (event.source, event.person.employee, event.id))
        told = cls(event.source, time, request, event.person, event.partial)
        try:
            told.order  # noqa: B018 - it raises
        except ValueError:
            raise Rejected("invalid_time", "The time of an event lies outside 2020 to 2200") from None
        return told

    @property
    def order(self) -> str:
        """Smaller is newer. Raises ValueError for a time outside 2020 to 2200."""
        return event_order.text(self.time, _RANKS.index(self._status), self.request)

    @property
    def is_whole(self) -> bool:
        """Whether it tells the whole person, so that earlier events do not count."""
        return not self.partial or self._status == "left"

    @property
    def _status(self) -> Status:
        return self.person.status if self.person.says_status else "active"

    def key(self, folder: str) -> str:
        """The object key; smaller is newer."""
        return f"{folder}told-{self.order}.json"

    def dump(self) -> bytes:
        """What is stored; of somebody who has left only the id."""
        only = {"employee", "status"} if self._status == "left" else None
        said = self.person.model_dump(mode="json", exclude_unset=True, include=only)
        told = {"v": VERSION, "source": self.source, "time": self.time, "request": self.request}
        return json.dumps({**told, "partial": self.partial, "person": said}, ensure_ascii=False).encode()

    @classmethod
    def load(cls, body: bytes) -> Told:
        """What was stored. Raises ImAccessError `record_unreadable`."""
        told = read(body, _WHAT)
        try:
            person = _person(told["person"])
            return cls(told["source"], told["time"], told["request"], person, told["partial"])
        except (KeyError, Rejected):
            raise unreadable(_WHAT) from None


def is_told(key: str) -> bool:
    """Whether an object of a person's folder holds what an event told."""
    return _KEY.fullmatch(key) is not None


def together(newest_first: Sequence[Told]) -> Person:
    """The person as of now: the newest whole person, with the changes of later events."""
    said: dict[str, Any] = {}
    for told in reversed(newest_first):
        known = told.person.model_dump(exclude_unset=True)
        said = {**({} if told.is_whole else said), **known}
    return Person.model_validate({"status": "active", **said})


def _person(said: dict[str, Any]) -> Person:
    return Person.parse(said) if "status" in said else Person.parse({**said, "status": "active"}).keeping_status()
