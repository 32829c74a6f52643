"""Leases, the right to work on a request for a while, and receipts, which hold the result of a finished one."""

import math
from typing import Any, NamedTuple

from shared.commands.command import Command
from shared.errors import Conflict, ImAccessError, Rejected
from shared.idempotency.request import Request
from shared.idempotency.stored_attempts import LeaseRecord, Outcome

GRACE = 4.8
"""Seconds beyond the time limit for which a lease holds: nearly the 5 that are promised, so that whoever takes over
need not wait long until CAM shows what was done, and has time to finish even within a time limit of 3 seconds."""
VISIBLE = 6.0
"""Seconds after which CAM's reads are trusted to show a write; 5 were seen."""
_ANOTHER_EVENT = 24 * 3600 * 1_000_000
"""Microseconds between the times of two events from which on they are taken for different events."""


class Lease(NamedTuple):
    """An attempt's right to work on a request.

    `time` orders the request among others (microseconds since the epoch); `nonce` is random, the same in every attempt
    of the request, and known to nobody else. `unsettled` says for how many more seconds CAM may not show what the
    attempts before this one did; `first_at` when the first of them began (seconds since the epoch); `caller` who
    asked first.
    """

    number: int
    time: int
    nonce: str
    unsettled: float = 0.0
    first_at: float = 0.0
    caller: str = ""


class Receipt(NamedTuple):
    """The result of a finished request, when it was finished (RFC 3339), and the caller who asked first."""

    result: dict[str, Any]
    finished_at: str
    caller: str = ""


def receipt_of(request: Request[Command], outcome: Outcome) -> Receipt:
    """The receipt in an outcome. Raises Rejected `identity_reused`."""
    check_same(request, outcome.fingerprint, outcome.time)
    return Receipt(outcome.result, outcome.finished_at, outcome.caller)


def check_same(request: Request[Command], fingerprint: str, time: int) -> None:
    """Raises Rejected `identity_reused` where another event was done under the same identity before."""
    if request.fingerprint != fingerprint:
        raise Rejected("identity_reused")
    if request.time is not None and abs(request.time * 1_000_000 - time) > _ANOTHER_EVENT:
        raise Rejected("identity_reused", "The same identity came with a time more than a day apart")


def in_progress(left: float, lease: LeaseRecord) -> ImAccessError:
    """The error for a request whose lease another attempt holds for so many seconds more."""
    error = Conflict("in_progress", retry_after=pause(left))
    error.first_attempt_at = lease.first_at
    return error


def lease_age(by_own: float, by_store: float | None) -> float:
    """A lease's age: the store's clock decides, which shows whole seconds; within those, this one's."""
    if by_store is None:
        return max(0.0, by_own)
    return max(0.0, by_store - 1.0, min(by_own, by_store + 1.0))


def lease_of(record: LeaseRecord, unsettled: float = 0.0) -> Lease:
    """The lease that a record is; `unsettled` as there."""
    return Lease(record.number, record.time, record.nonce, unsettled, record.first_at, record.caller)


def pause(lease: float) -> int:
    """Whole seconds after which a retry makes sense, for the Retry-After of an answer."""
    # Most attempts end long before their lease does.
    return max(1, min(5, math.ceil(lease)))
