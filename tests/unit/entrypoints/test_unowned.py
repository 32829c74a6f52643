"""A message that no function can call its own: one letter, whoever sees it; another system's is none of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.entrypoints.fakes import (
    COMMANDS,
    ENV,
    FakeFunction,
    ckafka,
    cmq,
    codes,
    command,
    counts,
    envelope,
    event_list,
    tdmq,
)

BIG = "x" * 70_000
UNOWNED: list[tuple[object, str]] = [
    ("{", "malformed_json"),
    ("", "malformed_json"),
    ("[]", "malformed_json"),
    ("x" * 70_000, "body_too_large"),
    (command(), "no_type"),
    (envelope(type="imaccess.policy.revok"), "unknown_type"),
    (envelope(type="imaccess.policy.revok", comment=BIG), "unknown_type"),
    (envelope(type="imaccess.policy.revok", id=None, data=None), "unknown_type"),
    (envelope(type="ImAccess.Policy.Revoke"), "unknown_type"),
    (envelope(type=" imaccess.policy.revoke"), "unknown_type"),
    (envelope(type="imaccess"), "unknown_type"),
    (envelope(type="imaccess:user:create"), "unknown_type"),
    (envelope(type=""), "invalid_event"),
    (envelope() | {"type": 7}, "invalid_event"),
    ('{"type": "imaccess.policy.grant", "type": "orders.placed", "data": 1}', "malformed_json"),
]
FOREIGN: list[object] = [
    envelope(type="orders.placed", data={"text": BIG}),
    {"type": "orders.placed", "order": 1},
    {"type": "orders.placed", "user": "alice", "amount": 1e3},
    '{"type": "orders.placed", "a": 1, "a": 2, "specversion": "1.0"}',
    '{"type": "orders.placed", "data": NaN}',
    '{"type": "orders.placed", "data": NaN, "text": "' + BIG + '"}',
    envelope(type="imaccessories.sold"),
    envelope(type="com.example.imaccess.user.create"),
]


@pytest.mark.parametrize(("body", "code"), UNOWNED)
@pytest.mark.parametrize("queue", [ckafka, cmq, tdmq])
def test_what_nobody_owns_is_one_letter(queue: Any, body: object, code: str) -> None:  # noqa: ANN401 - a maker of events
    """A message that no function owns is one dead letter, under the same key from each function."""
    doors = [FakeFunction(function) for function in COMMANDS]
    for door in doors:
        assert counts(door, queue(body))["parked"] == 1
        assert codes(door) == [(code, False)]
    assert len({letter.key for door in doors for letter in door.parked}) == 1
    assert doors[0].parked[0].key.startswith("dead-letters/unowned/")


@pytest.mark.parametrize("body", FOREIGN)
@pytest.mark.parametrize("queue", [ckafka, cmq, tdmq])
@pytest.mark.parametrize("bare", ["park", "accept"])
def test_another_systems_message_is_ignored(queue: Any, body: object, bare: str) -> None:  # noqa: ANN401 - as above
    """Whatever its size, and however loosely it is written."""
    for function in COMMANDS:
        door = FakeFunction(function, env=ENV | {"IM_ACCESS_BARE_MESSAGES": bare})
        assert counts(door, queue(body))["ignored"] == 1


def test_events_of_the_bus_are_held_to_the_same() -> None:
    """An event of another product passes by, ours with an unknown type is one letter."""
    foreign: dict[str, Any] = envelope(type="cos:created:object", data={"text": BIG})
    unknown = envelope(type="imaccess.user.delete", time="1790000000000")
    doors = [FakeFunction(function) for function in COMMANDS]
    for door in doors:
        assert counts(door, event_list(foreign, unknown)) == {
            "received": 2, "applied": 0, "replayed": 0, "ignored": 1, "parked": 1
        }  # fmt: skip
    assert len({letter.key for door in doors for letter in door.parked}) == 1


def test_a_functions_own_message_is_its_own_letter() -> None:
    """What is wrong with a known type is parked by its function alone, and ignored by the others."""
    for body in (envelope(data={}), envelope(comment=BIG), envelope(time="yesterday")):
        parked = {name: FakeFunction(name) for name in COMMANDS}
        for name, door in parked.items():
            assert counts(door, ckafka(body))["parked"] == (name == "grant_policy")
        [letter] = parked["grant_policy"].parked
        assert letter.key.startswith("dead-letters/grant_policy/")


def wrapped(kind: str, body: object, **data: object) -> dict[str, Any]:
    """A message as EventBridge wraps it."""
    text = body if isinstance(body, str) else json.dumps(body)
    inside = {"topic": "t", "partition": 1, "offset": 37, "msgKey": "k", "msgBody": text} | data
    return {"specversion": "1.0", "id": "1", "type": kind, "source": "ckafka.cloud.tencent", "data": inside}


@pytest.mark.parametrize("kind", ["connector:kafka", "connector:tdmq", "connector:ckafka", "connector:rocketmq"])
@pytest.mark.parametrize("listed", [False, True])
def test_every_wrapper_of_a_message_is_unwrapped(kind: str, listed: bool) -> None:
    """Alone or in a list; its identity is its place where it brings none."""
    event = wrapped(kind, envelope())
    door = FakeFunction()
    assert counts(door, event_list(event) if listed else event)["applied"] == 1
    bare = FakeFunction(env=ENV | {"IM_ACCESS_BARE_MESSAGES": "accept"})
    assert counts(bare, wrapped(kind, command()))["applied"] == 1
    assert bare.performed[0].identity == (kind.removeprefix("connector:"), "t", "1", "37")


def test_a_wrapper_without_a_message_is_broken_or_foreign() -> None:
    """A queue's wrapper has one; another connector's event may be about anything."""
    event = wrapped("connector:kafka", "{}") | {"data": {"topic": "t"}}
    door = FakeFunction()
    assert counts(door, event)["parked"] == 1
    assert json.loads(door.parked[0].message) == event
    assert counts(FakeFunction(), event | {"type": "connector:apigw", "data": {"path": "/"}})["ignored"] == 1


def test_without_a_recipient_nobody_is_made() -> None:
    """A create whose link could reach nobody waits for a setting; a grant needs none."""
    env = {name: value for name, value in ENV.items() if "NOTIFY" not in name}
    door = FakeFunction("create_user", env=env)
    assert counts(door, ckafka(envelope(type="imaccess.user.create")))["parked"] == 1
    assert codes(door) == [("no_recipient", True)]
    assert not door.performed
    assert counts(FakeFunction(env=env), ckafka(envelope()))["applied"] == 1
