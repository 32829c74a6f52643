"""The CKafka trigger: sends batches of a topic's messages as events, in the order of each partition, and repeats failed
batches.

SCF keeps a consumer of its own for each partition; it sends the next batch only after the previous one succeeded; after
an error it sends the whole batch again, once a minute, up to `retry` times, and then skips it.
Source: https://cloud.tencent.com/document/product/583/31927.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from local.kafka import Record
from local.scf.ckafka_event import event
from local.scf.ckafka_queue import PartitionQueue, TriggerSettings
from local.scf.model import InvokeResult

HISTORY = 10_000
Invoke = Callable[[dict[str, Any]], InvokeResult]


@dataclass(frozen=True)
class Delivery:
    """One attempt at one batch."""

    function: str
    partition: int
    offsets: tuple[int, ...]
    attempt: int
    result: InvokeResult


class Trigger:
    """Feeds one function from a topic, at its own position. `history` lists the last attempts, oldest first."""

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
        self._queues = {
            one: PartitionQueue(
                f"ckafka-{name}-{one}", self.settings, partial(self.attempt, one), partial(self.skip, one)
            )
            for one in partitions
        }

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
        """Accept a record of the topic."""
        self._queues[record.partition].put(record)

    def attempt(self, partition: int, batch: list[Record], number: int) -> bool:
        """Invoke the function with a batch once, note it, and say whether it succeeded."""
        result = self._invoke(event(batch))
        offsets = tuple(record.offset for record in batch)
        self.history.append(Delivery(self.name, partition, offsets, number, result))
        return result.ok

    def skip(self, partition: int, batch: list[Record]) -> None:
        """Print a warning that a batch is given up."""
        lost = f"partition {partition}, offsets {batch[0].offset} to {batch[-1].offset}"
        self._warn(f"ckafka: {self.name} failed {self.settings.retry + 1} times; SKIPPED {lost}")

    def settle(self, ends: dict[int, int], timeout: float) -> bool:
        """Wait until everything before the offsets `ends` is delivered or skipped; False after `timeout` seconds."""
        deadline = monotonic() + timeout
        return all(self._queues[one].settled(end, deadline) for one, end in ends.items())
