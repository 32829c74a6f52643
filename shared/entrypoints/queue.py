"""A batch of queue messages: each is applied, ignored, parked as a dead letter, or has to come again.

The messages of one user are done in order, those of different users in parallel. The table in `shared/errors.py` says
what happens to a failed message. The return value holds only numbers, because the platform logs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from shared.commands.command import Command
from shared.commands.result import Result
from shared.concurrency import each
from shared.entrypoints.earlier_outcomes import WORKERS
from shared.entrypoints.message_job import MessageJob, examine
from shared.entrypoints.process_batch import COUNTERS, LATER, Batch
from shared.event_sources.message import Message

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.operations import Operation

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


class Redeliver(Exception):
    """Some messages of the batch have to come again; all others are done. The text holds only numbers and codes."""


def handle(
    messages: Iterable[Message], operation: Operation[C, R], container: Container, *, redelivers: bool
) -> dict[str, int]:
    """Process a batch: `{"received": n, "applied": n, "replayed": n, "ignored": n, "parked": n}`.

    `redelivers`: the batch comes again if this raises. Then a message that may succeed later is left on the queue;
    otherwise it becomes a dead letter with `"retry": true`. Raises Misconfigured at once, without trying further
    messages. Raises Redeliver after all messages were tried, if one has to come again or could not be parked.
    """
    container.settings.check(http=False)
    jobs = [examine(message, operation, container) for message in messages]
    batch = Batch(jobs, operation, container, redelivers)
    outcomes = Counter(
        outcome for outcomes in each(batch.walk, _by_user(jobs), at_once=WORKERS) for outcome in outcomes
    )
    if batch.stopped_by:
        raise batch.stopped_by from None
    if outcomes[LATER]:
        batch.recall.note()
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(batch.codes.items()))
        raise Redeliver(f"{outcomes[LATER]} of {len(jobs)} messages are to come again ({codes})")
    batch.recall.forget()
    return {"received": len(jobs)} | {name: outcomes[name] for name in COUNTERS}


def _by_user(jobs: Sequence[MessageJob[C]]) -> list[list[MessageJob[C]]]:
    """The jobs of each user in order; a job that changes no user is a group of its own."""
    users: dict[object, list[MessageJob[C]]] = {}
    for job in jobs:
        users.setdefault(id(job) if job.user is None else job.user, []).append(job)
    return list(users.values())
