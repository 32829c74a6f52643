"""The CKafka trigger: batches, one partition in order, the whole batch again after an error."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from local.kafka import Kafka, Reader, Record
from local.scf import Function
from local.scf.ckafka import Trigger
from local.scf.ckafka_event import fitting
from local.scf.ckafka_queue import TriggerSettings
from tests.unit.local_scf.helpers import Deploy, wait_until

COUNT = """
    seen = []
    def main_handler(event, context):
        seen.append([one["Ckafka"]["msgBody"] for one in event["Records"]])
        return seen
"""
ECHO = "def main_handler(event, context):\n    return event['Records']"
FAIL_TWICE = """
    import pathlib
    tries = []
    def main_handler(event, context):
        bodies = [one["Ckafka"]["msgBody"] for one in event["Records"]]
        tries.append(bodies)
        if "bad" in bodies and len(tries) < 3:
            raise RuntimeError("later")
        return bodies
"""
FAST = TriggerSettings(max_messages=10, wait=0.1, retry_interval=0.05)


class Feed(Protocol):
    """The `feed` fixture: a trigger from the test's topic to a function, stopped after the test."""

    def __call__(self, function: Function, settings: TriggerSettings = FAST) -> Trigger:
        """The running trigger."""


@pytest.fixture
def kafka() -> Iterator[Kafka]:
    """A broker of the test's own."""
    broker = Kafka()
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def warnings() -> list[str]:
    """What triggers say loudly."""
    return []


@pytest.fixture
def feed(kafka: Kafka, warnings: list[str]) -> Iterator[Feed]:
    """Start triggers."""
    with ExitStack() as running:

        def start(function: Function, settings: TriggerSettings = FAST) -> Trigger:
            trigger = Trigger(function.spec.name, function.invoke, kafka.partitions, settings, warnings.append)
            reader = Reader(kafka, trigger.put)
            stops: list[Callable[[], None]] = [trigger.join, trigger.halt, reader.stop]
            for stop in stops:
                running.callback(stop)
            trigger.start()
            reader.start()
            return trigger

        yield start


def settle(trigger: Trigger, kafka: Kafka) -> None:
    """Wait until everything in the topic is delivered."""
    assert trigger.settle(kafka.ends(), 10)


def test_messages_arrive_in_the_platforms_event(kafka: Kafka, feed: Feed, deploy: Deploy) -> None:
    """Topic, partition and offset, text body; a missing key is the string `None`, broken UTF-8 is replaced."""
    kafka.publish("plain", partition=1)
    kafka.publish("你".encode() + b"\xff", key="k", partition=1)
    trigger = feed(deploy(ECHO))
    settle(trigger, kafka)
    common = {"topic": "im-access", "partition": 1}
    assert trigger.history[0].result.value == [
        {"Ckafka": {**common, "offset": 0, "msgKey": "None", "msgBody": "plain"}},
        {"Ckafka": {**common, "offset": 1, "msgKey": "k", "msgBody": "你\ufffd"}},
    ]


def test_batches_are_limited_and_in_order(kafka: Kafka, feed: Feed, deploy: Deploy) -> None:
    """A partition's messages come in their order, at most `max_messages` at once."""
    for number in range(7):
        kafka.publish(str(number), partition=0)
    trigger = feed(deploy(COUNT), TriggerSettings(max_messages=3, wait=0.3))
    settle(trigger, kafka)
    assert [one.offsets for one in trigger.history] == [(0, 1, 2), (3, 4, 5), (6,)]
    assert trigger.history[-1].result.value == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def test_a_failed_batch_comes_again_whole_and_holds_up_its_partition(kafka: Kafka, feed: Feed, deploy: Deploy) -> None:
    """After an error the same batch is delivered until it succeeds, the next one only then."""
    for body in ("good", "bad", "next", "last"):
        kafka.publish(body, partition=2)
    trigger = feed(deploy(FAIL_TWICE), TriggerSettings(max_messages=2, wait=0.3, retry_interval=0.05))
    settle(trigger, kafka)
    told = [(one.offsets, one.attempt, one.result.status) for one in trigger.history]
    assert told == [((0, 1), 1, 430), ((0, 1), 2, 430), ((0, 1), 3, 200), ((2, 3), 1, 200)]


def test_other_partitions_go_on_meanwhile(kafka: Kafka, feed: Feed, deploy: Deploy) -> None:
    """A batch that keeps failing blocks its own partition only."""
    stuck = "def main_handler(e, c):\n    assert e['Records'][0]['Ckafka']['partition'] != 0"
    trigger = feed(deploy(stuck))
    kafka.publish("stuck", partition=0)
    kafka.publish("free", partition=1)
    wait_until(lambda: any(one.partition == 1 and one.result.ok for one in trigger.history))
    wait_until(lambda: sum(one.partition == 0 for one in trigger.history) > 2)
    assert not trigger.settle(kafka.ends(), 0.1)


def test_a_batch_that_never_succeeds_is_skipped_loudly(
    kafka: Kafka, feed: Feed, deploy: Deploy, warnings: list[str]
) -> None:
    """After `retry` retries the batch is given up with a warning, and the next is delivered."""
    trigger = feed(
        deploy("def main_handler(e, c):\n    assert e['Records'][0]['Ckafka']['msgBody'] != 'poison'"),
        TriggerSettings(max_messages=1, wait=0, retry=2, retry_interval=0.01),
    )
    kafka.publish("poison", partition=0)
    kafka.publish("cure", partition=0)
    settle(trigger, kafka)
    assert [(one.offsets, one.attempt) for one in trigger.history] == [((0,), 1), ((0,), 2), ((0,), 3), ((1,), 1)]
    assert warnings == ["ckafka: hello failed 3 times; SKIPPED partition 0, offsets 0 to 0"]


def test_each_function_has_a_position_of_its_own(kafka: Kafka, feed: Feed, deploy: Deploy) -> None:
    """One topic feeds several functions; one that fails does not hold up another."""
    failing = feed(deploy("def main_handler(e, c):\n    1 / 0", "failing"))
    working = feed(deploy(ECHO, "working"))
    kafka.publish("both", partition=0)
    settle(working, kafka)
    wait_until(lambda: failing.history)
    assert working.history[0].result.ok
    assert not failing.history[0].result.ok


def test_a_batch_fits_an_event() -> None:
    """A batch takes no more than an event of 6 MB can hold as JSON, but always one message."""
    large = [Record("im-access", 0, offset, None, b"\x01" * 400_000) for offset in range(10)]
    assert fitting(large) == large[:2]
    huge = Record("im-access", 0, 0, None, b"x" * 7_000_000)
    assert fitting([huge, *large]) == [huge]


def test_a_producer_of_another_process_is_served(kafka: Kafka, feed: Feed, deploy: Deploy) -> None:
    """Any Kafka client that knows the bootstrap address can produce."""
    trigger = feed(deploy(ECHO))
    script = (
        "import sys; from confluent_kafka import Producer; p = Producer({'bootstrap.servers': sys.argv[1]});"
        "p.produce('im-access', 'from outside', 'key'); sys.exit(p.flush(10))"
    )
    subprocess.run([sys.executable, "-c", script, kafka.bootstrap], check=True)
    settle(trigger, kafka)
    assert [one["Ckafka"]["msgBody"] for one in trigger.history[0].result.value] == ["from outside"]


def test_halt_ends_a_trigger_between_retries(kafka: Kafka, feed: Feed, deploy: Deploy) -> None:
    """A trigger that waits for its next retry stops at once and delivers nothing more."""
    trigger = feed(deploy("def main_handler(e, c):\n    1 / 0"), TriggerSettings(wait=0, retry_interval=3600))
    kafka.publish("never")
    wait_until(lambda: trigger.history)
    trigger.halt()
    trigger.join()
    assert len(trigger.history) == 1
