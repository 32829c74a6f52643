"""Leases and receipts in the store. They ensure that a request is done once.

An attempt acquires lease n by create-if-absent, so exactly one attempt can have it. It ends by creating outcome n: a
receipt, or `released`. The next attempt creates outcome n itself (`taken`) before it creates lease n+1. So an attempt
that was taken over can no longer finish, and a receipt is never missed. Only the creation of an object is proof. A
listing or a read only shows where to begin; an object that they do not show may still exist.
"""

import math
import secrets
from typing import Any

from shared.clock import rfc3339
from shared.commands.command import Command
from shared.errors import Conflict, Unavailable
from shared.idempotency.lease import (
    GRACE,
    VISIBLE,
    Lease,
    Receipt,
    check_same,
    in_progress,
    lease_age,
    lease_of,
    pause,
    receipt_of,
)
from shared.idempotency.request import Request
from shared.idempotency.stored_attempts import (
    REQUESTS,
    LeaseRecord,
    Outcome,
    dump,
    lease_key,
    number_in,
    open_key,
    outcome_key,
)
from shared.ports import Clock, Store

_STEPS = 16
"""Attempts that are followed one by one if a listing lags behind; each of them was made after the listing."""


class LeaseStore:
    """The leases and receipts of one function, for one invocation."""

    def __init__(self, store: Store, clock: Clock, ends_at: float) -> None:
        self._store = store
        self._clock = clock
        self._ends_at = ends_at

    def acquire(self, request: Request[Command]) -> tuple[Lease | None, Receipt | None]:
        """Acquire the lease of the request, or find its receipt.

        Raises Conflict `in_progress`, Rejected `identity_reused`, Unavailable, ImAccessError `record_unreadable`.
        """
        first = self._new(request)
        if self._write(request, first):
            return self._opened(request, lease_of(first)), None
        outcome = self._outcome(request, 1)
        if outcome and outcome.is_receipt:
            return None, receipt_of(request, outcome)
        number = self._newest(request) if outcome else 1
        if number > 1:
            outcome = self._outcome(request, number)
        for _ in range(_STEPS):
            lease, receipt = self._after(request, number, outcome)
            if lease or receipt:
                return lease and self._opened(request, lease), receipt
            number += 1
            outcome = self._outcome(request, number)
        raise Unavailable("The store does not show the newest attempt")

    def complete(self, request: Request[Command], lease: Lease, result: dict[str, Any]) -> Receipt:
        """Write the receipt. Raises Conflict `in_progress` where another attempt has taken over."""
        own = Outcome(
            "receipt", request.id, request.fingerprint, lease.time, rfc3339(self._clock.now()), result, lease.caller
        )
        if self._store.create(outcome_key(request.key, lease.number), own.dump()):
            return Receipt(result, own.finished_at, lease.caller)
        raise Conflict("in_progress", "Another attempt has taken over", retry_after=pause(GRACE))

    def release(self, request: Request[Command], lease: Lease, code: str) -> None:
        """End the lease early, so that the next attempt can start: no write of this one can take effect any more.
        `code`: that of the error with which it ended, for whoever reads the history.
        """
        self._end(request, lease.number, "released", {"code": code})

    def finished(self, request: Request[Command]) -> bool:
        """Whether the request is finished. True is certain; False may only mean that the store does not show it yet.

        Raises Rejected `identity_reused`, Unavailable, ImAccessError `record_unreadable`.
        """
        outcome = self._outcome(request, 1)
        if outcome and not outcome.is_receipt:
            outcome = self._outcome(request, self._newest(request))
        return bool(outcome and outcome.is_receipt and receipt_of(request, outcome))

    def close(self, request: Request[Command]) -> None:
        """Delete the note in `open/`: nothing of the request is due any more."""
        self._store.delete(open_key(request.key))

    def is_open(self, request: Request[Command]) -> bool:
        """Whether something of the request is still due."""
        return self._store.exists(open_key(request.key))

    def lease_left(self) -> int:
        """The length of a lease in whole seconds: the remaining time limit and the grace."""
        return math.ceil(max(0.0, self._ends_at - self._clock.now()) + GRACE)

    def _opened(self, request: Request[Command], lease: Lease) -> Lease:
        """The lease, after the request is noted in `open/`, where the sweep finds unfinished requests."""
        if lease.number == 1 or not self.is_open(request):
            note = {"function": request.function, "attempt": lease.number, "first_at": lease.first_at}
            self._store.create(open_key(request.key), dump(note))
        return lease

    def _newest(self, request: Request[Command]) -> int:
        rows = self._store.below(f"{REQUESTS}{request.key}/", limit=1)
        return number_in(rows[0].key) if rows else 1

    def _after(
        self, request: Request[Command], number: int, outcome: Outcome | None
    ) -> tuple[Lease | None, Receipt | None]:
        """The lease after this attempt, or the receipt of this attempt; neither where another attempt got the lease."""
        if outcome and outcome.is_receipt:
            return None, receipt_of(request, outcome)
        found = self._store.get(lease_key(request.key, number))
        if found is None:
            raise Unavailable("The store does not show a lease that exists")
        last = LeaseRecord.load(found)
        check_same(request, last.fingerprint, last.time)
        left = last.lease - lease_age(self._clock.now() - last.at, found.age)
        if outcome is None:
            if left > 0:
                raise in_progress(left, last)
            outcome = self._end(request, number, "taken")
            if outcome and outcome.is_receipt:
                return None, receipt_of(request, outcome)
        # A released attempt ended at its release; a crashed one ended at its time limit, at the latest.
        released = outcome is not None and outcome.kind == "released"
        since = (outcome.age or 0.0) if outcome and released else GRACE - left
        following = self._new(request, last)
        if not self._write(request, following):
            return None, None
        return lease_of(following, max(0.0, VISIBLE - since)), None

    def _end(
        self, request: Request[Command], number: int, kind: str, about: dict[str, Any] | None = None
    ) -> Outcome | None:
        """Write that an attempt ended. Returns the outcome that existed before, if any."""
        own = Outcome(kind, request.id, request.fingerprint, 0, rfc3339(self._clock.now()), about or {})
        if self._store.create(outcome_key(request.key, number), own.dump()):
            return None
        found = self._outcome(request, number)
        if found is None:
            raise Unavailable("The store does not show an outcome that exists")
        return found

    def _outcome(self, request: Request[Command], number: int) -> Outcome | None:
        found = self._store.get(outcome_key(request.key, number))
        return Outcome.load(found) if found else None

    def _new(self, request: Request[Command], before: LeaseRecord | None = None) -> LeaseRecord:
        now = self._clock.now()
        received = now if request.received_at is None else request.received_at
        # A fast clock must not make its events win over later ones.
        time = received if request.time is None else min(request.time, received)
        return LeaseRecord(
            number=before.number + 1 if before else 1,
            lease=max(0.0, self._ends_at - now) + GRACE,
            at=now,
            first_at=before.first_at if before else now,
            time=before.time if before else round(time * 1_000_000),
            nonce=before.nonce if before else secrets.token_urlsafe(32),
            fingerprint=request.fingerprint,
            request_id=request.id,
            function=request.function,
            identity=list(request.identity),
            origin=before.origin if before else request.origin,
            caller=before.caller if before else request.caller,
            command=request.sent,
            attempt=secrets.token_hex(16),
            timed=request.time is not None and request.identity[0] == "cloudevents",
        )

    def _write(self, request: Request[Command], lease: LeaseRecord) -> bool:
        return self._store.create(lease_key(request.key, lease.number), lease.dump())
