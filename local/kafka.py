"""An embedded Kafka: librdkafka's mock cluster, which every client on this machine can use, and a reader of one topic.

The mock cluster creates a topic with four partitions when a client asks for it, and keeps 5 MB of each partition.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, Producer, TopicPartition

TOPIC = "im-access"
QUIET = {"log_level": 2}


@dataclass(frozen=True)
class Record:
    """One message of a topic, as bytes."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes


class Kafka:
    """A broker on a free port of loopback; it exists as long as this object."""

    def __init__(self, topic: str = TOPIC) -> None:
        self.topic = topic
        self.bootstrap = ""
        self.partitions: tuple[int, ...] = ()
        self._cluster: Producer | None = None

    def start(self) -> None:
        """Start the cluster and make the topic."""
        # The cluster belongs to the client that asked for it; `publish` uses this client as its producer.
        self._cluster = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "linger.ms": 0, **QUIET})
        metadata = self._cluster.list_topics(self.topic, timeout=10)
        broker = next(iter(metadata.brokers.values()))
        self.bootstrap = f"{broker.host}:{broker.port}"
        self.partitions = tuple(sorted(metadata.topics[self.topic].partitions))

    def stop(self) -> None:
        """End the cluster."""
        self._cluster = None

    def publish(self, value: str | bytes, key: str | bytes | None = None, partition: int = -1) -> tuple[int, int]:
        """Produce a message, wait until the broker has it, and return its partition and offset."""
        if self._cluster is None:
            raise RuntimeError("Kafka is not running")
        placed: list[Message] = []

        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is None:
                placed.append(message)

        self._cluster.produce(self.topic, value=value, key=key, partition=partition, on_delivery=delivered)
        self._cluster.flush(10)
        if not placed:
            raise RuntimeError("Kafka did not take the message")
        return placed[0].partition() or 0, placed[0].offset() or 0

    def consumer(self) -> Consumer:
        """A consumer that commits no offsets; the caller must close it."""
        settings = {"group.id": "local", "enable.auto.commit": False, "fetch.wait.max.ms": 50}
        return Consumer({"bootstrap.servers": self.bootstrap, "auto.offset.reset": "earliest", **settings, **QUIET})

    def ends(self) -> dict[int, int]:
        """The offset after the last message of each partition."""
        consumer = self.consumer()
        try:
            return {one: self._end(consumer, one) for one in self.partitions}
        finally:
            consumer.close()

    def _end(self, consumer: Consumer, partition: int) -> int:
        marks = consumer.get_watermark_offsets(TopicPartition(self.topic, partition), timeout=10)
        return marks[1] if marks else 0


class Reader:
    """Reads a topic from its beginning, once for all triggers, and passes each message to `take`."""

    def __init__(self, kafka: Kafka, take: Callable[[Record], None]) -> None:
        self._kafka, self._take = kafka, take
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kafka-reader", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Stop reading and wait until the consumer is closed."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        consumer = self._kafka.consumer()
        try:
            topic = self._kafka.topic
            # Without a known leader, librdkafka looks for the first offset only after half a second.
            consumer.list_topics(topic, timeout=10)
            consumer.assign([TopicPartition(topic, one, OFFSET_BEGINNING) for one in self._kafka.partitions])
            while not self._stop.is_set():
                for message in consumer.consume(500, timeout=0.05):
                    if message.error() is None:
                        self._take(record(message))
        finally:
            consumer.close()


def record(message: Message) -> Record:
    """A consumed message as plain data."""
    key, value = message.key(), message.value()
    return Record(
        topic=message.topic() or "",
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        key=key.encode() if isinstance(key, str) else key,
        value=value.encode() if isinstance(value, str) else value or b"",
    )
