"""Carries out a command that the product itself decided on, for SCIM, an HR event or a date, as any other request.

It is done once for its identity, with the same ledger, authorization, quotas and notifications as a command from
outside. Where its process dies, the sweep finishes it as it finishes any abandoned request.
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

    `keep`: seconds of the invocation that it leaves to what its caller does afterwards.

    Raises whatever the command raises: Rejected and Conflict where it can never be done so, `in_progress`, Unavailable
    where it may later; `no_recipient` where credentials would reach nobody, Misconfigured.
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
