"""The stored records of a request's attempts. Every object is created once and never changed.

    requests/<key>/<inverted n>-lease.json     the lease of attempt n: for how long, and the command
    requests/<key>/<inverted n>-outcome.json   how it ended: a receipt, released early, or taken over by attempt n+1
    open/<key>.json                            the request is unfinished, or its notification is still to be sent

Numbers are inverted, so a listing shows the newest attempt first, however many there were.
"""

import json
import re
from typing import Any, NamedTuple

from shared.errors import ImAccessError, Unavailable
from shared.ports import Store, Stored

VERSION = 1
"""The version of the form of these objects. An object of another version is refused, and left as it is."""
OPEN = "open/"
REQUESTS = "requests/"
_MOST = 10**8 - 1
_ATTEMPT = r".*/(\d{8})-(?:lease|outcome)\.json"


class LeaseRecord(NamedTuple):
    """A stored lease. Times are seconds since the epoch, by the clock of the instance that wrote it.

    `lease`: seconds for which it holds. `time`: orders the event among others, in microseconds. `nonce`: random, the
    same in every attempt of the request; credentials files and marks are named after it. `first_at`: when the first
    attempt began. `timed`: the event has its own time, and is refused when that is too long ago.
    """

    number: int
    lease: float
    at: float
    first_at: float
    time: int
    nonce: str
    fingerprint: str
    request_id: str
    function: str
    identity: list[str]
    origin: str
    caller: str
    command: dict[str, Any]
    attempt: str
    timed: bool

    def dump(self) -> bytes:
        """What is stored."""
        return dump(self._asdict())

    @classmethod
    def load(cls, found: Stored) -> "LeaseRecord":
        """What was stored. Raises ImAccessError `record_unreadable`."""
        record = {"timed": False} | load(found.body)
        try:
            return cls(**{name: record[name] for name in cls._fields})
        except KeyError:
            raise ImAccessError("record_unreadable") from None


class Outcome(NamedTuple):
    """How an attempt ended. Only a receipt has the request's `result`, and `caller`, the one who sent the request
    first; the result of an attempt that failed is the `code` of its error.

    `age`: seconds by the store's clock, or None.
    """

    kind: str
    request_id: str
    fingerprint: str
    time: int
    finished_at: str
    result: dict[str, Any]
    caller: str = ""
    age: float | None = None

    @property
    def is_receipt(self) -> bool:
        """Whether the request is finished."""
        return self.kind == "receipt"

    def dump(self) -> bytes:
        """What is stored."""
        record = self._asdict()
        del record["age"]
        return dump(record)

    @classmethod
    def load(cls, found: Stored) -> "Outcome":
        """What was stored. Raises ImAccessError `record_unreadable`."""
        record = load(found.body)
        try:
            return cls(**{name: record[name] for name in cls._fields[:-1]}, age=found.age)
        except KeyError:
            raise ImAccessError("record_unreadable") from None


def newest_lease(store: Store, request_id: str) -> LeaseRecord:
    """The newest lease of a request. Raises Unavailable, ImAccessError `record_unreadable`, also where it was
    deleted.
    """
    rows = store.below(f"{REQUESTS}{request_id.removeprefix('req_')}", limit=1)
    found = store.get(rows[0].key) if rows else None
    if found is None:
        raise ImAccessError("record_unreadable", "The request of these credentials is not there any more")
    return LeaseRecord.load(found)


def lease_key(request_key: str, number: int) -> str:
    """The object key of an attempt's lease."""
    return f"{REQUESTS}{request_key}/{_MOST - number:08}-lease.json"


def outcome_key(request_key: str, number: int) -> str:
    """The object key of an attempt's outcome."""
    return f"{REQUESTS}{request_key}/{_MOST - number:08}-outcome.json"


def open_key(request_key: str) -> str:
    """The object key of the note that a request is unfinished, or its notification not sent."""
    return f"{OPEN}{request_key}.json"


def number_in(key: str) -> int:
    """The number of the attempt that an object belongs to; 1 for another form of key."""
    match = re.fullmatch(_ATTEMPT, key)
    return _MOST - int(match[1]) if match else 1


def dump(members: dict[str, Any]) -> bytes:
    """A record of this version, as bytes."""
    return json.dumps({"v": VERSION, **members}, separators=(",", ":")).encode()


def load(body: bytes) -> dict[str, Any]:
    """The members of a record. Raises Unavailable where it is no JSON object, ImAccessError `record_unreadable`."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable("The store answered with garbage")
    if found.get("v") != VERSION:
        raise ImAccessError("record_unreadable")
    return found
