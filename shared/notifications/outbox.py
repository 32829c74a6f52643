"""The outbox: notifications and mails that could not be sent at once. The sweep sends them.

    outbox/<due>-<notification key>-<first try>.json    in whole seconds since the epoch, so a listing shows what is due
                                                        first, and since when each entry has been waiting

An entry holds no link; it is made when the entry is sent. A later try is a new object with a later time, which is
written before the old one is deleted. So a crash in between leaves both, and a notification is sent at least once.
"""

import hashlib
import json
import re
from typing import Any, NamedTuple

from shared.clock import parse_rfc3339
from shared.due_keys import due_keys
from shared.errors import ImAccessError
from shared.ports import Clock, Store

PREFIX = "outbox/"
MAIL = "mail"
"""The type of an entry that is a mail; it is no event type."""
VERSION = 1
KEPT = 72 * 3600.0
"""Seconds for which an entry is tried; then it becomes a dead letter."""
_FIRST_PAUSE, _LONGEST_PAUSE = 60.0, 3600.0
_FILE_KEPT = 86_400.0
"""Seconds after which a lifecycle rule of the bucket deletes a credentials file."""
_KEY = rf"{PREFIX}(\d{{10}})-[0-9a-f]{{64}}-(\d{{10}})\.json"


class Parcel(NamedTuple):
    """The credentials file that a notification delivers. The link to it is made when the notification is sent.

    `ttl`: seconds; `email` and `language`: the recipient of the mail, if one is to be sent; `key_kind`: the kind of key
    that encrypts the file, as in `PickUpLink`.
    """

    file: str
    user: str
    uin: int | None
    request_id: str
    ttl: int
    email: str | None = None
    language: str | None = None
    key_kind: str = ""


class OutboxEntry(NamedTuple):
    """A notification or mail that is to be sent. `data`: its content without the link; times are seconds since the
    epoch.
    """

    function: str
    type: str
    key: str
    time: str
    data: dict[str, Any]
    parcel: Parcel | None
    first_at: float
    tries: int = 0
    due: int = 0

    @property
    def is_mail(self) -> bool:
        """Whether it is a mail to the person, and not a notification to the receiver."""
        return self.type == MAIL

    @property
    def object_key(self) -> str:
        """The object key."""
        return f"{PREFIX}{self.due:010}-{self.key}-{int(self.first_at):010}.json"

    def outlives_file(self, now: float) -> bool:
        """Whether a link that is made now would be valid longer than the file exists."""
        return self.parcel is not None and now + self.parcel.ttl > parse_rfc3339(self.time) + _FILE_KEPT

    def dump(self) -> bytes:
        """What is stored."""
        parcel = self.parcel._asdict() if self.parcel else None
        return json.dumps({"v": VERSION, **self._asdict(), "parcel": parcel}).encode()

    @classmethod
    def load(cls, body: bytes) -> "OutboxEntry":
        """What was stored. Raises ImAccessError `record_unreadable`."""
        try:
            record = json.loads(body)
            if record["v"] != VERSION:
                raise ImAccessError("record_unreadable")
            members = {name: record[name] for name in cls._fields}
            parcel = members["parcel"]
            known = Parcel(**{name: parcel[name] for name in Parcel._fields}) if parcel else None
            return cls(**(members | {"parcel": known}))
        except (ValueError, TypeError, KeyError):
            raise ImAccessError("record_unreadable") from None


def first_tried(key: str) -> int | None:
    """When the entry with this object key was first tried (seconds since the epoch); None for another form of key."""
    match = re.fullmatch(_KEY, key)
    return int(match[2]) if match else None


def mail_of(entry: OutboxEntry) -> OutboxEntry:
    """The mail to the person that belongs to a notification. It is an entry of its own, since each may fail
    separately.
    """
    key = hashlib.sha256(f"mail:{entry.key}".encode()).hexdigest()
    return entry._replace(type=MAIL, key=key, data={"request_id": entry.data["request_id"]})


class Outbox:
    """The entries in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def put(self, entry: OutboxEntry) -> OutboxEntry:
        """Store an entry for its next try, and return the stored entry. Raises Unavailable, CloudError."""
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**entry.tries)
        later = entry._replace(tries=entry.tries + 1, due=int(self._clock.now() + pause))
        self._store.create(later.object_key, later.dump())
        return later

    def due(self) -> list[str]:
        """The keys of the entries that are due, the oldest first."""
        return due_keys(self._store, PREFIX, self._clock, _due_of)

    def read(self, key: str) -> OutboxEntry | None:
        """An entry, or None where it was deleted. Raises ImAccessError `record_unreadable`, Unavailable."""
        found = self._store.get(key)
        return OutboxEntry.load(found.body) if found else None

    def postpone(self, key: str, entry: OutboxEntry) -> None:
        """Store an entry for a later try, and delete the one at `key`."""
        self.put(entry)
        self._store.delete(key)

    def remove(self, key: str) -> None:
        """Delete an entry that its receiver has accepted."""
        self._store.delete(key)


def _due_of(key: str) -> int | None:
    match = re.fullmatch(_KEY, key)
    return int(match[1]) if match else None
