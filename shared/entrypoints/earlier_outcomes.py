"""Finds the messages of a redelivered batch that an earlier delivery has done, so that the time is used for
the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from shared.concurrency import each
from shared.entrypoints.message_job import AnyMessageJob, letter_of
from shared.errors import ImAccessError
from shared.unexpected_errors import EXITS

if TYPE_CHECKING:
    from shared.bootstrap.container import Container

WORKERS = 32
"""The most messages, or users, of a batch that are processed in parallel."""
_FIRST_LOOK = 1
"""Messages that are looked up first; then more each time. So few look-ups are made for messages that are not done."""
_DONE = {"applied": "replayed", "replayed": "replayed", "parked": "parked"}
"""Final outcomes, and what they are called when the batch comes again."""


class EarlierOutcomes:
    """The outcomes of the messages of a batch, in this delivery and in earlier ones.

    The search begins when a message turns out to have been done before. It uses the record of the last delivery, or
    look-ups if that delivery was killed before it wrote one.
    """

    def __init__(self, jobs: Sequence[AnyMessageJob], function: str, container: Container, redelivers: bool) -> None:
        self._jobs = jobs
        self._function = function
        self._container = container
        self._notes = container.progress(jobs[0].key(function)) if redelivers and len(jobs) > 1 else None
        self._untouched = {id(job) for job in jobs}
        self._known: dict[int, str] = {}
        self._before: dict[str, str] = {}
        self._begun = False
        self._noted = False
        self._lock = threading.Lock()

    def outcome(self, job: AnyMessageJob, *, begins: bool = False) -> str:
        """The outcome in an earlier delivery, "" where none is known. `begins`: the message is processed now."""
        with self._lock:
            if begins:
                self._untouched.discard(id(job))
            return self._known.get(id(job), "")

    def done(self, job: AnyMessageJob, outcome: str) -> None:
        """Store the outcome of a message."""
        if outcome in _DONE:
            with self._lock:
                self._known[id(job)] = _DONE[outcome]

    def begin(self) -> None:
        """Find the outcomes of earlier deliveries, because a message turned out to have been done before."""
        with self._lock:
            if self._begun:
                return
            self._begun = True
            jobs = [job for job in self._jobs if id(job) in self._untouched and (job.request or job.error)]
        try:
            self._before = self._notes.read() if self._notes else {}
            if self._before:
                self._apply(self._before, jobs)
            else:
                self._look_up(jobs)
        except EXITS:
            raise
        except BaseException as failure:  # noqa: BLE001 - each is found out when its turn comes
            self._failed(failure)

    def note(self, *, early: bool = False) -> None:
        """Write a record for the next delivery: at the end of this one, and once `early`, when the time runs out."""
        with self._lock:
            if self._notes is None or not self._known or (early and self._noted):
                return
            self._noted = True
            found = {job.content(self._function): self._known[id(job)] for job in self._jobs if id(job) in self._known}
            before, self._before = self._before, self._before | found
        if self._before != before:
            self._quietly(partial(self._notes.write, self._before))

    def forget(self) -> None:
        """Delete the records, because the batch is done and will not come again."""
        if self._notes:
            self._quietly(self._notes.forget)

    def _apply(self, before: dict[str, str], jobs: Sequence[AnyMessageJob]) -> None:
        found = {id(job): before.get(job.content(self._function), "") for job in jobs}
        with self._lock:
            self._known |= {job: outcome for job, outcome in found.items() if outcome}

    def _look_up(self, jobs: Sequence[AnyMessageJob]) -> None:
        look_up, count = self._container.looked_up(), _FIRST_LOOK

        def looked_up(job: AnyMessageJob) -> str:
            if self._container.out_of_time():
                return ""
            letter = letter_of(job, self._function, ImAccessError("internal_error"), retry=True)
            try:
                return look_up(job.request, letter.key)
            except EXITS:
                raise
            except BaseException:  # noqa: BLE001 - what is wrong shows when its turn comes
                return ""

        while jobs:
            some, jobs = jobs[:count], jobs[count:]
            found = each(looked_up, some, at_once=WORKERS)
            with self._lock:
                self._known |= {id(job): outcome for job, outcome in zip(some, found, strict=True) if outcome}
            # Messages are done in order. If half of these are not done, hardly any later one is.
            if 2 * sum(map(bool, found)) <= len(found):
                return
            count = min(WORKERS, 2 * count)

    def _quietly(self, work: Callable[[], object]) -> None:
        try:
            work()
        except EXITS:
            raise
        except BaseException as failure:  # noqa: BLE001 - a note saves calls, and nothing rests on it
            self._failed(failure)

    def _failed(self, failure: BaseException) -> None:
        detail = failure.detail if isinstance(failure, ImAccessError) else type(failure).__name__
        self._container.log("recall_failed", level="warning", detail=detail)
