"""One request, done once: leases and receipts.

    requests/<key>/lease-0001.json      an attempt: whose turn it is, for how long
    requests/<key>/released-0001.json   that attempt ended early and leaves nothing in flight
    requests/<key>/receipt.json         the result; from here on nothing changes any more
    requests/<key>/notified.json        the notification was taken

Every object is created once and never changed. An attempt that finds a lease waits until that has run out, by the
store's own clock, and takes the next number: exactly one taker wins. A lease is never released by deleting it.
"""

from __future__ import annotations

import json
import math
import re
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from shared.clock import rfc3339
from shared.commands import Command
from shared.errors import Conflict, Rejected, Unavailable
from shared.idempotency.request import Request
from shared.ports import Clock, Store

Rows = dict[str, "float | None"]
"""What is in a request's folder: names, and their ages by the store's clock."""

GRACE = 4.8
"""Seconds beyond the time limit for which a lease holds: nearly the 5 that are promised, so that whoever takes over
need not wait long until CAM shows what was done, and has time to finish even within a time limit of 3 seconds."""
VISIBLE = 6.0
"""Seconds after which CAM's reads are trusted to show a write; 5 were seen."""


class Lease(NamedTuple):
    """An attempt's right to work on a request.

    `time` orders the request among others (microseconds since the epoch); `file` is the object key for this attempt's
    credentials and `stale_files` those of attempts before it. `unsettled` says for how many more seconds CAM may not
    show what the attempts before this one did.
    """

    number: int
    time: int
    file: str
    stale_files: Sequence[str] = ()
    unsettled: float = 0.0


class Receipt(NamedTuple):
    """The result of a finished request. `announced` is false while its notification is still due."""

    result: dict[str, Any]
    finished_at: str
    announced: bool


class Records:
    """The leases and receipts of one function, as one invocation sees them."""

    def __init__(self, store: Store, clock: Clock, ends_at: float, *, notifies: bool) -> None:
        self._store = store
        self._clock = clock
        self._ends_at = ends_at
        self._notifies = notifies

    def acquire(self, request: Request[Command]) -> tuple[Lease | None, Receipt | None]:
        """Take the lease of the request, or find it finished, or both where only its notification is due.

        Raises Conflict `in_progress`, Rejected `identity_reused`, Unavailable.
        """
        first = self._lease(request, 1, None)
        if self._write(request, first):
            return _as_lease(first), None
        rows = self._rows(request)
        numbers = [int(match[1]) for name in rows if (match := re.fullmatch(r"lease-(\d+)\.json", name))]
        last = self._last(request, max(numbers, default=1))
        if last.body["fingerprint"] != request.fingerprint:
            raise Rejected("identity_reused")
        receipt = self._receipt(request, rows)
        if receipt is not None and receipt.announced:
            return None, receipt
        lease = self._take_over(request, last, rows)
        # Its owner may have finished between the listing and the end of its lease; from here on it cannot.
        receipt = receipt or self._receipt(request, self._rows(request))
        return (None, receipt) if receipt is not None and receipt.announced else (lease, receipt)

    def complete(self, request: Request[Command], result: dict[str, Any]) -> Receipt:
        """Write the receipt; if one is there already, that one holds."""
        now = rfc3339(self._clock.now())
        body = {"request_id": request.id, "finished_at": now, "notify": self._notifies, "result": result}
        if self._store.create(_key(request, "receipt.json"), _dump(body)):
            return Receipt(result, now, announced=not self._notifies)
        found = self._receipt(request, {"receipt.json": None})
        if found is None:
            raise Unavailable("The receipt cannot be read")
        return found

    def mark_announced(self, request: Request[Command]) -> None:
        """Write down that the notification was taken."""
        self._store.create(_key(request, "notified.json"), _dump({"at": rfc3339(self._clock.now())}))

    def release(self, request: Request[Command], lease: Lease) -> None:
        """Let the next attempt start before the lease has run out: nothing of this one can take effect any more."""
        self._store.create(_key(request, f"released-{lease.number:04}.json"), b"{}")

    def lease_left(self) -> int:
        """Whole seconds for which a lease of this invocation holds."""
        return math.ceil(max(0.0, self._ends_at - self._clock.now()) + GRACE)

    def _rows(self, request: Request[Command]) -> Rows:
        prefix = _key(request, "")
        return {row.key.removeprefix(prefix): row.age for row in self._store.below(prefix)}

    def _lease(self, request: Request[Command], number: int, before: dict[str, Any] | None) -> dict[str, Any]:
        now = self._clock.now()
        time = round((now if request.time is None else request.time) * 1_000_000)
        return {
            "number": number,
            "nonce": secrets.token_hex(16),
            "lease": max(0.0, self._ends_at - now) + GRACE,
            "at": now,
            "time": before["time"] if before else time,
            "file": _new_file(request.command),
            "stale_files": [*before["stale_files"], before["file"]] if before else [],
            "fingerprint": request.fingerprint,
            "request_id": request.id,
            "function": request.function,
            "identity": list(request.identity),
            "user": request.command.user,
            "policies": request.command.policies,
        }

    def _write(self, request: Request[Command], lease: dict[str, Any]) -> bool:
        return self._store.create(_key(request, f"lease-{lease['number']:04}.json"), _dump(lease))

    def _last(self, request: Request[Command], number: int) -> _Found:
        found = self._store.get(_key(request, f"lease-{number:04}.json"))
        if found is None:
            raise Unavailable("The store does not show a lease that exists")
        body = _load(found.body)
        return _Found(number, body, _age(self._clock.now() - body["at"], found.age))

    def _receipt(self, request: Request[Command], rows: Rows) -> Receipt | None:
        found = self._store.get(_key(request, "receipt.json")) if "receipt.json" in rows else None
        if found is None:
            return None
        body = _load(found.body)
        return Receipt(body["result"], body["finished_at"], not body["notify"] or "notified.json" in rows)

    def _take_over(self, request: Request[Command], last: _Found, rows: Rows) -> Lease:
        release = f"released-{last.number:04}.json"
        left = last.body["lease"] - last.age
        if left > 0 and release not in rows:
            raise Conflict("in_progress", retry_after=_wait(left))
        # A released attempt did its last then; a crashed one, at the latest, as its time limit came.
        since = (rows[release] or 0.0) if release in rows else GRACE - left
        lease = self._lease(request, last.number + 1, last.body)
        if not self._write(request, lease):
            raise Conflict("in_progress", retry_after=_wait(lease["lease"]))
        return _as_lease(lease, max(0.0, VISIBLE - since))


class _Found(NamedTuple):
    number: int
    body: dict[str, Any]
    age: float


def _age(by_own: float, by_store: float | None) -> float:
    """A lease's age: the store's clock decides, which shows whole seconds; within those, this one's."""
    if by_store is None:
        return max(0.0, by_own)
    return max(0.0, by_store - 1.0, min(by_own, by_store + 1.0))


def _as_lease(body: dict[str, Any], unsettled: float = 0.0) -> Lease:
    return Lease(body["number"], body["time"], body["file"], body["stale_files"], unsettled)


def _new_file(command: Command) -> str:
    encrypted = getattr(command, "encrypt_to", None) is not None
    return f"credentials/{secrets.token_urlsafe(32)}.csv" + (".age" if encrypted else "")


def _wait(lease: float) -> int:
    # Most attempts end long before their lease does.
    return max(1, min(5, math.ceil(lease)))


def _key(request: Request[Command], name: str) -> str:
    return f"requests/{request.key}/{name}"


def _dump(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _load(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable("The store answered with garbage")
    return found
