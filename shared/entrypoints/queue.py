"""A batch of queue messages: each is done, ignored, parked, or comes again; none of them stands in another's way.

Messages of one user are done in their order, different users' side by side. What becomes of a failed message is in
the table of `shared/errors.py`; the return value holds numbers only, since the platform logs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from shared.entrypoints.door import DeadLetter, Door
from shared.errors import ImAccessError, Verdict
from shared.event_sources.message import Job, Message, examine, unexpected

WORKERS = 32
COUNTERS = ("applied", "replayed", "ignored", "parked")
_LATER = "later"


class Redeliver(Exception):
    """Some messages of the batch are to come again: all others are done. Its text holds numbers and codes only."""


def run(messages: Iterable[Message], door: Door, *, redelivers: bool) -> dict[str, int]:
    """Do a batch: `{"received": n, "applied": n, "replayed": n, "ignored": n, "parked": n}`.

    `redelivers`: whether a raise brings the batch again, so that a message that may succeed later is left on the
    queue; elsewhere it is parked with `"retry": true`. Raises Misconfigured, as soon as it is known and without
    taking further messages; Redeliver, after every message was tried, if one is to come again or could not be parked.
    """
    door.settings.check()
    jobs = [examine(message, door) for message in messages]
    batch = _Batch(door, redelivers)
    outcomes = Counter(outcome for lane in _each(batch.walk, _lanes(jobs)) for outcome in lane)
    if batch.stopped_by:
        raise batch.stopped_by from None
    if outcomes[_LATER]:
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(batch.codes.items()))
        raise Redeliver(f"{outcomes[_LATER]} of {len(jobs)} messages are to come again ({codes})")
    return {"received": len(jobs)} | {name: outcomes[name] for name in COUNTERS}


def _lanes(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs of each user in their order; a job that changes no user is alone."""
    lanes: dict[object, list[Job]] = {}
    for job in jobs:
        lanes.setdefault(id(job) if job.user is None else job.user, []).append(job)
    return list(lanes.values())


def _each(walk: Callable[[list[Job]], list[str]], lanes: list[list[Job]]) -> list[list[str]]:
    if len(lanes) <= 1:
        return [walk(lane) for lane in lanes]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(WORKERS, len(lanes))) as pool:
        return list(pool.map(walk, lanes))


class _Batch:
    """The state that the lanes share."""

    def __init__(self, door: Door, redelivers: bool) -> None:
        self.door = door
        self.redelivers = redelivers
        self.stopped_by: ImAccessError | None = None
        self.codes: Counter[str] = Counter()

    def walk(self, lane: Sequence[Job]) -> list[str]:
        """Do one lane. Once a message is to come again, so are those behind it: they must not overtake it."""
        outcomes: list[str] = []
        for job in lane:
            held = self.redelivers and outcomes[-1:] == [_LATER]
            outcomes.append(self._told(job, _LATER, "held_back") if held else self._settle(job))
        return outcomes

    def _settle(self, job: Job) -> str:
        if self.stopped_by:
            return self._told(job, _LATER, self.stopped_by.code)
        if job.request is None and job.error is None:
            return self._told(job, "ignored", level="debug")
        if self.door.out_of_time():
            return self._failed(job, ImAccessError("out_of_time"))
        if job.error:
            return self._failed(job, job.error)
        return self._perform(job)

    def _perform(self, job: Job) -> str:
        assert job.request  # noqa: S101 - for the type checker: without one there is an error
        try:
            done = self.door.perform(job.request)
        except ImAccessError as error:
            return self._failed(job, error)
        except Exception as error:  # noqa: BLE001 - the other messages are to be done all the same
            return self._failed(job, unexpected(error))
        return self._told(job, "replayed" if done.replayed else "applied")

    def _failed(self, job: Job, error: ImAccessError) -> str:
        verdict = error.meaning.verdict
        if verdict is Verdict.RAISE:
            self.stopped_by = error
            return self._told(job, _LATER, error.code, error.meaning.level, error.detail)
        if verdict is Verdict.LATER and self.redelivers:
            return self._told(job, _LATER, error.code, error.meaning.level, error.detail)
        try:
            retry = verdict is not Verdict.PARK
            self.door.park(DeadLetter(job.identity, error.code, error.detail, retry, job.message.text))
        except ImAccessError as failure:
            # Nothing is left but the queue itself, also where it only tries twice.
            return self._told(job, _LATER, failure.code, "error", f"not parked: {failure.detail}")
        except Exception as failure:  # noqa: BLE001 - as above
            return self._told(job, _LATER, "internal_error", "error", f"not parked: {type(failure).__name__}")
        return self._told(job, "parked", error.code, error.meaning.level, error.detail)

    def _told(self, job: Job, outcome: str, code: str = "", level: str = "info", detail: str = "") -> str:
        """The outcome, after it is logged and counted."""
        if outcome == _LATER:
            self.codes[code] += 1
        values = {name: value for name, value in (("code", code), ("detail", detail)) if value}
        self.door.log("message", level=level, request_id=job.request_id(self.door.function), outcome=outcome, **values)
        return outcome
