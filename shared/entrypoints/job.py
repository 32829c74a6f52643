"""What reading a message of a queue yields: a request, nothing (it is another function's), or an error."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared.commands import Command
from shared.entrypoints.work import Work
from shared.errors import ImAccessError, Rejected
from shared.event_sources.cloudevents import Envelope, is_envelope
from shared.event_sources.message import Message
from shared.event_sources.strict_json import MAX_BODY, encode, parse_object
from shared.idempotency.execute import execute
from shared.idempotency.request import Finished, Request
from shared.identity import identity_hash, request_id
from shared.results import Result
from shared.unforeseen import EXITS, unexpected

if TYPE_CHECKING:
    from shared.bootstrap import Container
    from shared.operations import Operation

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


class Job(Generic[C]):
    """A message on its way through a batch: `request`, or `error`, or neither for another function's message."""

    def __init__(self, message: Message) -> None:
        digest = hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()
        self.message = message
        self.identity: tuple[str, ...] = message.place or ("content", digest)
        self.request: Request[C] | None = None
        self.error: ImAccessError | None = None
        self.values: dict[str, Any] = {}

    @property
    def user(self) -> str | None:
        """Whose turn it has to wait for; None where the message changes nobody."""
        return self.request.command.user if self.request else None

    def key(self, function: str) -> str:
        """The identity's hash, which is the request's key where there is a request."""
        return identity_hash(function, self.identity)

    def request_id(self, function: str) -> str:
        """The request id of the log."""
        return request_id(function, self.identity)


def examine(message: Message, operation: Operation[C, R], container: Container) -> Job[C]:
    """Read one message. Never raises: what is wrong with it is the job's `error`."""
    job: Job[C] = Job(message)
    try:
        job.request = _read(job, operation, container)
        if job.request:
            container.authorization().admit(job.request.command)
    except ImAccessError as error:
        job.error = error
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - one message never keeps the others from being done
        job.error = unexpected(error)
    return job


def perform(job: Job[C], operation: Operation[C, R], container: Container) -> Finished[R]:
    """Do what a message asks for. Raises whatever that raises."""
    assert job.request  # noqa: S101 - for the type checker: without one there is nothing to do
    work = Work(container, operation, job.request)
    job.values = work.values
    with work.slot():
        return work.done(execute(job.request, work.execution()))


def _read(job: Job[C], operation: Operation[C, R], container: Container) -> Request[C] | None:
    message = job.message
    if message.fault:
        raise Rejected(message.fault, "The record has no message where its trigger puts one")
    if message.event is not None:
        _sized(encode(message.text))
        return _open(job, Envelope(message.event, from_bus=True), operation, container)
    body = parse_object(_sized(encode(message.text)))
    if is_envelope(body):
        return _open(job, Envelope(body), operation, container)
    if not container.settings.bare_messages:
        raise Rejected("no_type")
    if message.place is None:
        raise Rejected("no_identity", "The record does not say where in its queue it is")
    return Request(operation.function, message.place, None, operation.command.parse(body), "queue")


def _sized(body: bytes | None) -> bytes:
    if body is None:
        raise Rejected("malformed_json")
    if len(body) > MAX_BODY:
        raise Rejected("body_too_large")
    return body


def _open(job: Job[C], envelope: Envelope, operation: Operation[C, R], container: Container) -> Request[C] | None:
    if envelope.type != operation.command.TYPE:
        return None
    job.identity = envelope.identity
    time = envelope.time(container.clock.now())
    return Request(operation.function, job.identity, time, operation.command.parse(envelope.data()), "queue")
