"""Resumes an abandoned request from its newest lease, for the sweep, as another attempt of its sender would.

It is finished and told of. Where it can never be, or nobody could be told, what a create has made is disabled, and the
request is closed; if its sender comes back, the next attempt goes on from there, as after a crash.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from shared.commands.result import Delivered
from shared.deadline import Deadline
from shared.errors import Conflict, ImAccessError, Rejected, Verdict
from shared.event_sources.dead_letters import DeadLetter
from shared.idempotency.execute import Execution, execute
from shared.idempotency.lease import VISIBLE, Lease
from shared.idempotency.request import Origin, Request
from shared.idempotency.stored import LeaseRecord, open_key
from shared.identity import identity_hash
from shared.operations import OPERATIONS, Operation

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.commands.command import Command
    from shared.commands.result import Result

_AT_MOST = 30.0
"""Seconds that one request may take, as in an invocation of its own function."""
Undo = Callable[[str, str, str], object]
"""Disable what a request has made of a user: by its nonce and its identity's hash."""


def resume(record: LeaseRecord, last: bool, container: Container, undo: Undo) -> str:
    """`finished`, `told`, `closed`, or "" where somebody is at work on it. Raises ImAccessError: it is still open."""
    if record.function not in OPERATIONS:
        raise ImAccessError("record_unreadable", "The request is of a function that this version does not have")
    came = _Resumption(record, last, container, undo).run()
    if came:
        command, user = OPERATIONS[record.function].command.TYPE, record.command.get("user")
        container.log("resumed", outcome=came, command=command, request_id=record.request_id, user=user)
    return came


class _Resumption:
    """One request, in one run of the sweep."""

    def __init__(self, record: LeaseRecord, last: bool, container: Container, undo: Undo) -> None:
        self._record = record
        self._last = last
        self._container = container
        self._undo = undo
        self._deadline = Deadline(container.clock, min(container.ends_at, container.clock.now() + _AT_MOST))
        self._store = container.store(self._deadline)
        self._operation: Operation[Any, Any] = OPERATIONS[record.function]
        self._abandoned = False

    def run(self) -> str:
        """Do it; see `resume`."""
        try:
            request = self._request()
            by = self._container.execution(self._operation, self._store, self._deadline)
            watched = Execution(by.records, self._watched(by), by.result, by.announce, by.deadline)
            finished = execute(request, watched)
        except ImAccessError as error:
            if error.code == "in_progress":
                return ""
            if self._last and isinstance(error, Rejected) and not self._abandoned:
                self._abandon(error)  # No attempt could be made: this version does not understand the request.
            if not self._abandoned:
                raise
            self._store.delete(self._note)
            return "closed"
        return "told" if finished.replayed else "finished"

    def _request(self) -> Request[Command]:
        record = self._record
        command = self._operation.command.inside(record.command)
        origin = cast("Origin", record.origin)
        seconds = record.time / 1_000_000
        return Request(record.function, tuple(record.identity), seconds, command, origin, record.caller)

    def _watched(self, execution: Execution[Command, Result]) -> Callable[[Request[Command], Lease], Result]:
        """The use case, which disables what was made while its lease is held where it can never be finished."""

        def use_case(request: Request[Command], lease: Lease) -> Result:
            try:
                self._admit(request)
                return execution.use_case(request, lease)
            except ImAccessError as error:
                if (self._last or _is_final(error)) and not self._deadline.unsettled:
                    self._abandon(error)
                raise

        return use_case

    def _admit(self, request: Request[Command]) -> None:
        container = self._container
        container.authorization().admit(request.command)
        if self._delivers and not container.has_recipient(request):
            raise Rejected("credentials_gone", "Neither a notification nor a mail could tell of the credentials")

    def _abandon(self, error: ImAccessError) -> None:
        """Write a dead letter, and disable what the request made, as soon as CAM's reads show all of it."""
        if self._delivers:
            self._deadline.wait(VISIBLE)
            self._undo(str(self._record.command.get("user")), self._record.nonce, self._key)
        self._container.park(self._letter(error))
        self._abandoned = True

    @property
    def _delivers(self) -> bool:
        return issubclass(self._operation.result, Delivered)

    @property
    def _key(self) -> str:
        return identity_hash(self._record.function, tuple(self._record.identity))

    @property
    def _note(self) -> str:
        return open_key(self._key)

    def _letter(self, error: ImAccessError) -> DeadLetter:
        record = self._record
        told = {"function": record.function, "identity": record.identity, "command": record.command}
        identity = ("request", record.function, *record.identity)
        why = (error.code, error.detail, False)
        return DeadLetter(self._container.function, identity, *why, json.dumps(told), record.first_at)


def _is_final(error: ImAccessError) -> bool:
    return isinstance(error, Rejected | Conflict) and error.meaning.verdict is not Verdict.LATER
