"""Records the times at which a person has to be looked at again, such as a first day or a last day.

    people/dates/<due>-<source>-<employee>.json    {"v": 1}, and "failing_since" where it is a retry

`<due>` is in whole seconds since the epoch, so a listing shows what is due first. A record only says when to look: what
is due then follows from what is known of the person.
"""

from __future__ import annotations

import json
import math
import re

from shared.due_keys import due_keys
from shared.people.life import VERSION, read, unreadable
from shared.people.person_key import PersonKey
from shared.ports import Clock, Store

_PREFIX = "people/dates/"
_KEY = re.compile(r"people/dates/(\d{11})-([0-9a-f]{16})-([0-9a-f]{32})\.json")


class DueDates:
    """The records in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, person: PersonKey, moment: float, failing_since: float | None = None) -> None:
        """Record that the person has to be looked at again at this time. Raises Unavailable, CloudError."""
        name, since = person.text.replace("/", "-"), {} if failing_since is None else {"failing_since": failing_since}
        body = json.dumps({"v": VERSION, **since}).encode()
        self._store.create(f"{_PREFIX}{math.ceil(moment):011}-{name}.json", body)

    def failing_since(self, key: str) -> float | None:
        """Since when the retries have failed (seconds since the epoch); None where it is no retry. Raises Unavailable,
        ImAccessError `record_unreadable`.
        """
        found = self._store.get(key)
        since = read(found.body, "date of a person").get("failing_since") if found else None
        return since if isinstance(since, float) else None

    def due(self, clock: Clock) -> list[str]:
        """The keys of the dates that are due, the earliest first."""
        return due_keys(self._store, _PREFIX, clock, _due_of)

    def person(self, key: str) -> PersonKey:
        """The person of a date. Raises ImAccessError `record_unreadable`."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise unreadable("date of a person")
        return PersonKey(f"{match[2]}/{match[3]}")

    def forget(self, key: str) -> None:
        """Delete a date, after what was due is done."""
        self._store.delete(key)


def _due_of(key: str) -> int | None:
    match = _KEY.fullmatch(key)
    return int(match[1]) if match else None
