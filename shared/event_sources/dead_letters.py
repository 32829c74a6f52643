"""Dead letters: messages that were taken off their queue without success. They are kept until somebody handles them.

    dead-letters/<function>/<hash>.json    a message that belongs to this function
    dead-letters/unowned/<hash>.json       a message that belongs to no function; one letter, whichever function saw it

The hash is made from the identity and the content of the message. So a message that comes again has the same letter,
and another message with the same identity has its own. A letter holds everything that is needed to process the message
again:

    {"v": 1, "function", "identity", "code", "reason", "retry", "received_at", "received", "message", "source", "place",
     "fault", "caller", "owned"}

`received_at` (RFC 3339) and `received` (seconds since the epoch) say when the message was first received.
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
"""The source of a letter that holds the note of a SCIM change."""
OUTBOX_ENTRY = "outbox"
"""The source of a letter that holds an entry of the outbox which no receiver accepted."""
_UNOWNED = "unowned"


class DeadLetter(NamedTuple):
    """A message that was taken off its queue without success.

    `message` is the body as it came; `source`, `place` and `fault` are as in `Message`, `caller` as in `Request`;
    `received` is the time of its first receipt, in seconds since the epoch. `owned`: it belongs to `function`;
    otherwise `function` is only the one that saw it first.
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
        """The object key, which is the same each time the message comes."""
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
    """The message as its queue delivered it, so that it is read in the form of its source."""
    event: Mapping[str, Any] | None = None
    if letter.source == "eventbridge" and not letter.fault:
        event = json.loads(letter.message)
    return Message(letter.message, letter.place, event, letter.fault, letter.source)


def park(store: Store, letter: DeadLetter) -> bool:
    """Write a dead letter; False where it exists already. Returns only after it can be read, whatever the answer to the
    write was. Raises Unavailable, CloudError.
    """
    written = store.create(letter.key, letter.dump())
    if store.get(letter.key) is None:
        raise Unavailable("The store does not show a dead letter that was written")
    return written
