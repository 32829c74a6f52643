"""Processes the messages of a batch, user by user: each is applied, parked as a dead letter, or has to come again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from shared.commands.command import Command
from shared.commands.result import Result
from shared.entrypoints.earlier_outcomes import EarlierOutcomes
from shared.entrypoints.message_job import MessageJob, letter_of, run_of
from shared.errors import ImAccessError, Verdict
from shared.unexpected_errors import EXITS, unexpected

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.operations import Operation

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)

COUNTERS = ("applied", "replayed", "ignored", "parked")
LATER = "later"
"""The outcome of a message that has to come again."""


class Batch(Generic[C, R]):
    """One delivery of a batch. The threads that process different users share it."""

    def __init__(
        self, jobs: Sequence[MessageJob[C]], operation: Operation[C, R], container: Container, redelivers: bool
    ) -> None:
        self.jobs = jobs
        self.operation = operation
        self.container = container
        self.redelivers = redelivers
        self.recall = EarlierOutcomes(jobs, operation.function, container, redelivers)
        self.stopped_by: ImAccessError | None = None
        self.codes: Counter[str] = Counter()

    def walk(self, jobs: Sequence[MessageJob[C]]) -> list[str]:
        """Process the messages of one user in order. After one that has to come again, the rest have to come again,
        too.
        """
        outcomes: list[str] = []
        for job in jobs:
            held = self.redelivers and outcomes[-1:] == [LATER]
            outcomes.append(self._logged(job, LATER, "held_back") if held else self._process(job))
        return outcomes

    def _process(self, job: MessageJob[C]) -> str:
        if self.stopped_by:
            return self._logged(job, LATER, self.stopped_by.code)
        if job.request is None and job.error is None:
            return self._logged(job, "ignored", level="debug")
        if earlier := self.recall.outcome(job):
            return self._logged(job, earlier, level="debug")
        if self.container.out_of_time():
            return self._failed(job, ImAccessError("out_of_time"))
        if job.error:
            return self._failed(job, job.error)
        return self._perform(job)

    def _perform(self, job: MessageJob[C]) -> str:
        try:
            work = run_of(job, self.operation, self.container)
            with work.slot():
                # Another thread may have found meanwhile that an earlier delivery has done the message.
                if earlier := self.recall.outcome(job, begins=True):
                    return self._logged(job, earlier, level="debug")
                finished = work.run()
                if finished.replayed:
                    self.recall.begin()
        except ImAccessError as error:
            # An earlier delivery may have done a message for which no slot became free.
            earlier = self.recall.outcome(job) if error.code == "out_of_time" else ""
            return self._logged(job, earlier, level="debug") if earlier else self._failed(job, error)
        except EXITS:
            raise
        except BaseException as error:  # noqa: BLE001 - the other messages are to be done all the same
            return self._failed(job, unexpected(error))
        return self._logged(job, "replayed" if finished.replayed else "applied")

    def _failed(self, job: MessageJob[C], error: ImAccessError) -> str:
        verdict, level = error.meaning.verdict, error.meaning.level
        if verdict is Verdict.RAISE:
            self.stopped_by = error
            return self._logged(job, LATER, error.code, level, error.detail)
        if verdict is Verdict.LATER and self.redelivers and not self._too_old(job, error):
            return self._logged(job, LATER, error.code, level, error.detail)
        letter = letter_of(job, self.operation.function, error, retry=verdict is not Verdict.PARK)
        try:
            if not self.container.park(letter):
                self.recall.begin()
        except ImAccessError as failure:
            # The letter could not be written, so the message has to stay on the queue.
            return self._logged(job, LATER, failure.code, "error", f"not parked: {failure.detail}")
        except EXITS:
            raise
        except BaseException as failure:  # noqa: BLE001 - as above
            return self._logged(job, LATER, "internal_error", "error", f"not parked: {type(failure).__name__}")
        return self._logged(job, "parked", error.code, level, error.detail)

    def _too_old(self, job: MessageJob[C], error: ImAccessError) -> bool:
        """Whether a message has failed for longer than IM_ACCESS_RETRY_HOURS. A message that was not begun has not
        failed.
        """
        if error.code == "out_of_time":
            return False
        since = error.first_attempt_at or self._first_failure(job)
        job.received = min(job.received, since)
        return self.container.clock.now() - since > self.container.settings.retry_hours * 3600

    def _first_failure(self, job: MessageJob[C]) -> float:
        try:
            return self.container.first_failure(job.key(self.operation.function))
        except EXITS:
            raise
        except BaseException as failure:  # noqa: BLE001 - it comes again, and then it is looked up again
            detail = failure.detail if isinstance(failure, ImAccessError) else type(failure).__name__
            self.container.log("first_failure_unknown", level="warning", detail=detail)
            return self.container.clock.now()

    def _logged(self, job: MessageJob[C], outcome: str, code: str = "", level: str = "info", detail: str = "") -> str:
        """The outcome, after it is logged and counted."""
        if outcome == LATER:
            self.codes[code] += 1
        if code == "out_of_time":
            self.recall.note(early=True)
        self.recall.done(job, outcome)
        failure = {name: value for name, value in (("code", code), ("detail", detail)) if value}
        values = {"request_id": job.request_id(self.operation.function), "outcome": outcome, **job.values, **failure}
        self.container.log("message", level=level, command=self.operation.command.TYPE, **values)
        return outcome
