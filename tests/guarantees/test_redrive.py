"""A dead letter, done again, means what its first delivery meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.faults import Fault
from shared.bootstrap.container import Container
from shared.bootstrap.instance import Instance
from shared.entrypoints.queue import Redeliver
from shared.entrypoints.redrive import OTHER, redrive
from shared.errors import ImAccessError, Misconfigured
from shared.event_sources.dead_letters import DeadLetter
from tests.events import START
from tests.world import READ, World


def letters(world: World) -> list[DeadLetter]:
    """The dead letters, as they are read."""
    objects = list(world.cloud.cos.objects.data.items())
    return [DeadLetter.load(stored.body) for key, stored in objects if key.startswith("dead-letters/")]


def container(world: World, **env: str) -> Container:
    """What an operator works with: the account's own keys, and no settings of callers."""
    own = {name: value for name, value in world.env.items() if "WEBHOOK" not in name} | env
    role = world.cloud.role_credentials("operator", 1e9)
    keys = {"SECRETID": role.secret_id, "SECRETKEY": role.secret_key, "SESSIONTOKEN": role.token}
    full = own | {f"TENCENTCLOUD_{name}": value for name, value in keys.items()}
    return Container("operator", {"time_limit_in_ms": 600_000}, full, Instance(), world.clock)


def grant(world: World, id: str = "1", user: str = "alice", **attributes: object) -> dict[str, Any]:
    """A grant's envelope."""
    return world.envelope("grant_policy", {"user": user, "policies": [READ]}, id=id) | attributes


def park_while_refused(world: World, event: dict[str, Any]) -> DeadLetter:
    """Let the cloud refuse the grant in this event, so that it becomes a dead letter, and then no more."""
    world.cloud.faults.on("AttachUserPolicy", nth=None, do=Fault.CODE, code="UnauthorizedOperation")
    assert world.invoke("grant_policy", event).body["parked"] == 1
    world.cloud.faults.clear()
    [letter] = letters(world)
    return letter


@pytest.mark.parametrize("bare", [False, True])
def test_an_old_grant_does_not_beat_a_newer_revoke(world: World, bare: bool) -> None:
    """A message without a time counts from its first receipt, which the letter keeps, lease or no lease."""
    world.add_user("alice")
    world.env["IM_ACCESS_POLICIES"] = "Other"  # refused before there is any lease
    world.env["IM_ACCESS_BARE_MESSAGES"] = "accept"
    message = {"user": "alice", "policies": [READ]} if bare else grant(world)
    assert world.invoke("grant_policy", world.kafka(message)).body["parked"] == 1
    world.env["IM_ACCESS_POLICIES"] = READ
    [letter] = letters(world)
    assert letter.received == pytest.approx(world.clock.now(), abs=5)
    world.clock.advance(3600)
    revoke = world.envelope("revoke_policy", {"user": "alice", "policies": [READ]}, id="2")
    assert world.invoke("revoke_policy", world.kafka(revoke)).body["applied"] == 1
    world.clock.advance(3600)
    assert redrive(letter, container(world)) == "applied"
    assert world.cloud.cam.attached("alice") == []
    assert letters(world) == []


def test_the_dialect_of_its_source_is_kept(world: World) -> None:
    """A time in milliseconds is the bus's alone: an event of it is read again as one, another's message is not."""
    world.add_user("alice")
    millis = str(int(world.clock.now() * 1000))
    bus = grant(world, specversion="1.0.2", time=millis)
    assert redrive(park_while_refused(world, bus), container(world)) == "applied"
    assert world.invoke("grant_policy", world.kafka(grant(world, "2", time=millis))).body["parked"] == 1
    [letter] = letters(world)
    assert (letter.code, letter.source) == ("invalid_time", "ckafka")
    assert redrive(letter, container(world)) == "invalid_time"
    assert letters(world) == [letter]


def test_a_time_is_judged_as_it_was_then(world: World) -> None:
    """What was ahead of its receipt stays refused, however late it is done again."""
    world.add_user("alice")
    later = world.clock.now() - START + 10**7
    ahead = world.envelope("grant_policy", {"user": "alice", "policies": [READ]}, id="1", time=later)
    assert world.invoke("grant_policy", world.kafka(ahead)).body["parked"] == 1
    world.clock.advance(2 * 10**7)
    assert redrive(letters(world)[0], container(world)) == "invalid_time"


def test_a_bare_command_keeps_its_place(world: World) -> None:
    """Its place in the queue is its identity: done again and delivered again, it is done once."""
    world.add_user("alice")
    world.env["IM_ACCESS_BARE_MESSAGES"] = "accept"
    event = world.kafka(json.dumps({"user": "alice", "policies": [READ]}), first=7)
    assert redrive(park_while_refused(world, event), container(world)) == "applied"
    assert world.invoke("grant_policy", event).body["replayed"] == 1


def test_each_failing_message_of_an_identity_is_kept(world: World) -> None:
    """Two messages under one identity are two letters; the same message again is the same one."""
    world.add_user("alice")
    first, second = grant(world, data={"user": "alice"}), grant(world, data={"user": "alice", "policies": []})
    for _ in range(2):
        assert world.invoke("grant_policy", world.kafka(first, second)).body["parked"] == 2
    assert {letter.message for letter in letters(world)} == {json.dumps(first), json.dumps(second)}
    assert len(letters(world)) == 2


def test_only_the_settings_that_it_uses_are_wanted(world: World) -> None:
    """Those of callers and of the sweep may be missing or wrong; one that is used is named, and nothing is done."""
    world.add_user("alice")
    letter = park_while_refused(world, world.kafka(grant(world)))
    with pytest.raises(Misconfigured, match="IM_ACCESS_NOTIFY_SECRET"):
        redrive(letter, container(world, IM_ACCESS_NOTIFY_SECRET=""))
    assert world.cloud.cam.attached("alice") == []
    wrong = {"IM_ACCESS_SWEEP": "x", "IM_ACCESS_HTTP_AUTH": "x", "IM_ACCESS_UNCLAIMED_HOURS": "x"}
    assert redrive(letter, container(world, **wrong)) == "applied"


def test_what_nobody_owned_finds_its_owner(world: World) -> None:
    """A letter that a function could not call its own is done by the one whose type it is."""
    world.add_user("alice")
    text = json.dumps(grant(world))
    parked = DeadLetter("create_user", ("c", "1"), "internal_error", "", True, text, world.clock.now(), owned=False)
    assert redrive(parked, container(world)) == "applied"
    unknown = parked._replace(message=json.dumps(grant(world, type="imaccess.no.such")))
    assert redrive(unknown, container(world)) == "unknown_type"
    assert redrive(parked._replace(message="{"), container(world)) == "malformed_json"
    assert redrive(parked._replace(function="sweep", source="outbox"), container(world)) == "record_unreadable"
    assert redrive(parked._replace(function="sweep"), container(world)) == OTHER


def test_a_letter_is_parked_once_it_can_be_read(world: World) -> None:
    """Whatever the store says of its write: where it is not there, the message stays on the queue."""
    event = world.kafka("{")
    world.cloud.faults.on(
        "PutObject", target="dead-letters/", nth=None, do=Fault.CODE, code="FileAlreadyExists", status=409
    )
    assert isinstance(world.invoke("grant_policy", event).error, Redeliver)
    world.cloud.faults.clear()
    assert letters(world) == []
    assert world.invoke("grant_policy", event).body["parked"] == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"v": 2}', b'{"v": 1, "function": "x"}', b"\xff"])
def test_a_letter_of_another_form_is_refused(body: bytes) -> None:
    """A dead letter of another form is refused; nothing is guessed from it."""
    with pytest.raises(ImAccessError, match="record_unreadable"):
        DeadLetter.load(body)


def test_a_letter_of_another_version_is_left(world: World) -> None:
    """Whole as it may look: the sweep does nothing of it, and it stays."""
    world.invoke(
        "grant_policy", world.kafka(world.envelope("grant_policy", {"user": "zoe", "policies": [READ]}, id="1"))
    )
    (key,) = [key for key in world.cloud.cos.objects.data if key.startswith("dead-letters/")]
    body = world.cloud.cos.objects.data[key].body.replace(b'"v": 1', b'"v": 2')
    world.cloud.cos.put(key, body, {}, create_only=False)
    world.add_user("zoe")
    world.clock.advance(120)
    assert world.invoke("sweep", world.timer()).body["letters"]["failed"] == 1
    assert world.cloud.cam.attached("zoe") == []
    assert world.cloud.cos.objects.data[key].body == body


def test_a_letter_comes_back_as_it_was() -> None:
    """A stored dead letter is read back with every member as it was, lone surrogates included."""
    letter = DeadLetter("f", ("a", "b"), "c", "r", True, "\ud800{", 1.5, "cmq", ("cmq", "t", "1"), "x", "who", False)
    assert DeadLetter.load(letter.dump()) == letter
