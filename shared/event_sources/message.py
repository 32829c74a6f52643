"""One message of a queue, and what reading it yields: a request, nothing (it is another function's), or an error."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.commands import Command
from shared.entrypoints.door import Door
from shared.errors import ImAccessError, Rejected
from shared.event_sources.cloudevents import Envelope, is_envelope
from shared.event_sources.strict_json import MAX_BODY, dump, encode, parse_object
from shared.idempotency.request import Request, request_id


class Message(NamedTuple):
    """A message as its queue gave it.

    `text` is the body, and what a dead letter keeps. `place` says where in the queue it is: the identity of a message
    that brings none; None where the record does not say, as no two messages may be taken for one. `event` is the
    envelope where the queue has decoded it (EventBridge). `fault` is the code of what is wrong with the record.
    """

    text: str
    place: tuple[str, ...] | None = None
    event: Mapping[str, Any] | None = None
    fault: str = ""

    @classmethod
    def broken(cls, record: Any, place: tuple[str, ...] | None = None) -> Message:  # noqa: ANN401 - JSON
        """The message of a record that has none where its trigger puts it."""
        return cls(dump(record), place, fault="malformed_json")


class Job:
    """A message on its way through a batch: `request`, or `error`, or neither for another function's message."""

    def __init__(self, message: Message) -> None:
        digest = hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()
        self.message = message
        self.identity: tuple[str, ...] = message.place or ("content", digest)
        self.request: Request[Command] | None = None
        self.error: ImAccessError | None = None

    @property
    def user(self) -> str | None:
        """Whose turn it has to wait for; None where the message changes nobody."""
        return self.request.command.user if self.request else None

    def request_id(self, function: str) -> str:
        """The request id of the log."""
        return request_id(function, self.identity)


def examine(message: Message, door: Door) -> Job:
    """Read one message. Never raises: what is wrong with it is the job's `error`."""
    job = Job(message)
    try:
        job.request = _read(job, door)
        if job.request:
            door.admit(job.request.command)
    except ImAccessError as error:
        job.error = error
    except Exception as error:  # noqa: BLE001 - one message never keeps the others from being done
        job.error = unexpected(error)
    return job


def unexpected(error: Exception) -> ImAccessError:
    """What stands for an exception that nobody foresaw: its type alone, as its text may hold anything."""
    return ImAccessError("internal_error", f"Unexpected {type(error).__name__}")


def _read(job: Job, door: Door) -> Request[Command] | None:
    message = job.message
    if message.fault:
        raise Rejected(message.fault, "The record has no message where its trigger puts one")
    if message.event is not None:
        _sized(encode(message.text))
        return _open(job, Envelope(message.event, from_bus=True), door)
    body = parse_object(_sized(encode(message.text)))
    if is_envelope(body):
        return _open(job, Envelope(body), door)
    if not door.settings.bare_messages:
        raise Rejected("no_type")
    if message.place is None:
        raise Rejected("no_identity", "The record does not say where in its queue it is")
    return Request(door.function, message.place, None, door.command.parse(body))


def _sized(body: bytes | None) -> bytes:
    if body is None:
        raise Rejected("malformed_json")
    if len(body) > MAX_BODY:
        raise Rejected("body_too_large")
    return body


def _open(job: Job, envelope: Envelope, door: Door) -> Request[Command] | None:
    if envelope.type != door.command.TYPE:
        return None
    job.identity = envelope.identity
    return Request(door.function, job.identity, envelope.time(door.clock.now()), door.command.parse(envelope.data()))
