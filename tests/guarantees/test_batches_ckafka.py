"""Guarantee 4: a CKafka batch, through the whole function: parked, done, ignored, or on its way back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from threading import Semaphore
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.faults import Fault
from local.scf.ckafka_queue import TriggerSettings
from local.stack import LocalStack
from shared.entrypoints.queue import Redeliver
from tests.answers import Answer
from tests.world import FULL, READ, World

COUNTERS = ("applied", "replayed", "ignored", "parked")


def grant(world: World, user: str, *policies: str, id: str = "", **attributes: object) -> dict[str, Any]:
    """A grant's envelope; one for each user unless `id` says otherwise."""
    command = {"user": user, "policies": list(policies) or [READ]}
    return world.envelope("grant_policy", command, id=id or f"grant-{user}") | attributes


def letters(world: World) -> dict[str, dict[str, Any]]:
    """The dead letters, by their keys."""
    objects = list(world.cloud.cos.objects.data.items())
    return {key: json.loads(stored.body) for key, stored in objects if key.startswith("dead-letters/")}


def poisons(world: World) -> dict[str, tuple[Any, bool]]:
    """A message for each way to be refused, by its code, and whether somebody can mend it."""
    world.add_user("alice")
    reused = grant(world, "alice", id="reused")
    assert world.invoke("grant_policy", world.kafka(reused)).body["applied"] == 1
    return {
        "malformed_json": ("{", False),
        "no_type": ('{"user": "alice", "policies": ["QcloudIMReadOnlyAccess"]}', False),
        "invalid_event": (grant(world, "alice", specversion="0.3", id="invalid_event"), False),
        "invalid_time": (grant(world, "alice", time="yesterday", id="invalid_time"), False),
        "invalid_command": (grant(world, "alice", data={"user": "alice"}, id="invalid_command"), False),
        "policy_not_allowed": (grant(world, "alice", "AdministratorAccess", id="policy_not_allowed"), False),
        "body_too_large": (json.dumps(grant(world, "alice", filler="x" * 70_000)), False),
        "identity_reused": (grant(world, "alice", FULL, id="reused"), False),
        "user_not_found": (grant(world, "nobody"), True),
    }


CODES = (
    "malformed_json", "no_type", "invalid_event", "invalid_time", "invalid_command", "policy_not_allowed",
    "body_too_large", "identity_reused", "user_not_found",
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_a_poisoned_message_is_parked_once_and_blocks_nothing(world: World, code: str) -> None:
    """It lies under `dead-letters/` with its reason, the others of its batch are done, and however often it comes it is
    counted as parked and remains the same one letter.
    """
    message, retry = poisons(world)[code]
    world.add_user("bob")
    world.add_user("carol")
    batch = world.kafka(grant(world, "bob"), message, grant(world, "carol"), first=7)
    first = world.invoke("grant_policy", batch)
    assert first.body == {"received": 3, "applied": 2, "replayed": 0, "ignored": 0, "parked": 1}
    ((key, letter),) = letters(world).items()
    assert (letter["code"], letter["retry"], letter["function"]) == (code, retry, "grant_policy")
    assert letter["reason"]
    assert letter["message"] == batch["Records"][1]["Ckafka"]["msgBody"]
    for _ in range(3):
        world.clock.advance(60)
        again = world.invoke("grant_policy", batch)
        assert again.body == {"received": 3, "applied": 0, "replayed": 2, "ignored": 0, "parked": 1}
    assert letters(world) == {key: letter}
    codes = [call.code for call in world.cloud.journal.calls("PutObject", target=key)]
    assert codes[0] == ""
    assert set(codes[1:]) <= {"FileAlreadyExists"}
    assert world.cloud.cam.attached("bob") == world.cloud.cam.attached("carol") == [READ]


def test_a_batch_of_nothing_but_poison_succeeds(world: World) -> None:
    """All of it is parked, each as its own letter, and the queue goes on."""
    found = poisons(world)
    answer = world.invoke("grant_policy", world.kafka(*(message for message, _ in found.values()), first=7))
    assert answer.body["parked"] == answer.body["received"] == len(CODES)
    assert sorted(letter["code"] for letter in letters(world).values()) == sorted(CODES)


def test_an_unparkable_poison_stays_on_the_queue(world: World) -> None:
    """While COS refuses to take the letter the batch comes again: nothing is dropped. Then there is one letter."""
    world.add_user("bob")
    batch = world.kafka("{", grant(world, "bob"))
    world.cloud.faults.on(action="PutObject", target="dead-letters/", nth=None, do=Fault.CODE, code="AccessDenied")
    answer = world.invoke("grant_policy", batch)
    assert isinstance(answer.error, Redeliver)
    assert not letters(world)
    world.cloud.faults.clear()
    assert world.invoke("grant_policy", batch).body["parked"] == 1
    assert len(letters(world)) == 1


def let_others_go_first(world: World, uin: int, others: list[int]) -> None:
    """One user's grant waits until the others' are done. They wait for a free slot in real time, of which none
    passes while that one waits for its next tries by the clock that stands still.
    """
    done = Semaphore(0)
    target = re.compile("|".join(map(str, others)))
    world.cloud.faults.on(
        "AttachUserPolicy", target=target, nth=None, do=Fault.CALL_AFTER, callback=lambda _: done.release()
    )
    world.cloud.faults.on(
        "PutObject",
        target=f"ledger/{uin}/",
        do=Fault.CALL_BEFORE,
        callback=lambda _: [done.acquire(timeout=30) for _ in others],
    )


LATER = [
    Fault.THROTTLE,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.INTERNAL_BEFORE,
]


@pytest.mark.parametrize("fault", LATER, ids=lambda fault: fault.name)
def test_what_may_succeed_later_comes_again_alone(world: World, fault: Fault) -> None:
    """The handler raises after all others were done; the batch's next delivery does that one message and no call of CAM
    for the others.
    """
    users = [f"user-{n}" for n in range(4)]
    uins = [world.add_user(user) for user in users]
    batch = world.kafka(*(grant(world, user) for user in users))
    let_others_go_first(world, uins[2], uins[:2] + uins[3:])
    world.cloud.faults.on("AttachUserPolicy", target=str(uins[2]), nth=None, do=fault)
    answer = world.invoke("grant_policy", batch, limit_ms=10_000)
    assert isinstance(answer.error, Redeliver)
    assert str(answer.error).startswith("1 of 4 messages are to come again")
    assert [bool(world.cloud.cam.attached(user)) for user in users if user != users[2]] == [True] * 3
    world.cloud.faults.clear()
    world.clock.advance(60)
    assert world.invoke("grant_policy", batch).body == {
        "received": 4, "applied": 1, "replayed": 3, "ignored": 0, "parked": 0
    }  # fmt: skip
    assert world.cloud.cam.attached(users[2]) == [READ]
    assert {call.target for call in world.calls if call.action == "GetUser"} == {users[2]}
    for user, uin in zip(users, uins, strict=True):
        attaches = [call for call in world.cloud.journal.calls("AttachUserPolicy") if call.params["AttachUin"] == uin]
        assert user == users[2] or len(attaches) == 1


def test_behind_what_comes_again_its_user_waits(world: World) -> None:
    """Messages of one user are done in their order, also over several deliveries."""
    alice = world.add_user("alice")
    world.add_user("bob")
    batch = world.kafka(
        grant(world, "alice", READ, id="1"), grant(world, "bob", READ, id="2"), grant(world, "alice", FULL, id="3")
    )
    world.cloud.faults.on("AttachUserPolicy", target=str(alice), nth=None, do=Fault.ERROR_BEFORE)
    assert "held_back: 1" in str(world.invoke("grant_policy", batch, limit_ms=10_000).error)
    assert (world.cloud.cam.attached("alice"), world.cloud.cam.attached("bob")) == ([], [READ])
    world.cloud.faults.clear()
    world.clock.advance(60)
    assert world.invoke("grant_policy", batch).body["applied"] == 2
    done = [call for call in world.cloud.journal.calls("AttachUserPolicy", code="") if call.target == str(alice)]
    ids = [world.cloud.cam.policy_id(name) for name in (READ, FULL)]
    assert [call.params["PolicyId"] for call in done if not call.fault] == ids


def test_messages_of_one_user_stay_in_order(world: World) -> None:
    """Among many users at once, each one's policies are attached in the order of the messages."""
    names = world.add_policies(*(f"Policy-{n}" for n in range(4)))
    world.env["IM_ACCESS_ALLOW_FOREIGN_POLICIES"] = ",".join(names)
    uins = {user: world.add_user(user) for user in ("alice", "bob", "carol")}
    orders = {user: names[n:] + names[:n] for n, user in enumerate(uins)}
    messages = [grant(world, user, orders[user][n], id=f"{user}-{n}") for n in range(4) for user in uins]
    assert world.invoke("grant_policy", world.kafka(*messages)).body["applied"] == 12
    for user, uin in uins.items():
        calls = [call for call in world.cloud.journal.calls("AttachUserPolicy") if call.params["AttachUin"] == uin]
        assert [call.params["PolicyId"] for call in calls] == [world.cloud.cam.policy_id(name) for name in orders[user]]


def test_the_same_message_twice_in_a_batch(world: World) -> None:
    """The second is a replay of the first."""
    world.add_user("alice")
    answer = world.invoke("grant_policy", world.kafka(grant(world, "alice"), grant(world, "alice")))
    assert (answer.body["applied"], answer.body["replayed"]) == (1, 1)


def test_other_functions_messages_are_ignored(world: World) -> None:
    """One topic feeds all three functions; nothing is looked up, claimed or parked for a message of another."""
    command = {"user": "alice", "policies": [READ]}
    batch = world.kafka(
        world.envelope("create_user", command, id="1"), world.envelope("revoke_policy", command, id="2")
    )
    assert world.invoke("grant_policy", batch).body["ignored"] == 2
    assert not world.calls


@pytest.mark.parametrize("call_takes", [0.02, 0.2, 0.45])
def test_the_answer_comes_before_the_time_limit(world: World, call_takes: float) -> None:
    """However slow the cloud, under the platform's default limit of 3 seconds: new messages are taken only while they
    can be finished, the handler raises in time, and deliveries once a minute get everything done.
    """
    users = [f"user-{n}" for n in range(12)]
    for user in users:
        world.add_user(user)
    batch = world.kafka(*(grant(world, user) for user in users))
    limit = 3.0 if call_takes < 0.1 else 30.0
    process = world.process()
    process.call_takes = call_takes
    for _ in range(20):
        began = world.clock.now()
        answer = world.invoke("grant_policy", batch, limit_ms=int(limit * 1000), process=process)
        assert world.clock.now() - began <= limit
        if answer.error is None:
            break
        assert isinstance(answer.error, Redeliver)
        world.clock.advance(60)
    assert answer.body["received"] == 12
    assert all(world.cloud.cam.attached(user) == [READ] for user in users)


def test_what_is_still_due_is_no_replay_by_look_up(world: World) -> None:
    """A finished request of which somebody is still to be told goes the whole way, whatever its receipt says."""
    world.add_user("alice")
    batch = world.kafka(*(grant(world, "alice", id=str(n)) for n in range(3)))
    assert world.invoke("grant_policy", batch).body["applied"] == 3
    keys = [key for key in world.cloud.cos.objects.data if key.startswith("requests/")]
    assert world.invoke("grant_policy", batch).body["replayed"] == 3
    looked = [call.target for call in world.calls if call.action == "HeadObject"]
    assert len([target for target in looked if target.startswith("open/")]) == 3
    assert [key for key in world.cloud.cos.objects.data if key.startswith("requests/")] == keys


def noted(world: World) -> str:
    """The key of the note that a delivery has left."""
    (key,) = (key for key in world.cloud.cos.objects.data if key.startswith("batches/"))
    return key


def unfinished(world: World) -> dict[str, Any]:
    """A batch of three of which two were done."""
    users = ["ann", "ben", "cid"]
    uins = [world.add_user(user) for user in users]
    batch = world.kafka(*(grant(world, user, id=user) for user in users))
    world.cloud.faults.on("AttachUserPolicy", target=str(uins[2]), nth=None, do=Fault.ERROR_BEFORE)
    assert world.invoke("grant_policy", batch, limit_ms=10_000).error
    world.cloud.faults.clear()
    world.clock.advance(60)
    return batch


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"v":2,"replayed":[],"parked":[]}', b'{"v":1,"replayed":7}'])
def test_a_note_that_cannot_be_read_is_none(world: World, body: bytes) -> None:
    """A note of another version is left as it is, and each message of the batch is looked up."""
    batch = unfinished(world)
    key = noted(world)
    world.cloud.cos.objects.data[key] = replace(world.cloud.cos.objects.data[key], body=body)
    assert world.invoke("grant_policy", batch).body["replayed"] == 2
    assert world.cloud.cos.objects.data[key].body == body


def test_a_note_speaks_for_no_other_message(world: World) -> None:
    """Under an identity that was done, another command is refused all the same."""
    batch = unfinished(world)
    other = grant(world, "ben", FULL, id="ben")
    batch["Records"][1]["Ckafka"]["msgBody"] = json.dumps(other)
    assert world.invoke("grant_policy", batch).body == {
        "received": 3, "applied": 1, "replayed": 1, "ignored": 0, "parked": 1
    }  # fmt: skip


def test_misconfigured_takes_nothing(world: World) -> None:
    """A function that cannot work leaves its messages on the queue, untouched."""
    world.env["IM_ACCESS_POLICIES"] = " "
    answer = world.invoke("grant_policy", world.kafka("{", grant(world, "alice")))
    assert type(answer.error).__name__ == "Misconfigured"
    assert not world.calls
    assert not letters(world)


KINDS = st.sampled_from(("grant", "again", "other", "poison", "stranger", "bare"))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(KINDS, max_size=8))
def test_every_message_is_in_one_counter(world: World, kinds: list[str]) -> None:
    """Whatever is in a batch, and when it comes again: the counters add up, and only `applied` becomes `replayed`."""
    world.reset()
    world.add_user("alice")
    makers: dict[str, Callable[[int], object]] = {
        "grant": lambda n: grant(world, "alice", id=str(n)),
        "again": lambda _: grant(world, "alice", id="same"),
        "other": lambda n: world.envelope("revoke_policy", {"user": "alice", "policies": [READ]}, id=str(n)),
        "poison": lambda _: "{",
        "stranger": lambda n: grant(world, "nobody", id=str(n)),
        "bare": lambda _: '{"user": "alice", "policies": []}',
    }
    batch = world.kafka(*(makers[kind](n) for n, kind in enumerate(kinds)))
    first, second = (_counted(world.invoke("grant_policy", batch)) for _ in range(2))
    assert first["ignored"] == second["ignored"] == kinds.count("other")
    assert first["parked"] == second["parked"] == sum(kinds.count(one) for one in ("poison", "stranger", "bare"))
    assert first["applied"] == kinds.count("grant") + ("again" in kinds)
    assert second["applied"] == 0
    assert second["replayed"] == first["applied"] + first["replayed"]
    assert len(letters(world)) == first["parked"]


def _counted(answer: Answer) -> dict[str, int]:
    assert answer.error is None
    assert sum(answer.body[name] for name in COUNTERS) == answer.body["received"]
    return answer.body


def test_the_real_trigger() -> None:
    """Kafka, the trigger and processes of their own: a poisoned message between others is parked once, though each
    function sees it, and a batch that cannot be done comes again until it can, with what was done counted as replayed.
    """
    with LocalStack(0, trigger=TriggerSettings(wait=0.3, retry_interval=0.2), warn=lambda _: None) as stack:
        stack.cloud.faults.on("AddUser", nth=1, times=1, do=Fault.INTERNAL_BEFORE)
        for body in (_message("alice"), "{", _message("bob")):
            stack.kafka.publish(body.encode(), partition=0)
        stack.settle(30)
        assert stack.cloud.cam.attached("alice") == stack.cloud.cam.attached("bob") == [READ]
        parked = [key for key in stack.cloud.cos.objects.data if key.startswith("dead-letters/")]
        assert [key.split("/")[1] for key in parked] == ["unowned"]
        told = [delivery.result for delivery in stack.deliveries if delivery.function == "create_user"]
        assert [one.ok for one in told][-1]
        assert not all(one.ok for one in told)


def _message(user: str) -> str:
    data = {"user": user, "policies": [READ]}
    event = {"specversion": "1.0", "type": "imaccess.user.create", "source": "/tests", "id": user, "data": data}
    return json.dumps(event)
