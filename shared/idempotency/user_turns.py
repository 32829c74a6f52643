"""Turns: a lock per user name. Only one request at a time changes a user's life or credentials, in whichever function.

    turns/<name>/<inverted n>-taken.json   turn n: the request that has it, and for how long
    turns/<name>/<inverted n>-left.json    it ended early, and none of its writes can take effect later

As with leases, only the creation of an object is proof; a listing only shows where to begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from shared.deadline import Deadline
from shared.errors import Conflict, ImAccessError, Unavailable
from shared.idempotency.lease import GRACE, VISIBLE
from shared.idempotency.stored_attempts import dump, load
from shared.ports import Store

_MOST = 10**8 - 1
_STEPS = 16
_KEY = re.compile(r"turns/[^/]+/(\d{8})-(?:taken|left)\.json")


class Turns:
    """The turns of one invocation."""

    def __init__(self, store: Store, deadline: Deadline) -> None:
        self._store = store
        self._deadline = deadline

    @contextmanager
    def turn(self, name: str, request: str) -> Iterator[float]:
        """Hold the turn of a user name in this block. Yields the seconds for which CAM may not show what the last turn
        did.

        An earlier attempt of the same request has certainly ended. A process that dies, or that has sent a write which
        may still take effect, keeps its turn until that is over. Raises Conflict `in_progress`, Unavailable.
        """
        number, unsettled = self._take(name, request)
        try:
            yield unsettled
        except Exception:
            self._leave(name, number)
            raise
        self._leave(name, number)

    def _take(self, name: str, request: str) -> tuple[int, float]:
        rows = self._store.below(f"turns/{name}/", limit=1)
        number, unsettled = _number(rows[0].key) if rows else 0, 0.0
        body = dump({"request": request, "at": self._deadline.clock.now(), "lease": self._lease()})
        for _ in range(_STEPS):
            if number:
                unsettled = self._after(name, number, request)
            if self._store.create(_key(name, number + 1, "taken"), body):
                return number + 1, unsettled
            number += 1
        raise Unavailable("The store does not show the newest turn")

    def _lease(self) -> float:
        return max(0.0, self._deadline.ends_at - self._deadline.clock.now()) + GRACE

    def _after(self, name: str, number: int, request: str) -> float:
        """Seconds for which CAM may not show what was done in an ended turn. Raises Conflict `in_progress`."""
        left = self._store.get(_key(name, number, "left"))
        if left is not None and left.age is not None:
            return max(0.0, VISIBLE - left.age)
        taken = self._store.get(_key(name, number, "taken"))
        if taken is None:
            raise Unavailable("The store does not show a turn that exists")
        record = load(taken.body)
        # The store's clock shows only whole seconds.
        age = self._deadline.clock.now() - record["at"] if taken.age is None else max(0.0, taken.age - 1.0)
        remaining = float(record["lease"]) - age
        if left is not None:
            # The store does not say how long ago it ended. By this clock that was no later than its lease's end.
            return min(VISIBLE, max(0.0, VISIBLE + remaining))
        if record["request"] == request:
            return 0.0
        if remaining > 0:
            why = "Another request is changing this user"
            raise Conflict("in_progress", why, retry_after=min(5, int(remaining) + 1))
        return max(0.0, VISIBLE - GRACE + remaining)

    def _leave(self, name: str, number: int) -> None:
        if self._deadline.unsettled:
            return
        # If this fails, the turn ends by itself later.
        with suppress(ImAccessError):
            self._store.create(_key(name, number, "left"), dump({}))


def _key(name: str, number: int, kind: str) -> str:
    return f"turns/{name}/{_MOST - number:08}-{kind}.json"


def _number(key: str) -> int:
    match = _KEY.fullmatch(key)
    if match is None:
        raise ImAccessError("record_unreadable")
    return _MOST - int(match[1])
