"""The stored reports of a person: one object for each event of an HR system. The newest counts, in whatever order they
come.

    people/<source>/<employee>/told-<inverted time>-<rank>-<inverted hash of the event>.json

A report holds the whole person, or only the fields that have changed. Reports that are older than the newest whole one
are outdated and get deleted. The report of a leaver holds nothing but the id and the time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from shared import event_order
from shared.errors import Rejected
from shared.people.life import VERSION, read, unreadable
from shared.people.person import Person, PersonEvent, Status
from shared.request_identity import identity_hash

_RANKS: tuple[Status, ...] = ("left", "suspended", "active")
"""The order of reports of the same time: the status that takes more access away counts as newer."""
_NAME = "told-"
"""The beginning of these objects' names. It is stored in buckets, so it stays as it is."""
_KEY = re.compile(rf"people/[0-9a-f/]+/{_NAME}" + event_order.PATTERN + r"\.json")
_WHAT = "event of a person"


class PersonReport(NamedTuple):
    """The report of one event. `time` is in microseconds since the epoch; `request` is the hash of the event's
    identity.

    `partial`: the fields that `person` does not set stay as they were.
    """

    source: str
    time: int
    request: str
    person: Person
    partial: bool

    @classmethod
    def of(cls, event: PersonEvent, now: float) -> PersonReport:
        """Make the report of an event. Raises Rejected `invalid_time`.

        A time in the future is replaced by `now`: a fast clock must not make its events win over later ones.
        """
        time = round(min(event.time, now) * 1_000_000)
        request = identity_hash("people", (event.source, event.person.employee, event.id))
        report = cls(event.source, time, request, event.person, event.partial)
        try:
            report.order  # noqa: B018 - it raises
        except ValueError:
            raise Rejected("invalid_time", "The time of an event lies outside 2020 to 2200") from None
        return report

    @property
    def order(self) -> str:
        """Smaller is newer. Raises ValueError for a time outside 2020 to 2200."""
        return event_order.text(self.time, _RANKS.index(self._status), self.request)

    @property
    def is_whole(self) -> bool:
        """Whether it holds the whole person, so that earlier reports do not count."""
        return not self.partial or self._status == "left"

    @property
    def _status(self) -> Status:
        return self.person.status if self.person.says_status else "active"

    def key(self, folder: str) -> str:
        """The object key; smaller is newer."""
        return f"{folder}{_NAME}{self.order}.json"

    def dump(self) -> bytes:
        """What is stored; for a leaver only the id and the status."""
        only = {"employee", "status"} if self._status == "left" else None
        members = self.person.model_dump(mode="json", exclude_unset=True, include=only)
        record = {"v": VERSION, "source": self.source, "time": self.time, "request": self.request}
        return json.dumps({**record, "partial": self.partial, "person": members}, ensure_ascii=False).encode()

    @classmethod
    def load(cls, body: bytes) -> PersonReport:
        """What was stored. Raises ImAccessError `record_unreadable`."""
        record = read(body, _WHAT)
        try:
            person = _person(record["person"])
            return cls(record["source"], record["time"], record["request"], person, record["partial"])
        except (KeyError, Rejected):
            raise unreadable(_WHAT) from None


def is_report(key: str) -> bool:
    """Whether an object of a person's folder is a report."""
    return _KEY.fullmatch(key) is not None


def merged(newest_first: Sequence[PersonReport]) -> Person:
    """The person as of now: the newest whole report, with the changed fields of later reports."""
    members: dict[str, Any] = {}
    for report in reversed(newest_first):
        known = report.person.model_dump(exclude_unset=True)
        members = {**({} if report.is_whole else members), **known}
    return Person.model_validate({"status": "active", **members})


def _person(members: dict[str, Any]) -> Person:
    return (
        Person.parse(members) if "status" in members else Person.parse({**members, "status": "active"}).keeping_status()
    )
