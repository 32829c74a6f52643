"""The messages of one partition that wait for one function, and their delivery in batches.

A batch that fails is tried again after a while, until it succeeds or its retries are used up; then it is skipped.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from local.kafka import Record
from local.scf.ckafka_event import fitting

Attempt = Callable[[list[Record], int], bool]
"""Delivers a batch once, with the number of the attempt; returns whether it succeeded."""
Skip = Callable[[list[Record]], None]
"""Gives a batch up."""


@dataclass(frozen=True)
class TriggerSettings:
    """How a trigger batches and retries; the names follow `TriggerDesc`. `wait` and `retry_interval` are seconds.

    The platform's retry interval is a minute, and its wait is up to 60 seconds. The defaults here are shorter, so that
    a person can watch them.
    """

    max_messages: int = 10
    wait: float = 0.1
    retry: int = 10_000
    retry_interval: float = 1.0


class PartitionQueue:
    """One partition's records that wait for one function, and the thread that delivers them.

    `name` is the thread's name.
    """

    def __init__(self, name: str, settings: TriggerSettings, attempt: Attempt, skip: Skip) -> None:
        self._settings, self._attempt, self._skip = settings, attempt, skip
        self._waiting: list[Record] = []
        self._change = threading.Condition()
        self._stopped = False
        self.position = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def halt(self) -> None:
        """Begin no further delivery; `join` waits for a running one."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def join(self) -> None:
        """Wait for the thread."""
        if self._thread.ident is not None:
            self._thread.join()

    def put(self, record: Record) -> None:
        """Queue one record."""
        with self._change:
            self._waiting.append(record)
            self._change.notify_all()

    def settled(self, end: int, deadline: float) -> bool:
        """Wait until everything before the offset `end` is delivered or skipped."""
        with self._change:
            return self._change.wait_for(lambda: self.position >= end, deadline - monotonic())

    def _run(self) -> None:
        while batch := self._next():
            self._deliver(batch)

    def _next(self) -> list[Record]:
        """The next batch: a full one, or the messages that came within `wait`; empty if the trigger was stopped."""
        settings = self._settings
        with self._change:
            self._change.wait_for(lambda: self._stopped or self._waiting)
            self._change.wait_for(lambda: self._stopped or len(self._waiting) >= settings.max_messages, settings.wait)
            if self._stopped:
                return []
            batch = fitting(self._waiting[: settings.max_messages])
            del self._waiting[: len(batch)]
            return batch

    def _deliver(self, batch: list[Record]) -> None:
        """Deliver one batch until it succeeds, its retries are used up, or the trigger stops."""
        settings = self._settings
        for attempt in range(1, settings.retry + 2):
            if self._attempt(batch, attempt) or self._pause(settings.retry_interval):
                break
        else:
            self._skip(batch)
        with self._change:
            if not self._stopped:
                self.position = batch[-1].offset + 1
            self._change.notify_all()

    def _pause(self, seconds: float) -> bool:
        """Wait so many seconds, or until the trigger is stopped; returns whether it was."""
        with self._change:
            return self._change.wait_for(lambda: self._stopped, seconds)
