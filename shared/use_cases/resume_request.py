"""Resumes an abandoned request from its newest lease, for the sweep, like another attempt of its sender.

It finishes the request and sends the notification. Where the request can never be finished, or its credentials could
reach nobody, it disables what the request has made and closes the request. If the sender comes back, its next attempt
continues from there, as after a crash.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from shared.commands.command import Command
from shared.commands.result import Delivered, Result
from shared.deadline import Deadline
from shared.errors import Conflict, ImAccessError, Rejected, Verdict
from shared.event_sources.dead_letters import DeadLetter
from shared.idempotency.execute import Execution, execute
from shared.idempotency.lease import VISIBLE, Lease
from shared.idempotency.request import Origin, Request
from shared.idempotency.stored_attempts import LeaseRecord, open_key
from shared.ports import Store
from shared.request_identity import identity_hash
from shared.unexpected_errors import EXITS, unexpected

Undo = Callable[[str, str, str], object]
"""Disables what a request has made for a user: by its nonce and the hash of its identity."""


class ResumeServices(NamedTuple):
    """What resuming one request needs.

    `command`: reads the command of a lease; raises Rejected where this version does not understand it. `admit`: raises
    where the settings do not allow the command (any more). `has_recipient`: whether the request's credentials could
    reach anybody. `park`: writes a dead letter for `function`.
    """

    command: Callable[[dict[str, Any]], Command]  # JSON, as the lease holds it
    result: type[Result]
    execution: Callable[[], Execution[Command, Result]]
    admit: Callable[[Command], None]
    has_recipient: Callable[[Request[Command]], bool]
    undo: Undo
    park: Callable[[DeadLetter], object]
    function: str
    store: Store
    deadline: Deadline


class ResumeRequest:
    """The use case, for one request in one run of the sweep. `last`: the sweep will not try it again."""

    def __init__(self, record: LeaseRecord, last: bool, services: ResumeServices) -> None:
        self._record = record
        self._last = last
        self._with = services
        self._abandoned = False

    def run(self) -> str:
        """Returns `finished`; `told` where only the notification was missing; `closed`; or "" while another attempt
        works.

        Raises ImAccessError: the request is still open.
        """
        try:
            request = self._request()
            execution = self._with.execution()
            use_case = self._undoing(execution)
            by = Execution(execution.records, use_case, execution.result, execution.announce, execution.deadline)
            finished = execute(request, by)
        except ImAccessError as error:
            if error.code == "in_progress":
                return ""
            if self._last and isinstance(error, Rejected) and not self._abandoned:
                self._abandon(error)  # No attempt could be made: this version does not understand the request.
            if not self._abandoned:
                raise
            self._with.store.delete(open_key(self._key))
            return "closed"
        return "told" if finished.replayed else "finished"

    def _request(self) -> Request[Command]:
        record = self._record
        command, origin = self._with.command(record.command), cast("Origin", record.origin)
        return Request(record.function, tuple(record.identity), record.time / 1_000_000, command, origin, record.caller)

    def _undoing(self, execution: Execution[Command, Result]) -> Callable[[Request[Command], Lease], Result]:
        """The use case; where it can never be finished, what was made is disabled while the lease is still held."""

        def use_case(request: Request[Command], lease: Lease) -> Result:
            try:
                self._admit(request)
                return execution.use_case(request, lease)
            except EXITS:
                raise
            except BaseException as failure:  # noqa: BLE001 - what was made must not stay open, whatever goes wrong
                error = failure if isinstance(failure, ImAccessError) else unexpected(failure)
                if (self._last or _is_final(error)) and not self._with.deadline.unsettled:
                    self._abandon(error)
                raise error from None

        return use_case

    def _admit(self, request: Request[Command]) -> None:
        self._with.admit(request.command)
        if self._delivers and not self._with.has_recipient(request):
            raise Rejected("credentials_gone", "Neither a notification nor a mail could tell of the credentials")

    def _abandon(self, error: ImAccessError) -> None:
        """Write a dead letter, and disable what the request made, once CAM's reads show all of it."""
        if self._delivers:
            self._with.deadline.wait(VISIBLE)
            self._with.undo(str(self._record.command.get("user")), self._record.nonce, self._key)
        self._with.park(self._letter(error))
        self._abandoned = True

    @property
    def _delivers(self) -> bool:
        return issubclass(self._with.result, Delivered)

    @property
    def _key(self) -> str:
        return identity_hash(self._record.function, tuple(self._record.identity))

    def _letter(self, error: ImAccessError) -> DeadLetter:
        record = self._record
        message = json.dumps({"function": record.function, "identity": record.identity, "command": record.command})
        identity = ("request", record.function, *record.identity)
        return DeadLetter(self._with.function, identity, error.code, error.detail, False, message, record.first_at)


def _is_final(error: ImAccessError) -> bool:
    return isinstance(error, Rejected | Conflict) and error.meaning.verdict is not Verdict.LATER
