"""Messages that were taken off their queue without success, kept until somebody has looked.

dead-letters/<function>/<identity hash>.json

{"code", "reason", "retry", "function", "identity", "received_at", "message"}
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from shared.clock import rfc3339
from shared.idempotency.request import identity_hash
from shared.ports import Clock, Store


def park(
    store: Store,
    clock: Clock,
    *,
    function: str,
    identity: Sequence[str],
    code: str,
    reason: str,
    retry: bool,
    message: str,
) -> bool:
    """Write a dead letter; False where it is there already. Raises Unavailable, CloudError."""
    body = {
        "code": code,
        "reason": reason,
        "retry": retry,
        "function": function,
        "identity": list(identity),
        "received_at": rfc3339(clock.now()),
        "message": message,
    }
    return store.create(key(function, identity), json.dumps(body).encode())


def key(function: str, identity: Sequence[str]) -> str:
    """The object key, the same however often the message comes."""
    return f"dead-letters/{function}/{identity_hash(function, tuple(identity))}.json"
