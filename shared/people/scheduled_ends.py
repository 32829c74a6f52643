"""Records the ends that a create, a grant or a restore has ordered (`until`), by due time, for the sweep.

    untils/<due>-<kind>-<identity hash>.json    due: whole seconds since the epoch, so a listing shows what is due first

An end counts as if it came right after the event that ordered it, at the same time. So it takes away what that event
gave, and nothing that a newer event has given or will give.
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
"""The function whose command applies an end."""
MOST_DAYS = 1830
"""The most days that an end may lie ahead: five years."""
_PREFIX = "untils/"
_KEY = r"untils/(\d{11})-(life|policies)-[0-9a-f]{64}\.json"


class ScheduledEnd(NamedTuple):
    """The end of a life, or of granted policies. `time` and `request`: of the event that ordered it (microseconds since
    the epoch, the hash of its identity); `due`: when it ends (seconds since the epoch).
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
        """The identity of the command that applies it, which is done once."""
        return ("until", self.kind, self.request)

    @property
    def end(self) -> str:
        """The identity hash under which the event of that command is recorded."""
        return identity_hash(_BY[self.kind], self.identity)


class ScheduledEnds:
    """The records in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def schedule(self, until: ScheduledEnd) -> None:
        """Record that the sweep has to apply an end. Raises Unavailable, CloudError."""
        self._store.create(until.key, json.dumps({"v": VERSION, **until._asdict()}).encode())

    def due(self, clock: Clock) -> list[str]:
        """The keys of the ends that are due, the earliest first; one listing for each thousand of them."""
        return due_keys(self._store, _PREFIX, clock, due_of)

    def read(self, key: str) -> ScheduledEnd | None:
        """The end of a key; None where it was deleted. Raises ImAccessError `record_unreadable`, Unavailable."""
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
    """When the end with this object key is due; None for another key."""
    match = re.fullmatch(_KEY, key)
    return int(match[1]) if match else None


def checked(until: str | None, received: float) -> int | None:
    """The end that a command orders, or None; `received`: when the command was first received.

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
