"""The CKafka trigger: batches of a topic's messages as events, one partition in order, a failed batch again.

SCF keeps a consumer of its own for each partition; it sends the next batch only after the previous one succeeded; after
an error it sends the whole batch again, once a minute, up to `retry` times, and then skips it.
Source: https://cloud.tencent.com/document/product/583/31927.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from local.kafka import Record
from local.scf.ckafka_event import event, fitting
from local.scf.model import InvokeResult

HISTORY = 10_000
Invoke = Callable[[dict[str, Any]], InvokeResult]


@dataclass(frozen=True)
class TriggerSettings:
    """How a trigger batches and retries; the names follow `TriggerDesc`. `wait` and `retry_interval` are seconds.

    The platform's retry interval is a minute and its wait up to 60 seconds: too long to watch on one's own machine.
    """

    max_messages: int = 10
    wait: float = 0.1
    retry: int = 10_000
    retry_interval: float = 1.0


@dataclass(frozen=True)
class Delivery:
    """One attempt at one batch."""

    function: str
    partition: int
    offsets: tuple[int, ...]
    attempt: int
    result: InvokeResult


class PartitionQueue:
    """One partition's records that wait for one function, and the thread that delivers them."""

    def __init__(self, trigger: "Trigger", partition: int) -> None:
        self._trigger, self._partition = trigger, partition
        self._waiting: list[Record] = []
        self._change = threading.Condition()
        self._stopped = False
        self.position = 0
        self._thread = threading.Thread(target=self._run, name=f"ckafka-{trigger.name}-{partition}", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def halt(self) -> None:
        """Deliver nothing more; a running invocation is waited for by `join`."""
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
        """The next batch: full, or what came within the wait; empty when stopped."""
        settings = self._trigger.settings
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
        settings = self._trigger.settings
        for attempt in range(1, settings.retry + 2):
            if self._trigger.attempt(self._partition, batch, attempt) or self._pause(settings.retry_interval):
                break
        else:
            self._trigger.skip(self._partition, batch)
        with self._change:
            if not self._stopped:
                self.position = batch[-1].offset + 1
            self._change.notify_all()

    def _pause(self, seconds: float) -> bool:
        """Wait so many seconds, or until the trigger is stopped; returns whether it was."""
        with self._change:
            return self._change.wait_for(lambda: self._stopped, seconds)


class Trigger:
    """Feeds one function from a topic, with a position of its own. `history` has the last attempts, oldest first."""

    def __init__(
        self,
        name: str,
        invoke: Invoke,
        partitions: tuple[int, ...],
        settings: TriggerSettings | None = None,
        warn: Callable[[str], None] = print,
    ) -> None:
        self.name = name
        self.settings = settings or TriggerSettings()
        self.history: deque[Delivery] = deque(maxlen=HISTORY)
        self._invoke, self._warn = invoke, warn
        self._queues = {one: PartitionQueue(self, one) for one in partitions}

    def start(self) -> None:
        """Begin to deliver."""
        for queue in self._queues.values():
            queue.start()

    def halt(self) -> None:
        """Begin no further delivery."""
        for queue in self._queues.values():
            queue.halt()

    def join(self) -> None:
        """Wait until every running delivery has ended; call `halt` before."""
        for queue in self._queues.values():
            queue.join()

    def put(self, record: Record) -> None:
        """Take one record of the topic."""
        self._queues[record.partition].put(record)

    def attempt(self, partition: int, batch: list[Record], number: int) -> bool:
        """Invoke the function with a batch once, note it, and say whether it succeeded."""
        result = self._invoke(event(batch))
        offsets = tuple(record.offset for record in batch)
        self.history.append(Delivery(self.name, partition, offsets, number, result))
        return result.ok

    def skip(self, partition: int, batch: list[Record]) -> None:
        """Say loudly that a batch is given up."""
        lost = f"partition {partition}, offsets {batch[0].offset} to {batch[-1].offset}"
        self._warn(f"ckafka: {self.name} failed {self.settings.retry + 1} times; SKIPPED {lost}")

    def settle(self, ends: dict[int, int], timeout: float) -> bool:
        """Wait until everything before the offsets `ends` is delivered or skipped; False after `timeout` seconds."""
        deadline = monotonic() + timeout
        return all(self._queues[one].settled(end, deadline) for one, end in ends.items())
