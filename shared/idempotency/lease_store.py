"""Leases and receipts in the store, by which one request is done once.

An attempt acquires lease n by create-if-absent, which exactly one can do. It ends by writing outcome n: a receipt, or
that it let go. Whoever comes after it writes outcome n first, and then lease n+1: so an attempt that was given up can
no longer finish, and a receipt is never overlooked. All of that rests on who could create an object. What a listing or
a look-up shows only says where to begin; what it does not show is never taken for absent.
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
"""Attempts that are followed one by one where a listing lags behind; each was made since the listing."""


class LeaseStore:
    """The leases and receipts of one function, as one invocation sees them."""

    def __init__(self, store: Store, clock: Clock, ends_at: float) -> None:
        self._store = store
        self._clock = clock
        self._ends_at = ends_at

    def acquire(self, request: Request[Command]) -> tuple[Lease | None, Receipt | None]:
        """Take the lease of the request, or find it finished.

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

    def release(self, request: Request[Command], lease: Lease) -> None:
        """End the lease early, so that the next attempt may start: no call of this one can take effect any more."""
        self._end(request, lease.number, "released")

    def finished(self, request: Request[Command]) -> bool:
        """Whether the request is finished: True is certain, False may only mean that the store does not show it.

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
        """Whole seconds for which a lease is written: the time limit and the grace."""
        return math.ceil(max(0.0, self._ends_at - self._clock.now()) + GRACE)

    def _opened(self, request: Request[Command], lease: Lease) -> Lease:
        """The lease, after the request is noted in `open/`, where the sweep finds requests that were not finished."""
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
        """The lease that follows an attempt, or the receipt that it wrote; neither where somebody else follows it."""
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
        # A released attempt did its last then; a crashed one, at the latest, as its time limit came.
        released = outcome is not None and outcome.kind == "released"
        since = (outcome.age or 0.0) if outcome and released else GRACE - left
        following = self._new(request, last)
        if not self._write(request, following):
            return None, None
        return lease_of(following, max(0.0, VISIBLE - since)), None

    def _end(self, request: Request[Command], number: int, kind: str) -> Outcome | None:
        """Write that an attempt ended; the outcome that was there before, if one was."""
        own = Outcome(kind, request.id, request.fingerprint, 0, rfc3339(self._clock.now()), {})
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
        # A clock that is fast must not let its events outrank those that come after them.
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
