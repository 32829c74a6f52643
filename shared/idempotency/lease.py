"""Leases, which give an attempt the right to work on a request for a while; and receipts, which hold its result."""

import math
from typing import Any, NamedTuple

from shared.commands.command import Command
from shared.errors import Conflict, ImAccessError, Rejected
from shared.idempotency.request import Request
from shared.idempotency.stored_attempts import LeaseRecord, Outcome

GRACE = 4.8
"""Seconds beyond the time limit for which a lease holds. It is a little less than the 5 seconds that are documented. So
the next attempt need not wait long until CAM shows what was done, and can finish even within a time limit of 3 seconds.
"""
VISIBLE = 6.0
"""Seconds after which CAM's reads certainly show a write; up to 5 were observed."""
_ANOTHER_EVENT = 24 * 3600 * 1_000_000
"""Microseconds between two times from which on they count as different events."""


class Lease(NamedTuple):
    """The right of an attempt to work on a request.

    `time` orders the request among others (microseconds since the epoch). `nonce` is random, secret, and the same in
    every attempt of the request. `unsettled`: seconds for which CAM may not yet show what earlier attempts did.
    `first_at`: when the first attempt began (seconds since the epoch). `caller`: who sent the request first.
    """

    number: int
    time: int
    nonce: str
    unsettled: float = 0.0
    first_at: float = 0.0
    caller: str = ""


class Receipt(NamedTuple):
    """The result of a finished request, when it was finished (RFC 3339), and the caller who sent it first."""

    result: dict[str, Any]
    finished_at: str
    caller: str = ""


def receipt_of(request: Request[Command], outcome: Outcome) -> Receipt:
    """The receipt in an outcome. Raises Rejected `identity_reused`."""
    check_same(request, outcome.fingerprint, outcome.time)
    return Receipt(outcome.result, outcome.finished_at, outcome.caller)


def check_same(request: Request[Command], fingerprint: str, time: int) -> None:
    """Raises Rejected `identity_reused` where another event had the same identity before."""
    if request.fingerprint != fingerprint:
        raise Rejected("identity_reused")
    if request.time is not None and abs(request.time * 1_000_000 - time) > _ANOTHER_EVENT:
        raise Rejected("identity_reused", "The same identity came with a time more than a day apart")


def in_progress(left: float, lease: LeaseRecord) -> ImAccessError:
    """The error for a request whose lease another attempt holds for this many seconds more."""
    error = Conflict("in_progress", retry_after=pause(left))
    error.first_attempt_at = lease.first_at
    return error


def lease_age(by_own: float, by_store: float | None) -> float:
    """The age of a lease. The store's clock decides, but it shows whole seconds; within those, the own clock is
    used.
    """
    if by_store is None:
        return max(0.0, by_own)
    return max(0.0, by_store - 1.0, min(by_own, by_store + 1.0))


def lease_of(record: LeaseRecord, unsettled: float = 0.0) -> Lease:
    """The lease of a record; `unsettled` is as in `Lease`."""
    return Lease(record.number, record.time, record.nonce, unsettled, record.first_at, record.caller)


def pause(lease: float) -> int:
    """Whole seconds until a retry makes sense, for the Retry-After of an answer."""
    # Most attempts end long before their lease.
    return max(1, min(5, math.ceil(lease)))
