"""Messages that were taken off their queue without success, kept until somebody has looked.

dead-letters/<function>/<identity hash>.json

{"code", "reason", "retry", "function", "identity", "received_at", "message"}
"""

from __future__ import annotations

import json
from typing import NamedTuple

from shared.clock import rfc3339
from shared.identity import identity_hash
from shared.ports import Clock, Store

PREFIX = "dead-letters/"


class DeadLetter(NamedTuple):
    """A message that was taken off its queue without success. `message` is the body as it came."""

    function: str
    identity: tuple[str, ...]
    code: str
    reason: str
    retry: bool
    message: str

    @property
    def key(self) -> str:
        """The object key, the same however often the message comes."""
        return f"{PREFIX}{self.function}/{identity_hash(self.function, self.identity)}.json"


def park(store: Store, clock: Clock, letter: DeadLetter) -> bool:
    """Write a dead letter; False where it is there already. Raises Unavailable, CloudError."""
    body = letter._asdict() | {"identity": list(letter.identity), "received_at": rfc3339(clock.now())}
    return store.create(letter.key, json.dumps(body).encode())
