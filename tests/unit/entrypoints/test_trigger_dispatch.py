"""Every shape of event is recognised and finds its entrypoint; unknown ones are refused, and nothing needless is
loaded.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.errors import Rejected
from tests.unit.entrypoints.fakes import (
    PLATFORM,
    FakeFunction,
    ckafka,
    cmq,
    command,
    envelope,
    http_event,
    on,
    raised,
    send,
    tdmq,
)

ROOT = Path(__file__).parents[3]
TIMER = {"Type": "Timer", "TriggerName": "EveryDay", "Time": "2019-02-21T11:49:00Z", "Message": ""}
COS = {"Records": [{"cos": {"cosObject": {"key": "/1/b/o"}}, "event": {"eventName": "cos:ObjectCreated:*"}}]}
CLB = {"headers": {"X-Uri": "/", "X-Method": "POST"}, "payload": {}, "isBase64Encoded": "false"}


@pytest.mark.parametrize("event", [None, [], "text", 7, True, {}, {"a": 1}, CLB, {"httpMethod": None}])
def test_what_is_no_event_is_answered(event: object) -> None:
    """As an HTTP problem: whoever sent it most likely waits for an answer."""
    status, body, _ = send(FakeFunction(env={}), event)
    assert (status, body["code"], body["request_id"]) == (400, "unknown_trigger", "platform-1")


@pytest.mark.parametrize(
    "event",
    [TIMER, COS, {"Records": None}, {"Records": {}}, {"Records": [None]}, {"Records": [{}]}, {"EventList": {}}],
)
def test_events_of_other_triggers_raise(event: dict[str, Any]) -> None:
    """A queue's event that is none of ours is not answered as if it were done, and nothing of it is kept."""
    door = FakeFunction()
    error = raised(door, event)
    assert isinstance(error, Rejected)
    assert error.code == "unknown_trigger"
    assert error.__cause__ is None
    assert not door.parked


@pytest.mark.parametrize("context", [None, {}, [], {"request_id": 5}, {"request_id": None}])
def test_a_strange_context_harms_nothing(context: object) -> None:
    """The platform's request id is only a name in answers to strangers."""
    assert on(FakeFunction(), http_event(command()), context)["statusCode"] == 401


def test_the_gateways_rule_is_not_the_method() -> None:
    """`requestContext.httpMethod` is often ANY and counts only where there is no other."""
    any_rule = {"requestContext": {"httpMethod": "ANY"}}
    event = http_event(command(), {"webhook-id": "a"})
    assert send(FakeFunction(env=PLATFORM), event | any_rule)[0] == 200
    del event["httpMethod"]
    assert send(FakeFunction(env=PLATFORM), event | any_rule)[0] == 405
    assert send(FakeFunction(env=PLATFORM), event | {"requestContext": {"httpMethod": "POST"}})[0] == 200


@pytest.mark.parametrize("members", [{"requestContext": None}, {"queryString": True}, {"headers": "x"}, {"path": 5}])
def test_members_of_strange_kinds_harm_nothing(members: dict[str, Any]) -> None:
    """What is not needed is not looked at; headers of another kind are none."""
    status = send(FakeFunction(env=PLATFORM), http_event(envelope()) | members)[0]
    assert status == 200


def test_a_query_of_any_kind_is_tolerated() -> None:
    """A repeated key comes as a list, a key without value as true."""
    query = {"a": ["b", "c"], "x": "y", "i": True}
    assert send(FakeFunction(env=PLATFORM), http_event(envelope(), queryString=query))[0] == 200


def test_only_an_http_caller_is_given_a_link() -> None:
    """The platform logs what a queue event returns, so nothing behind it may ask for a link."""
    for event, link in ((http_event(envelope()), True), (ckafka(envelope()), False), (tdmq(envelope()), False)):
        door = FakeFunction(env=PLATFORM)
        on(door, event, {})
        assert door.links == [link]


LOADED = """
import sys
sys.path.insert(0, {root!r})
from tests.unit.entrypoints.fakes import *
ROOMS = ("shared.entrypoints.", "shared.event_sources.")
before = {{name for name in sys.modules if name.startswith(ROOMS)}}
for name in sorted(before, reverse=True):
    room, _, module = name.rpartition(".")
    delattr(sys.modules[room], module)
    del sys.modules[name]
from shared.entrypoints.detect import handle
try:
    function = FakeFunction(env={env!r})
    handle({event!r}, {{}}, function.operation, function)
except Exception:
    pass
print(*sorted(name.rpartition(".")[2] for name in sys.modules if name.startswith(ROOMS)))
"""
COMMON = {"detect", "cloudevents", "strict_json", "request_run"}
QUEUE = COMMON | {
    "queue",
    "process_batch",
    "earlier_outcomes",
    "message_job",
    "message",
    "record_fields",
    "dead_letters",
}
HTTP = COMMON | {"api", "http_request", "responses"}


@pytest.mark.parametrize(
    ("event", "env", "modules"),
    [
        (ckafka(envelope()), PLATFORM, QUEUE | {"ckafka"}),
        (cmq(envelope()), PLATFORM, QUEUE | {"cmq"}),
        (tdmq(envelope()), PLATFORM, QUEUE | {"eventbridge"}),
        (http_event(envelope()), PLATFORM, HTTP),
        (http_event(envelope()), {"IM_ACCESS_HTTP_AUTH": "signature"}, HTTP | {"standard_webhooks"}),
        (TIMER, PLATFORM, {"detect"}),
    ],
    ids=["ckafka", "cmq", "tdmq", "http", "signed http", "timer"],
)
def test_an_event_loads_its_own_trigger_alone(event: object, env: dict[str, str], modules: set[str]) -> None:
    """The cold start of a queue pays for no signatures, and that of HTTP for no batches."""
    code = LOADED.format(root=str(ROOT), event=event, env=env)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) == modules
