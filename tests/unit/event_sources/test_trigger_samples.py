"""The sample events in `events/`: each does what it is named after."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.operations import OPERATIONS
from tests.unit.entrypoints.fakes import COMMANDS, PLATFORM, FakeFunction, counts, send, signature_headers

EVENTS = Path(__file__).parents[3] / "events"
TRIGGERS = ["http", "apigw", "ckafka", "cmq", "eventbridge", "tdmq"]


def sample(trigger: str, name: str) -> dict[str, Any]:
    """A sample event, decoded."""
    event: dict[str, Any] = json.loads((EVENTS / trigger / f"{name}.json").read_text())
    return event


def test_there_is_one_for_each_trigger_and_function() -> None:
    """And a list of EventBridge, the page's and the timer's (`tests/system/delivery`), nothing else."""
    expected = {f"{trigger}/{name}.json" for trigger in TRIGGERS for name in COMMANDS} | {"eventbridge/event_list.json"}
    expected |= {"http/claim_credentials.json", "apigw/claim_credentials.json", "timer/sweep.json"}
    assert {path.relative_to(EVENTS).as_posix() for path in EVENTS.rglob("*.*")} == expected


@pytest.mark.parametrize("function", COMMANDS)
@pytest.mark.parametrize("trigger", ["http", "apigw"])
def test_http_samples_are_performed(trigger: str, function: str) -> None:
    """Authenticated by the platform, or signed by us in place of the sample's signature."""
    event = sample(trigger, function)
    trusted = FakeFunction(function, env=PLATFORM)
    status = OPERATIONS[function].status
    assert send(trusted, event)[0] == status
    signed = FakeFunction(function)
    event["headers"] |= signature_headers(event["body"], event["headers"].get("webhook-id", "msg_1"))
    assert send(signed, event)[0] == status
    assert [vars(one) for one in signed.performed] == [vars(one) for one in trusted.performed]


@pytest.mark.parametrize("function", COMMANDS)
def test_http_samples_as_they_are_do_not_pass_a_signature(function: str) -> None:
    """The samples' signature is a placeholder, so none of them is accepted as it is."""
    assert send(FakeFunction(function), sample("http", function))[0] == 401
    assert send(FakeFunction(function), sample("apigw", function))[0] == 401


@pytest.mark.parametrize("function", COMMANDS)
@pytest.mark.parametrize("trigger", TRIGGERS[2:])
def test_queue_samples_are_applied(trigger: str, function: str) -> None:
    """One message is the function's own; a CKafka batch has one of another function as well."""
    door = FakeFunction(function)
    returned = counts(door, sample(trigger, function))
    assert returned["applied"] == 1
    assert returned["ignored"] == (1 if trigger == "ckafka" else 0)
    assert door.performed[0].time is not None
    assert door.performed[0].identity[0] == "cloudevents"


@pytest.mark.parametrize("function", COMMANDS)
def test_the_list_has_one_event_for_each_function(function: str) -> None:
    """The sample with several events has one for each function, which takes its own alone."""
    assert counts(FakeFunction(function), sample("eventbridge", "event_list")) == {
        "received": len(COMMANDS),
        "applied": 1,
        "replayed": 0,
        "ignored": len(COMMANDS) - 1,
        "parked": 0,
    }
