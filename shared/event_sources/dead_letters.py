"""Messages that were taken off their queue without success, kept until somebody has looked.

    dead-letters/<function>/<hash>.json    a message of this function's type
    dead-letters/unowned/<hash>.json       one that no function can call its own, once, whichever function saw it

The hash is made from the message's identity and its content: the same message is the same letter however often it
comes, and another one with the same identity is a letter of its own. A letter holds all that its first delivery meant:

    {"v": 1, "function", "identity", "code", "reason", "retry", "received_at", "received", "message", "source", "place",
     "fault", "caller", "owned"}

`received_at` (RFC 3339) and `received` (seconds since the epoch) are the moment of its first receipt.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.clock import rfc3339
from shared.errors import ImAccessError, Unavailable
from shared.event_sources.message import Message
from shared.ports import Store
from shared.request_identity import identity_hash

PREFIX = "dead-letters/"
VERSION = 1
SCIM_CHANGE = "scim"
"""The source of a letter that holds the note of a change at SCIM."""
OUTBOX_ENTRY = "outbox"
"""The source of a letter that holds an entry of the outbox which no receiver accepted."""
_UNOWNED = "unowned"


class DeadLetter(NamedTuple):
    """A message that was taken off its queue without success.

    `message` is the body as it came; `source`, `place` and `fault` as in `Message`; `caller` as in `Request`;
    `received` is the moment of its first receipt in seconds since the epoch. Where it is not `owned`, `function` is the
    one that saw it first.
    """

    function: str
    identity: tuple[str, ...]
    code: str
    reason: str
    retry: bool
    message: str
    received: float = 0.0
    source: str = ""
    place: tuple[str, ...] | None = None
    fault: str = ""
    caller: str = ""
    owned: bool = True

    @property
    def key(self) -> str:
        """The object key, the same however often the message comes."""
        folder = self.function if self.owned else _UNOWNED
        digest = hashlib.sha256(self.message.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{PREFIX}{folder}/{identity_hash(folder, (*self.identity, digest))}.json"

    def dump(self) -> bytes:
        """What is stored."""
        return json.dumps({"v": VERSION, **self._asdict(), "received_at": rfc3339(self.received)}).encode()

    @classmethod
    def load(cls, body: bytes) -> DeadLetter:
        """What was stored. Raises ImAccessError `record_unreadable`."""
        try:
            record = json.loads(body)
            if record["v"] != VERSION:
                raise ImAccessError("record_unreadable")
            letter = cls(**{name: record[name] for name in cls._fields})
            place = None if letter.place is None else tuple(letter.place)
            return letter._replace(identity=tuple(letter.identity), place=place)
        except (ValueError, KeyError, TypeError):
            raise ImAccessError("record_unreadable") from None


def as_message(letter: DeadLetter) -> Message:
    """The message as its queue gave it, so that it is read as it was then, in the dialect of its source."""
    event: Mapping[str, Any] | None = None
    if letter.source == "eventbridge" and not letter.fault:
        event = json.loads(letter.message)
    return Message(letter.message, letter.place, event, letter.fault, letter.source)


def park(store: Store, letter: DeadLetter) -> bool:
    """Write a dead letter; False where it was there already. Returns once it is there to be read, whatever was said of
    its write. Raises Unavailable, CloudError.
    """
    written = store.create(letter.key, letter.dump())
    if store.get(letter.key) is None:
        raise Unavailable("The store does not show a dead letter that was written")
    return written
