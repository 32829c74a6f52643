"""The course of a request: claim, work, receipt, notification; and what is left behind where it breaks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from shared.commands import Changed, Command, Created
from shared.deadline import Deadline
from shared.errors import ImAccessError
from shared.idempotency.records import Lease, Receipt, Records
from shared.idempotency.request import Request


def once(
    requests: Records,
    request: Request[Command],
    work: Callable[[Lease], Changed | Created],
    announce: Callable[[Receipt], None],
    deadline: Deadline,
) -> tuple[Receipt, bool]:
    """The receipt of the request, and whether it was finished before; the work is done where it was not.

    Raises whatever the work raises. Then the lease is released, so that a retry need not wait, unless a write may still
    be under way (`deadline.unsettled`): such an attempt is treated like a crashed one, and its lease holds until
    nothing of it can come late.
    """
    claim, receipt = requests.begin(request)
    if claim is None and receipt is not None:
        return receipt, True
    assert claim is not None  # noqa: S101 - for the type checker: one of the two is there
    try:
        if receipt is None:
            receipt = requests.finish(request, work(claim).model_dump())
        if not receipt.announced:
            announce(receipt)
            requests.announced(request)
    except Exception as error:
        if not deadline.unsettled:
            # Without the release the lease runs out by itself.
            with suppress(ImAccessError):
                requests.release(request, claim)
        elif isinstance(error, ImAccessError) and error.retry_after is not None:
            error.retry_after = max(error.retry_after, requests.lease_left())
        raise
    return receipt, False
