"""Reads a queue message into a job: it holds a request, an error, or neither for a message of another function."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared.commands.command import Command
from shared.commands.result import Result
from shared.entrypoints.request_run import RequestRun, need_recipient
from shared.errors import ImAccessError, Rejected
from shared.event_sources.cloudevents import PERSON_CHANGED, Envelope, foreign_text, is_envelope, is_foreign
from shared.event_sources.dead_letters import DeadLetter
from shared.event_sources.message import Message
from shared.event_sources.strict_json import MAX_BODY, encode, parse_object
from shared.idempotency.request import Request
from shared.operations import OPERATIONS
from shared.request_identity import identity_hash, request_id
from shared.unexpected_errors import EXITS, unexpected

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.operations import Operation

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


class MessageJob(Generic[C]):
    """A message and what was read from it: `request`, or `error`, or neither for a message of another function.

    `owned`: it belongs to this function, whatever is wrong with it. `received`: when it was first received, as far as
    that is known. `redriven`: it comes from a dead letter, which has this time.
    """

    def __init__(self, message: Message, received: float, caller: str = "", *, redriven: bool = False) -> None:
        digest = hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()
        self.message = message
        self._digest = digest
        self.identity: tuple[str, ...] = message.place or ("content", digest)
        self.request: Request[C] | None = None
        self.error: ImAccessError | None = None
        self.values: dict[str, Any] = {}
        self.owned = False
        self.received = received
        self.caller = caller
        self.redriven = redriven

    @property
    def user(self) -> str | None:
        """The user whose earlier messages have to be done first; None for a message that changes no user."""
        return self.request.command.user if self.request else None

    def key(self, function: str) -> str:
        """The hash of the identity, which is the key of the request."""
        return identity_hash(function, self.identity)

    def content(self, function: str) -> str:
        """A hash of identity and text, which is the same only if the same message comes again."""
        return identity_hash(function, (*self.identity, self._digest))[:32]

    def request_id(self, function: str) -> str:
        """The request id for the log."""
        return request_id(function, self.identity)


AnyMessageJob = MessageJob[Any]  # of whatever command, where that makes no difference
"""A job of any command."""


def examine(message: Message, operation: Operation[C, R], container: Container) -> MessageJob[C]:
    """Read one message. Never raises: an error is stored in the job."""
    return read(MessageJob(message, container.clock.now()), operation, container)


def read(job: MessageJob[C], operation: Operation[C, R], container: Container) -> MessageJob[C]:
    """The job, after its request or error was stored in it."""
    try:
        job.request = _read(job, operation, container)
        if job.request:
            container.authorization().admit(job.request.command)
            need_recipient(job.request, operation, container)
    except ImAccessError as error:
        job.error = error
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - one message never keeps the others from being done
        job.error = unexpected(error)
    return job


def run_of(job: MessageJob[C], operation: Operation[C, R], container: Container) -> RequestRun[C, R]:
    """The run of the request of a message."""
    assert job.request  # noqa: S101 - for the type checker: without one there is nothing to do
    work = RequestRun(container, operation, job.request)
    job.values = work.values
    return work


def letter_of(job: AnyMessageJob, function: str, error: ImAccessError, *, retry: bool) -> DeadLetter:
    """The dead letter of a message that failed."""
    message = job.message
    received = min(job.received, error.first_attempt_at or job.received)
    about = (function, job.identity, error.code, error.detail, retry, message.text, received)
    return DeadLetter(*about, message.source, message.place, message.fault, job.caller, job.owned)


def _read(job: MessageJob[C], operation: Operation[C, R], container: Container) -> Request[C] | None:
    message = job.message
    body = body_of(message)
    if body is None:
        return None
    if message.event is not None or is_envelope(body):
        return _open(job, Envelope(body, from_bus=message.event is not None), operation, container)
    job.owned = container.settings.bare_messages
    sized(message.text)
    if not job.owned:
        raise Rejected("no_type")
    if message.place is None:
        raise Rejected("no_identity", "The record does not say where in its queue it is")
    return _request(job, operation, None, body)


def body_of(message: Message) -> Mapping[str, Any] | None:
    """The object in a message; None for a message of another system. Raises Rejected for a broken record."""
    if message.fault:
        raise Rejected(message.fault, "The record has no message where its trigger puts one")
    body = object_of(message.text) if message.event is None else message.event
    return None if body is None or is_foreign(body) else body


def object_of(text: str) -> dict[str, Any] | None:
    """The object in a text; None for a message of another system, which may be larger and less strict."""
    raw = encode(text)
    try:
        return parse_object(raw or b"")
    except Rejected:
        if foreign_text(text):
            return None
        sized(text)
        raise


def sized(text: str) -> None:
    """Raises Rejected `body_too_large` for a text that is too large."""
    if len(encode(text) or b"") > MAX_BODY:
        raise Rejected("body_too_large")


def _open(
    job: MessageJob[C], envelope: Envelope, operation: Operation[C, R], container: Container
) -> Request[C] | None:
    if envelope.type != operation.command.TYPE:
        if envelope.type == PERSON_CHANGED or any(envelope.type == row.command.TYPE for row in OPERATIONS.values()):
            return None
        raise Rejected("unknown_type")
    job.owned = True
    sized(job.message.text)
    job.identity = envelope.identity
    time = envelope.young_time(job.received, container.clock.now(), container.settings.keep_days)
    return _request(job, operation, time, envelope.data())


def _request(job: MessageJob[C], operation: Operation[C, R], time: float | None, data: Any) -> Request[C]:  # noqa: ANN401 - JSON
    command = operation.command.parse(data)
    known = job.received if job.redriven else None
    return Request(operation.function, job.identity, time, command, "queue", job.caller, known)
