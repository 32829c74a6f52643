"""Lets one request at a time change a user's life or credentials, whichever function executes it.

    turns/<name>/<inverted n>-taken.json   turn n: whose it is, for how long
    turns/<name>/<inverted n>-left.json    it ended early, and nothing of it can come late

As with leases, all rests on who could create an object: a listing only says where to begin.
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
        """Hold the turn of a name in the block. Yields the seconds for which CAM may not show what the last turn did.

        An earlier attempt of the same request is known to be over. A process that dies holds its turn until nothing of
        it can come late; so does one that has sent what may still come. Raises Conflict `in_progress`, Unavailable.
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
        """Seconds for which CAM may not show what was done in a turn that is over. Raises Conflict `in_progress`."""
        left = self._store.get(_key(name, number, "left"))
        if left is not None:
            return max(0.0, VISIBLE - (left.age or 0.0))
        taken = self._store.get(_key(name, number, "taken"))
        if taken is None:
            raise Unavailable("The store does not show a turn that exists")
        record = load(taken.body)
        # The store's clock shows whole seconds.
        age = self._deadline.clock.now() - record["at"] if taken.age is None else max(0.0, taken.age - 1.0)
        remaining = float(record["lease"]) - age
        if record["request"] == request:
            return 0.0
        if remaining > 0:
            why = "Another request is changing this user"
            raise Conflict("in_progress", why, retry_after=min(5, int(remaining) + 1))
        return max(0.0, VISIBLE - GRACE + remaining)

    def _leave(self, name: str, number: int) -> None:
        if self._deadline.unsettled:
            return
        # A turn that is not ended here ends by itself, later.
        with suppress(ImAccessError):
            self._store.create(_key(name, number, "left"), dump({}))


def _key(name: str, number: int, kind: str) -> str:
    return f"turns/{name}/{_MOST - number:08}-{kind}.json"


def _number(key: str) -> int:
    match = _KEY.fullmatch(key)
    if match is None:
        raise ImAccessError("record_unreadable")
    return _MOST - int(match[1])
