"""Records when a message failed first, for messages whose requests have no lease that shows it.

    attempts/<function>/<identity hash>.json    {"v": 1, "at": seconds since the epoch}

Written once, when the message is redelivered for the first time; read only when it fails again.
"""

from __future__ import annotations

from shared.idempotency.stored_attempts import dump, load
from shared.ports import Clock, Store

PREFIX = "attempts/"


def key(function: str, request_key: str) -> str:
    """The object key of the first failure of a request with this identity hash."""
    return f"{PREFIX}{function}/{request_key}.json"


def first_failure(store: Store, clock: Clock, function: str, request_key: str) -> float:
    """When the message failed first, in seconds since the epoch. Raises Unavailable, CloudError, ImAccessError."""
    now, where = clock.now(), key(function, request_key)
    if store.create(where, dump({"at": now})):
        return now
    found = store.get(where)
    return min(now, float(load(found.body)["at"])) if found else now
