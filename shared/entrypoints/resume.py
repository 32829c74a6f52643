"""Resumes abandoned requests of all commands, for the sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deadline import Deadline
from shared.errors import ImAccessError
from shared.operations import OPERATIONS
from shared.use_cases.resume_request import ResumeRequest, ResumeServices

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.idempotency.stored_attempts import LeaseRecord
    from shared.use_cases.resume_request import Undo

_AT_MOST = 30.0
"""The most seconds for one request, as in an invocation of its own function."""


def resume(record: LeaseRecord, last: bool, container: Container, undo: Undo) -> str:
    """Resume the request of a lease. Returns and raises as `ResumeRequest.run`."""
    if record.function not in OPERATIONS:
        raise ImAccessError("record_unreadable", "The request is of a function that this version does not have")
    outcome = ResumeRequest(record, last, _services(record, container, undo)).run()
    if outcome:
        command, user = OPERATIONS[record.function].command.TYPE, record.command.get("user")
        container.log("resumed", outcome=outcome, command=command, request_id=record.request_id, user=user)
    return outcome


def _services(record: LeaseRecord, container: Container, undo: Undo) -> ResumeServices:
    operation = OPERATIONS[record.function]
    deadline = Deadline(container.clock, min(container.ends_at, container.clock.now() + _AT_MOST))
    store = container.store(deadline)
    return ResumeServices(
        command=operation.command.inside,
        result=operation.result,
        execution=lambda: container.execution(operation, store, deadline),
        admit=lambda command: container.authorization().admit(command),
        has_recipient=container.has_recipient,
        undo=undo,
        park=container.park,
        function=container.function,
        store=store,
        deadline=deadline,
    )
