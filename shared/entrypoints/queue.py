"""A batch of queue messages: each is done, ignored, parked, or comes again; none of them stands in another's way.

Messages of one user are done in their order, different users' side by side. What becomes of a failed message is in
the table of `shared/errors.py`; the return value holds numbers only, since the platform logs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from shared.commands import Command
from shared.entrypoints.job import Job, examine, unexpected
from shared.entrypoints.work import Work
from shared.errors import ImAccessError, Verdict
from shared.event_sources.dead_letters import DeadLetter
from shared.event_sources.message import Message
from shared.idempotency.execute import execute
from shared.results import Result

if TYPE_CHECKING:
    from shared.bootstrap import Container
    from shared.operations import Operation

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)

WORKERS = 32
COUNTERS = ("applied", "replayed", "ignored", "parked")
_LATER = "later"


class Redeliver(Exception):
    """Some messages of the batch are to come again: all others are done. Its text holds numbers and codes only."""


def handle(
    messages: Iterable[Message], operation: Operation[C, R], container: Container, *, redelivers: bool
) -> dict[str, int]:
    """Do a batch: `{"received": n, "applied": n, "replayed": n, "ignored": n, "parked": n}`.

    `redelivers`: whether a raise brings the batch again, so that a message that may succeed later is left on the
    queue; elsewhere it is parked with `"retry": true`. Raises Misconfigured, as soon as it is known and without
    taking further messages; Redeliver, after every message was tried, if one is to come again or could not be parked.
    """
    container.settings.check(http=False)
    jobs = [examine(message, operation, container) for message in messages]
    batch = _Batch(operation, container, redelivers)
    outcomes = Counter(outcome for outcomes in _each(batch.walk, _by_user(jobs)) for outcome in outcomes)
    if batch.stopped_by:
        raise batch.stopped_by from None
    if outcomes[_LATER]:
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(batch.codes.items()))
        raise Redeliver(f"{outcomes[_LATER]} of {len(jobs)} messages are to come again ({codes})")
    return {"received": len(jobs)} | {name: outcomes[name] for name in COUNTERS}


def _by_user(jobs: Sequence[Job[C]]) -> list[list[Job[C]]]:
    """The jobs of each user in their order; a job that changes no user is alone."""
    users: dict[object, list[Job[C]]] = {}
    for job in jobs:
        users.setdefault(id(job) if job.user is None else job.user, []).append(job)
    return list(users.values())


def _each(walk: Callable[[list[Job[C]]], list[str]], users: list[list[Job[C]]]) -> list[list[str]]:
    if len(users) <= 1:
        return [walk(jobs) for jobs in users]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(WORKERS, len(users))) as pool:
        return list(pool.map(walk, users))


class _Batch(Generic[C, R]):
    """The state that the users' messages share."""

    def __init__(self, operation: Operation[C, R], container: Container, redelivers: bool) -> None:
        self.operation = operation
        self.container = container
        self.redelivers = redelivers
        self.stopped_by: ImAccessError | None = None
        self.codes: Counter[str] = Counter()

    def walk(self, jobs: Sequence[Job[C]]) -> list[str]:
        """Do one user's jobs. Once a message is to come again, so are those behind it: they must not overtake it."""
        outcomes: list[str] = []
        for job in jobs:
            held = self.redelivers and outcomes[-1:] == [_LATER]
            outcomes.append(self._told(job, _LATER, "held_back") if held else self._settle(job))
        return outcomes

    def _settle(self, job: Job[C]) -> str:
        if self.stopped_by:
            return self._told(job, _LATER, self.stopped_by.code)
        if job.request is None and job.error is None:
            return self._told(job, "ignored", level="debug")
        if self.container.out_of_time():
            return self._failed(job, ImAccessError("out_of_time"))
        if job.error:
            return self._failed(job, job.error)
        return self._perform(job)

    def _perform(self, job: Job[C]) -> str:
        assert job.request  # noqa: S101 - for the type checker: without one there is an error
        try:
            work = Work(self.container, self.operation, job.request)
            job.values = work.values
            with work.slot():
                finished = work.done(execute(job.request, work.execution()))
        except ImAccessError as error:
            return self._failed(job, error)
        except Exception as error:  # noqa: BLE001 - the other messages are to be done all the same
            return self._failed(job, unexpected(error))
        return self._told(job, "replayed" if finished.replayed else "applied")

    def _failed(self, job: Job[C], error: ImAccessError) -> str:
        verdict = error.meaning.verdict
        if verdict is Verdict.RAISE:
            self.stopped_by = error
            return self._told(job, _LATER, error.code, error.meaning.level, error.detail)
        if verdict is Verdict.LATER and self.redelivers:
            return self._told(job, _LATER, error.code, error.meaning.level, error.detail)
        try:
            retry = verdict is not Verdict.PARK
            self._park(job, error, retry=retry)
        except ImAccessError as failure:
            # Nothing is left but the queue itself, also where it only tries twice.
            return self._told(job, _LATER, failure.code, "error", f"not parked: {failure.detail}")
        except Exception as failure:  # noqa: BLE001 - as above
            return self._told(job, _LATER, "internal_error", "error", f"not parked: {type(failure).__name__}")
        return self._told(job, "parked", error.code, error.meaning.level, error.detail)

    def _park(self, job: Job[C], error: ImAccessError, *, retry: bool) -> None:
        function, message = self.operation.function, job.message.text
        letter = DeadLetter(function, job.identity, error.code, error.detail, retry, message)
        self.container.park(letter)

    def _told(self, job: Job[C], outcome: str, code: str = "", level: str = "info", detail: str = "") -> str:
        """The outcome, after it is logged and counted."""
        if outcome == _LATER:
            self.codes[code] += 1
        failure = {name: value for name, value in (("code", code), ("detail", detail)) if value}
        values = {"request_id": job.request_id(self.operation.function), "outcome": outcome, **job.values, **failure}
        self.container.log("message", level=level, command=self.operation.command.TYPE, **values)
        return outcome
