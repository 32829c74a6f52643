"""Carries out a command of the product itself, for SCIM, an HR event or a date, in the same way as a command from
outside.

It is done once for its identity, with the same ledger, authorization, quotas and notifications. If its process dies,
the sweep finishes it like any abandoned request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from shared.commands.command import Command
from shared.commands.result import Result
from shared.entrypoints.request_run import RequestRun, need_recipient
from shared.errors import ImAccessError
from shared.idempotency.cause import Cause
from shared.idempotency.request import Finished, Request

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.operations import Operation

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


def run_own_command(
    container: Container, operation: Operation[C, R], command: C, cause: Cause, keep: float = 0.0
) -> Finished[R]:
    """Execute the command, or return the result of its earlier execution with the same identity.

    `keep`: seconds of the invocation that are left for the caller's work after it.

    Raises the errors of the command: Rejected and Conflict where it can never be done, `in_progress`, Unavailable where
    it can be done later; `no_recipient` where its credentials would reach nobody, Misconfigured.
    """
    request = Request(operation.function, cause.identity, cause.time, command, cause.origin, cause.caller)
    work = RequestRun(container, operation, request, keep)
    try:
        container.authorization().admit(command)
        need_recipient(request, operation, container)
        with work.slot():
            finished = work.run()
    except ImAccessError as error:
        _log(container, work, level=error.meaning.level, code=error.code, detail=error.detail)
        raise
    _log(container, work, level="info", replayed=finished.replayed)
    return finished


def _log(container: Container, work: RequestRun[C, R], *, level: str, **more: object) -> None:
    command = work.request.command.TYPE
    container.log("own_command", level=level, command=command, request_id=work.request.id, **work.values, **more)
