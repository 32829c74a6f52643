"""Records the ends that a create, a grant or a restore named (`until`), by due date, for the sweep.

    untils/<due>-<kind>-<identity hash>.json    due: whole seconds since the epoch, so a listing shows what is due first

An end is ordered by the event that brought it: applied, it counts as if it came right after that event, at the same
time. So it takes away what that event gave, and nothing that anything newer has given or will give.
"""

from __future__ import annotations

import json
import re
from typing import Literal, NamedTuple

from shared.clock import parse_rfc3339, rfc3339
from shared.due_keys import due_keys
from shared.errors import Rejected
from shared.people.life import VERSION, read, unreadable
from shared.ports import Clock, Store
from shared.request_identity import identity_hash

Kind = Literal["life", "policies"]
_BY: dict[Kind, str] = {"life": "offboard_user", "policies": "revoke_policy"}
"""The function whose command brings an end about."""
MOST_DAYS = 1830
"""Days that an end may lie ahead: five years."""
_PREFIX = "untils/"
_KEY = r"untils/(\d{11})-(life|policies)-[0-9a-f]{64}\.json"


class ScheduledEnd(NamedTuple):
    """The end of a life, or of policies that were granted: by which event (microseconds since the epoch, the identity's
    hash), and when (seconds since the epoch).
    """

    kind: Kind
    user: str
    policies: list[str]
    time: int
    request: str
    due: int

    @property
    def key(self) -> str:
        """The object key."""
        return f"{_PREFIX}{self.due:011}-{self.kind}-{self.request}.json"

    @property
    def identity(self) -> tuple[str, ...]:
        """The identity of the command that brings it about, which is done once."""
        return ("until", self.kind, self.request)

    @property
    def end(self) -> str:
        """The hash by which the event of that command is recorded."""
        return identity_hash(_BY[self.kind], self.identity)


class ScheduledEnds:
    """The record of them, over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def schedule(self, until: ScheduledEnd) -> None:
        """Record that the sweep is to apply an end. Raises Unavailable, CloudError."""
        self._store.create(until.key, json.dumps({"v": VERSION, **until._asdict()}).encode())

    def due(self, clock: Clock) -> list[str]:
        """The keys of ends that are due, the earliest first, by one listing for each thousand of them."""
        return due_keys(self._store, _PREFIX, clock, due_of)

    def read(self, key: str) -> ScheduledEnd | None:
        """The end of a key, None where it is gone. Raises ImAccessError `record_unreadable`, Unavailable."""
        found = self._store.get(key)
        if found is None:
            return None
        record = read(found.body, "end")
        try:
            return ScheduledEnd(**{name: record[name] for name in ScheduledEnd._fields})
        except KeyError:
            raise unreadable("end") from None

    def forget(self, key: str) -> None:
        """Delete the record: the end was applied, or a newer event has replaced it."""
        self._store.delete(key)


def closes(key: str) -> bool:
    """Whether an object key is that of the end of a life."""
    match = re.fullmatch(_KEY, key)
    return match is not None and match[2] == "life"


def due_of(key: str) -> int | None:
    """When the end of an object key is due; None for another key."""
    match = re.fullmatch(_KEY, key)
    return int(match[1]) if match else None


def checked(until: str | None, received: float) -> int | None:
    """The moment of a command's end, None where it has none; `received`: when the command first came.

    Raises Rejected `invalid_command` for one that had passed by then, or lies too far ahead.
    """
    if until is None:
        return None
    moment = int(parse_rfc3339(until))
    if moment <= received:
        raise Rejected("invalid_command", "until: is not in the future")
    if moment > received + MOST_DAYS * 86_400:
        raise Rejected("invalid_command", f"until: is more than {MOST_DAYS} days ahead")
    return moment


def rfc3339_until(moment: int | None) -> str | None:
    """The `until` of a result: RFC 3339, or None."""
    return None if moment is None else rfc3339(moment)
