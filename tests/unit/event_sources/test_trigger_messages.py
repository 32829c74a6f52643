"""What each queue's event says of its messages: body, identity, and which are no messages at all."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.entrypoints.fakes import (
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

BARE = ENV | {"IM_ACCESS_BARE_MESSAGES": "accept"}
QUEUES: dict[str, Callable[..., dict[str, Any]]] = {"ckafka": ckafka, "cmq": cmq, "tdmq": tdmq}
PLACES = {
    "ckafka": ("ckafka", "im-access", "1", "0"),
    "cmq": ("cmq", "im-access", "0"),
    "tdmq": ("tdmq", "persistent://1/n/im-access", "77"),
}


def place_of(event: dict[str, Any]) -> tuple[str, ...]:
    """The identity that a bare command gets in this event."""
    door = FakeFunction(env=BARE)
    assert counts(door, event)["applied"] == 1
    return door.performed[0].identity


@pytest.mark.parametrize("queue", QUEUES)
def test_an_envelope_in_a_message_is_done(queue: str) -> None:
    """Its identity and time are the event's own, not the queue's."""
    door = FakeFunction()
    event = QUEUES[queue](envelope(time="2026-01-02T03:04:05Z"))
    assert counts(door, event) == {"received": 1, "applied": 1, "replayed": 0, "ignored": 0, "parked": 0}
    [request] = door.performed
    assert request.identity == ("cloudevents", "/hr", "for-alice")
    assert request.time == 1767323045


@pytest.mark.parametrize("queue", QUEUES)
def test_a_bare_command_is_parked(queue: str) -> None:
    """One topic may feed several functions, and it does not say which it is for."""
    door = FakeFunction()
    assert counts(door, QUEUES[queue](command()))["parked"] == 1
    [letter] = door.parked
    assert (letter.identity, letter.code, letter.retry) == (PLACES[queue], "no_type", False)
    assert json.loads(letter.message) == command()


@pytest.mark.parametrize("queue", QUEUES)
def test_a_bare_command_is_done_where_that_is_set(queue: str) -> None:
    """Its identity is then its place in the queue, and its time that of its first receipt."""
    door = FakeFunction(env=BARE)
    assert counts(door, QUEUES[queue](command()))["applied"] == 1
    [request] = door.performed
    assert (request.identity, request.time) == (PLACES[queue], None)


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize(
    ("body", "code", "retry"),
    [
        ("{", "malformed_json", False),
        ("", "malformed_json", False),
        ("\ud800", "malformed_json", False),
        ("[]", "malformed_json", False),
        (None, "malformed_json", False),
        (7, "malformed_json", False),
        ('{"specversion": "1.0", "specversion": "1.0"}', "malformed_json", False),
        ("é" * 32769, "body_too_large", False),
        (envelope() | {"type": None}, "invalid_event", False),
        (envelope(id=""), "invalid_event", False),
        (envelope(specversion="0"), "invalid_event", False),
        (envelope(time="1767323045000"), "invalid_time", False),
        (envelope(time="2099-01-01T00:00:00Z"), "invalid_time", False),
        (envelope(data=command(remark="x")), "invalid_command", False),
        (envelope(data=command() | {"policies": ["Other"]}), "policy_not_allowed", False),
    ],
)
def test_a_message_that_can_never_succeed_is_parked(queue: str, body: object, code: str, retry: bool) -> None:
    """With the code of what is wrong with it, whatever queue it came on."""
    door = FakeFunction()
    assert counts(door, QUEUES[queue](body))["parked"] == 1
    assert codes(door) == [(code, retry)]
    assert not door.performed


@pytest.mark.parametrize("type", ["imaccess.user.create", "imaccess.policy.revoke", "orders.placed"])
@pytest.mark.parametrize("attributes", [{}, {"specversion": "9", "id": None, "time": "?", "data": 5}])
def test_a_message_of_another_type_is_ignored(type: str, attributes: dict[str, Any]) -> None:  # noqa: A002
    """One topic feeds all three functions: what is wrong with another's message is the other's to say."""
    for queue in QUEUES.values():
        door = FakeFunction()
        assert counts(door, queue(envelope(type=type, **attributes)))["ignored"] == 1
        assert not door.parked


def test_64_kib_are_not_too_large() -> None:
    """A message may have 65536 bytes."""
    text = json.dumps(envelope())
    door = FakeFunction()
    assert counts(door, ckafka(text + " " * (65536 - len(text)), text + " " * (65537 - len(text)))) == {
        "received": 2,
        "applied": 1,
        "replayed": 0,
        "ignored": 0,
        "parked": 1,
    }
    assert codes(door) == [("body_too_large", False)]


@pytest.mark.parametrize(
    "members", [{"partition": 1}, {"Partition": 1}, {"partition": "1"}, {"partition": "", "Partition": 1}]
)
def test_a_partition_is_spelled_in_two_ways(members: dict[str, Any]) -> None:
    """Older pages print `Partition`, console templates give texts."""
    event = ckafka(command())
    record = event["Records"][0]["Ckafka"]
    del record["partition"]
    record |= members
    assert place_of(event) == ("ckafka", "im-access", "1", "0")


@pytest.mark.parametrize(
    "members", [{"partition": ""}, {"partition": True}, {"offset": None}, {"topic": 1.5}, {"partition": [1]}]
)
def test_a_message_without_a_place_is_never_taken_for_another(members: dict[str, Any]) -> None:
    """With a part of its place missing, a bare command has no identity; an envelope needs none."""
    event = ckafka(command(), envelope())
    for record in event["Records"]:
        record["Ckafka"] |= members
    door = FakeFunction(env=BARE)
    assert counts(door, event)["applied"] == 1
    assert codes(door) == [("no_identity", False)]


@pytest.mark.parametrize(("queue", "place"), [("cmq", ("cmq", "", "0")), ("tdmq", ("tdmq", "", "77"))])
def test_a_message_id_is_enough(queue: str, place: tuple[str, ...]) -> None:
    """CMQ and TDMQ tell each message's id; the topic may be missing, the id may not."""
    event = json.loads(json.dumps(QUEUES[queue](command())).replace('"topicName"', '"t"').replace('"topic":', '"t":'))
    assert place_of(event) == place
    door = FakeFunction(env=BARE)
    assert counts(door, json.loads(json.dumps(event).replace('"msgId"', '"m"')))["parked"] == 1
    assert codes(door) == [("no_identity", False)]


def test_offsets_may_be_beyond_32_bits() -> None:
    """And the message's key is of no interest, be it the text "None"."""
    assert place_of(ckafka(command(), first=2**40)) == ("ckafka", "im-access", "1", str(2**40))


@pytest.mark.parametrize(
    "members",
    [
        {"topicOwner": "123456"},
        {"msgTag": ["a", "b"]},
        {"msgTag": "a,b"},
        {"publishTime": "2019-08-16T10:48:49.123Z"},
        {"msgId": 0},
    ],
)
def test_the_spellings_of_cmq(members: dict[str, Any]) -> None:
    """Where sources disagree about a member, each of them is taken."""
    event = cmq(command())
    event["Records"][0]["CMQ"] |= members
    assert place_of(event) == ("cmq", "im-access", "0")


def test_an_event_of_eventbridge_is_the_envelope() -> None:
    """Its `time` may be epoch milliseconds as a text."""
    door = FakeFunction()
    assert counts(door, envelope(specversion="1.0.2", time="1767323045000"))["applied"] == 1
    [request] = door.performed
    assert (request.identity, request.time) == (("cloudevents", "/hr", "for-alice"), 1767323045)


def test_a_list_of_events_is_a_batch() -> None:
    """Events of every kind may stand in one list."""
    door = FakeFunction()
    event = event_list(envelope(), tdmq(envelope("bob")), envelope(type="other"), envelope("carol", data=7), "junk")
    assert counts(door, event) == {"received": 5, "applied": 2, "replayed": 0, "ignored": 1, "parked": 2}
    assert codes(door) == [("invalid_command", False), ("malformed_json", False)]


def test_an_event_too_large_is_parked() -> None:
    """The limit holds for what EventBridge has decoded, too."""
    door = FakeFunction()
    assert counts(door, envelope(comment="x" * 65536))["parked"] == 1
    assert codes(door) == [("body_too_large", False)]


@pytest.mark.parametrize("data", [None, "text", [], {"msgId": "1"}, {"msgBody": {"user": "alice"}}])
def test_a_tdmq_event_without_a_message_is_parked(data: object) -> None:
    """Its dead letter keeps the event as it came."""
    door = FakeFunction()
    event = tdmq(envelope()) | {"data": data}
    assert counts(door, event)["parked"] == 1
    assert json.loads(door.parked[0].message) == event


@pytest.mark.parametrize(
    "record",
    [None, 7, "text", [], {}, {"Ckafka": None}, {"Ckafka": "text"}, {"Ckafka": {}}, {"CMQ": {"msgBody": "{}"}}],
)
def test_a_record_that_is_none_blocks_nothing(record: object) -> None:
    """It is parked under a name made from its content; the others are done."""
    event = ckafka(envelope())
    event["Records"].append(record)
    door = FakeFunction()
    assert counts(door, event) == {"received": 2, "applied": 1, "replayed": 0, "ignored": 0, "parked": 1}
    [letter] = door.parked
    assert letter.code == "malformed_json"
    assert letter.identity[0] == "content"
    assert json.loads(letter.message) == record


@pytest.mark.parametrize("queue", QUEUES)
def test_a_record_without_a_body_still_has_its_place(queue: str) -> None:
    """The dead letter of a record without a body is named after the record's place in the topic."""
    door = FakeFunction()
    assert counts(door, QUEUES[queue](None))["parked"] == 1
    assert door.parked[0].identity == PLACES[queue]


def test_a_dead_letter_is_named_after_the_request() -> None:
    """Its identity is the event's as soon as that is known, the same whenever the message comes again."""
    door = FakeFunction()
    counts(door, ckafka(envelope(data={}), envelope(id=""), first=0))
    assert sorted(letter.identity for letter in door.parked) == [
        ("ckafka", "im-access", "1", "1"),
        ("cloudevents", "/hr", "for-alice"),
    ]
