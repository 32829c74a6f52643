"""Queue messages with persons in the common form: each is stored in the inbox, ignored, parked, or has to
come again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from shared.concurrency import each
from shared.entrypoints.earlier_outcomes import WORKERS
from shared.entrypoints.message_job import MessageJob, body_of, letter_of, sized
from shared.entrypoints.process_batch import COUNTERS, LATER
from shared.entrypoints.queue import Redeliver
from shared.errors import ImAccessError, Rejected, Verdict
from shared.event_sources.cloudevents import PERSON_CHANGED, Envelope, is_envelope
from shared.event_sources.hr.common_form import of_envelope
from shared.event_sources.hr.received import HrEvent
from shared.event_sources.message import Message
from shared.operations import OPERATIONS
from shared.people.inbox import Inbox, Item
from shared.people.person import Person
from shared.unexpected_errors import EXITS, unexpected

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.commands.command import Command


def handle(messages: Iterable[Message], container: Container, *, redelivers: bool) -> dict[str, int]:
    """The counters of a queue: `applied`: stored now; `replayed`: stored before. Raises Misconfigured, Redeliver."""
    container.settings.check(http=False)
    jobs: list[MessageJob[Command]] = [MessageJob(message, container.clock.now()) for message in messages]
    outcomes = Counter(each(partial(_outcome, container=container, redelivers=redelivers), jobs, at_once=WORKERS))
    if outcomes[LATER]:
        raise Redeliver(f"{outcomes[LATER]} of {len(jobs)} messages are to come again")
    return {"received": len(jobs)} | {name: outcomes[name] for name in COUNTERS}


def take(job: MessageJob[Command], container: Container) -> str:
    """Store the event of a message: `applied`, `replayed` where it was stored before, `ignored`. Raises
    ImAccessError.
    """
    event = _read(job)
    if event is None:
        return "ignored"
    stored = Inbox(container.store(container.deadline())).put(Item(event, job.received))
    return "applied" if stored else "replayed"


def _outcome(job: MessageJob[Command], container: Container, redelivers: bool) -> str:
    try:
        outcome = take(job, container)
        return _logged(job, container, outcome, "debug" if outcome == "ignored" else "info")
    except ImAccessError as error:
        return _failed(job, container, error, redelivers)
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - one message never keeps the others from being done
        return _failed(job, container, unexpected(error), redelivers)


def _failed(job: MessageJob[Command], container: Container, error: ImAccessError, redelivers: bool) -> str:
    verdict, level = error.meaning.verdict, error.meaning.level
    if verdict is Verdict.RAISE:
        raise error
    if verdict is Verdict.LATER and redelivers:
        return _logged(job, container, LATER, level, code=error.code, detail=error.detail)
    try:
        container.park(letter_of(job, container.function, error, retry=verdict is not Verdict.PARK))
    except ImAccessError as failure:
        return _logged(job, container, LATER, "error", code=failure.code, detail=f"not parked: {failure.detail}")
    return _logged(job, container, "parked", level, code=error.code, detail=error.detail)


def _read(job: MessageJob[Command]) -> HrEvent | None:
    message = job.message
    body = body_of(message)
    if body is None:
        return None
    if message.event is None and not is_envelope(body):
        sized(message.text)
        raise Rejected("no_type")
    envelope = Envelope(body, from_bus=message.event is not None)
    if envelope.type != PERSON_CHANGED:
        if any(envelope.type == row.command.TYPE for row in OPERATIONS.values()):
            return None
        raise Rejected("unknown_type")
    job.owned = True
    sized(message.text)
    job.identity = envelope.identity
    event = of_envelope(envelope, job.received)
    Person.parse(event.data["person"])
    return event


def _logged(job: MessageJob[Command], container: Container, outcome: str, level: str, **failure: str) -> str:
    """The outcome, after it is logged."""
    request_id = job.request_id(container.function)
    container.log("message", level=level, command=PERSON_CHANGED, request_id=request_id, outcome=outcome, **failure)
    return outcome
