"""Lives over a store that tells no ages: none of its answers has a Date, so nothing says how old a record is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.answers import Answer
from tests.system.lives.test_by_hand import give
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("in_process")

CREATE: dict[str, Any] = {"user": "alice", "policies": [READ]}


@pytest.fixture(autouse=True)
def ageless(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No object has an age, and times count from the beginning of the test."""
    monkeypatch.setattr("tests.events.START", float(int(world.clock.now())))
    monkeypatch.setattr("shared.tencent.cos_answers._since", lambda *_times: None)


def sent(world: World, function: str, time: float, id: str = "1") -> Answer:
    """The answer to a command of that time about alice, which comes then or later."""
    command = CREATE if function == "create_user" else {"user": "alice"}
    return world.invoke(function, world.http(function, command, id=f"{function}{id}", time=time))


@pytest.mark.parametrize("function", ["offboard_user", "restore_user", "reissue_credentials"])
def test_who_was_deleted_is_nobody_in_the_end(world: World, function: str) -> None:
    """The record of the life may be a moment old, so at first it is tried again; for a minute, and not for ever."""
    assert sent(world, "create_user", 0).status == 201
    world.clock.advance(400)
    if function == "restore_user":
        assert sent(world, "offboard_user", 350).body["status"] == "offboarded"
    del world.cloud.cam.users["alice"]
    assert sent(world, function, 400).status == 503
    world.clock.advance(70)
    answer = sent(world, function, 400)
    if function != "offboard_user":
        assert (answer.status, answer.body["code"]) == (404, "user_not_found")
        return
    assert (answer.status, answer.body["status"]) == (200, "unchanged")
    assert answer.body["user"] == {"name": "alice", "uin": None}
    late = sent(world, "create_user", 390, id="late")
    assert (late.status, late.body["code"]) == (409, "user_offboarded")
    assert "alice" not in world.cloud.cam.users


def test_a_letter_is_redriven(world: World) -> None:
    """In every run, as nothing tells how long it waits."""
    envelope = world.envelope("reissue_credentials", {"user": "alice"}, id="1", time=0)
    assert world.invoke("reissue_credentials", world.kafka(envelope)).body["parked"] == 1
    assert sent(world, "create_user", 0).status == 201
    world.clock.advance(60)
    counts = world.invoke("sweep", world.timer()).body["letters"]
    assert (counts["done"], counts["failed"]) == (1, 0)
    assert not [key for key in world.cloud.cos.objects.data if key.startswith("dead-letters/")]


def test_what_somebody_gave_by_hand_is_taken_away(world: World) -> None:
    """As soon as the lease of the turn before is over: nothing tells that the turn has ended sooner."""
    assert sent(world, "create_user", 0).status == 201
    world.clock.advance(400)
    assert sent(world, "offboard_user", 350).body["status"] == "offboarded"
    world.clock.advance(3600)
    world.add_policies("by-hand")
    give(world)
    world.env["IM_ACCESS_SWEEP"] = "enforce"
    counts = world.invoke("sweep", world.timer()).body["by_hand"]
    assert (counts["done"], counts["failed"]) == (1, 0)
    assert not [key for key in world.end_state("alice").keys if key.status == "Active"]
