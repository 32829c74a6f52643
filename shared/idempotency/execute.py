"""Executes one request in this order: lease, use case, receipt, notification. It cleans up where a step fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from shared.commands.command import Command
from shared.commands.result import Result
from shared.deadline import Deadline
from shared.errors import Conflict, ImAccessError, Rejected, Verdict
from shared.idempotency.lease import Lease, Receipt
from shared.idempotency.lease_store import LeaseStore
from shared.idempotency.request import Finished, Request
from shared.unexpected_errors import EXITS

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


class Execution(Generic[C, R]):
    """What the execution of a request needs.

    `use_case` makes one attempt; `announce` sends the notification, or stores it to be sent later.
    """

    def __init__(
        self,
        records: LeaseStore,
        use_case: Callable[[Request[C], Lease], R],
        result: type[R],
        announce: Callable[[Request[C], R, Receipt], None],
        deadline: Deadline,
    ) -> None:
        self.records = records
        self.use_case = use_case
        self.result = result
        self.announce = announce
        self.deadline = deadline


def execute(request: Request[C], by: Execution[C, R]) -> Finished[R]:
    """The result of the request. Its use case runs unless the request was finished before. Raises the errors of the use
    case.

    A finished request stays finished, even if its notification was not sent yet: a repetition only sends what is still
    due.
    """
    lease, receipt = by.records.acquire(request)
    if receipt is not None:
        result = by.result.model_validate(receipt.result)
        if by.records.is_open(request):
            _announce(request, result, receipt, by)
        return Finished(result, replayed=True, caller=receipt.caller)
    assert lease is not None  # noqa: S101 - for the type checker: one of the two is there
    result = _attempt(request, lease, by)
    return Finished(result, replayed=False, caller=lease.caller)


def _attempt(request: Request[C], lease: Lease, by: Execution[C, R]) -> R:
    try:
        result = by.use_case(request, lease)
        receipt = by.records.complete(request, lease, result.model_dump())
    except EXITS:
        raise
    except BaseException as error:
        _let_go(request, lease, by, error)
        raise
    _announce(request, result, receipt, by)
    return result


def _announce(request: Request[C], result: R, receipt: Receipt, by: Execution[C, R]) -> None:
    by.announce(request, result, receipt)
    by.records.close(request)


def _let_go(request: Request[C], lease: Lease, by: Execution[C, R], error: BaseException) -> None:
    """Release the lease after a failed attempt, so that a retry need not wait.

    The lease is kept if a write may still take effect (`deadline.unsettled`). Such an attempt counts as crashed, and
    its lease holds until none of its writes can take effect any more. After a permanent failure the sweep has nothing
    to finish: the caller gets the error, or the message becomes a dead letter.
    """
    if isinstance(error, ImAccessError):
        error.first_attempt_at = lease.first_at
    if by.deadline.unsettled:
        if isinstance(error, ImAccessError) and error.retry_after is not None:
            error.retry_after = max(error.retry_after, by.records.lease_left())
        return
    # A failed release does no harm: the lease ends by itself.
    with suppress(ImAccessError):
        code = error.code if isinstance(error, ImAccessError) else "internal_error"
        by.records.release(request, lease, code)
        if isinstance(error, Rejected | Conflict) and error.meaning.verdict is not Verdict.LATER:
            by.records.close(request)
