"""The triggers of the running functions: CKafka triggers for the topic, COS triggers for stored objects."""

import contextlib
from collections.abc import Callable, Mapping

from local.cloud import LocalCloud
from local.kafka import Kafka, Reader, Record
from local.scf import Function
from local.scf.ckafka import Delivery, Trigger
from local.scf.ckafka_queue import TriggerSettings
from local.scf.cos_trigger import CosTrigger, RetrySettings

NOT_FED_BY_TOPIC = ("claim_credentials", "sweep", "scim")
"""Functions that take no messages: one is for people, one for a timer, one for identity providers."""
COS_TRIGGERS = {"hr_events": "inbox/"}
"""Functions that a COS trigger is bound to, with the prefix of the objects that it is for."""


class Triggers:
    """The CKafka triggers in `topic` and the COS triggers in `objects`, both by function name.

    `settings` and `retry` say how they batch and try again; `prefixes` binds functions to the objects below a prefix.
    """

    def __init__(
        self,
        kafka: Kafka,
        settings: TriggerSettings | None = None,
        prefixes: Mapping[str, str] | None = None,
        retry: RetrySettings | None = None,
        warn: Callable[[str], None] = print,
    ) -> None:
        self._kafka, self._settings, self._retry, self._warn = kafka, settings, retry, warn
        self._prefixes = dict(COS_TRIGGERS if prefixes is None else prefixes)
        self.topic: dict[str, Trigger] = {}
        self.objects: dict[str, CosTrigger] = {}

    def start(self, functions: Mapping[str, Function], cloud: LocalCloud, starting: contextlib.ExitStack) -> None:
        """Begin to deliver; `starting` learns how to stop."""
        for name, function in functions.items():
            if name not in NOT_FED_BY_TOPIC:
                self._feed(name, function, starting)
            if name in self._prefixes:
                self._bind(name, function, cloud, starting)
        reader = Reader(self._kafka, self._take)
        starting.callback(reader.stop)
        reader.start()

    def halt(self) -> None:
        """Begin no further delivery."""
        for fed in self.topic.values():
            fed.halt()
        for bound in self.objects.values():
            bound.halt()

    def settle(self, timeout: float) -> bool:
        """Wait until all messages that are in Kafka now and the events of all objects are delivered.

        Returns False after `timeout` seconds.
        """
        ends = self._kafka.ends()
        return all(fed.settle(ends, timeout) for fed in self.topic.values()) and all(
            bound.settle(timeout) for bound in self.objects.values()
        )

    @property
    def deliveries(self) -> list[Delivery]:
        """The last batches that were delivered, attempt by attempt."""
        return [delivery for fed in self.topic.values() for delivery in fed.history]

    def _feed(self, name: str, function: Function, starting: contextlib.ExitStack) -> None:
        trigger = self.topic[name] = Trigger(name, function.invoke, self._kafka.partitions, self._settings, self._warn)
        starting.callback(trigger.join)
        starting.callback(trigger.halt)
        trigger.start()

    def _bind(self, name: str, function: Function, cloud: LocalCloud, starting: contextlib.ExitStack) -> None:
        trigger = self.objects[name] = cloud.cos_trigger(
            name, function.invoke, self._prefixes[name], self._retry, self._warn
        )
        starting.callback(trigger.join)
        starting.callback(trigger.halt)

    def _take(self, record: Record) -> None:
        for trigger in self.topic.values():
            trigger.put(record)
