"""The course of a request: lease, work, receipt, notification; and what is left behind where it breaks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.commands import Command
from shared.deadline import Deadline
from shared.errors import ImAccessError
from shared.idempotency.records import Lease, Receipt, Records
from shared.idempotency.request import Finished, Request
from shared.results import Result

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class Execution(Generic[C, R]):
    """What one request is done with. `use_case` is one attempt of the work, `announce` tells the organisation."""

    records: Records
    use_case: Callable[[Request[C], Lease], R]
    result: type[R]
    announce: Callable[[Request[C], R, Receipt], None]
    deadline: Deadline


def execute(request: Request[C], by: Execution[C, R]) -> Finished[R]:
    """The result of the request; the work is done where that was not done before.

    Raises whatever the work raises. Then the lease is released, so that a retry need not wait, unless a write may still
    be under way (`deadline.unsettled`): such an attempt is treated like a crashed one, and its lease holds until
    nothing of it can come late.
    """
    lease, receipt = by.records.acquire(request)
    if lease is None and receipt is not None:
        return Finished(by.result.model_validate(receipt.result), replayed=True)
    assert lease is not None  # noqa: S101 - for the type checker: one of the two is there
    try:
        if receipt is None:
            receipt = by.records.complete(request, by.use_case(request, lease).model_dump())
        result = by.result.model_validate(receipt.result)
        if not receipt.announced:
            by.announce(request, result, receipt)
            by.records.mark_announced(request)
    except Exception as error:
        if not by.deadline.unsettled:
            # Without the release the lease runs out by itself.
            with suppress(ImAccessError):
                by.records.release(request, lease)
        elif isinstance(error, ImAccessError) and error.retry_after is not None:
            error.retry_after = max(error.retry_after, by.records.lease_left())
        raise
    return Finished(result, replayed=False)
