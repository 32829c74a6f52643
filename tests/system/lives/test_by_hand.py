"""What somebody gives an offboarded user by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.cam.records import Attachment
from local.faults import Fault
from shared.use_cases.duties.check_offboarded_users import MOST, SETTLED
from tests.world import FULL, READ, World


@pytest.fixture(autouse=True)
def left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user that was made and offboarded a while ago."""
    monkeypatch.setattr("tests.events.START", float(int(world.clock.now())))
    leave(world, "alice")
    world.clock.advance(SETTLED + 60)


def leave(world: World, user: str) -> None:
    """Make a user, and offboard it."""
    create = world.http("create_user", {"user": user, "policies": [READ]}, id=f"c {user}", time=0)
    assert world.invoke("create_user", create).status == 201
    world.clock.advance(60)
    assert world.invoke("offboard_user", world.http("offboard_user", {"user": user}, id=f"o {user}")).status == 200


def give(world: World, user: str = "alice") -> None:
    """Somebody switches the key on again, opens the login, and attaches policies."""
    cam, now = world.cloud.cam, world.clock.now()
    found = cam.users[user]
    cam.users[user] = replace(found, console_login=True)
    for key in cam.keys_of(user):
        cam.keys[key.access_key_id] = replace(key, status="Active")
    for policy in (FULL, "by-hand"):
        policy_id = cam.policy_id(policy)
        cam.attachments[found.uin, policy_id] = Attachment(found.uin, policy_id, now, "1")
    world.clock.advance(60)


def told(world: World, user: str = "alice") -> list[dict[str, Any]]:
    """What was told of it."""
    found = [event["data"] for _, event in world.receiver.about(user) if event["type"] == "imaccess.drift.found"]
    return [{name: value for name, value in data.items() if name != "user"} for data in found]


def sweep(world: World) -> dict[str, int]:
    """What a run counts of its duty."""
    answer = world.invoke("sweep", world.timer())
    assert answer.error is None, answer
    assert not world.denied()
    counts: dict[str, int] = answer.body["by_hand"]
    return counts


def state(world: World, user: str = "alice") -> tuple[list[str], bool, list[str]]:
    """What the user has: its keys, the login, its policies."""
    cam = world.cloud.cam
    return [key.status for key in cam.keys_of(user)], cam.users[user].console_login, cam.attached(user)


def test_it_is_taken_away_again_and_told(world: World) -> None:
    """With `enforce`; what is off the allow-list stays, as an offboard leaves it. Given again, it is told again."""
    world.env["IM_ACCESS_SWEEP"] = "enforce"
    world.add_policies("by-hand")
    world.env["IM_ACCESS_POLICIES"] = f"{FULL},{READ}"
    for times in (1, 2):
        give(world)
        assert sweep(world)["done"] == 1
        assert state(world) == (["Inactive"], False, ["by-hand"])
        assert told(world) == [{"keys": 1, "login": True, "policies": [FULL], "taken": True}] * times
        sweep(world)
        assert len(told(world)) == times


def test_a_user_made_by_hand_stays_closed_too(world: World) -> None:
    """Whoever was offboarded is watched, whether or not these functions made the user."""
    world.env["IM_ACCESS_SWEEP"] = "enforce"
    world.add_policies("by-hand")
    world.add_user("hannah")
    assert world.invoke("offboard_user", world.http("offboard_user", {"user": "hannah"}, id="o")).status == 200
    world.clock.advance(SETTLED + 60)
    give(world, "hannah")
    assert sweep(world)["done"] == 1
    assert world.cloud.cam.attached("hannah") == []
    assert not world.cloud.cam.users["hannah"].console_login
    assert [one["taken"] for one in told(world, "hannah")] == [True]


def test_what_cam_still_shows_was_given_by_nobody(world: World) -> None:
    """A run right after an offboard sees what that has just taken away, and knows better; the next one is not late."""
    world.env["IM_ACCESS_SWEEP"] = "enforce"
    create = world.http("create_user", {"user": "eve", "policies": [READ]}, id="eve", time=0)
    assert world.invoke("create_user", create).status == 201
    world.clock.advance(60)
    close = world.http("offboard_user", {"user": "eve"}, id="first", time=10)
    world.invoke("offboard_user", close)
    world.clock.advance(60)
    world.add_policies("by-hand")
    give(world, "eve")
    world.cloud.cam.lag = 5.0
    again = world.http("offboard_user", {"user": "eve"}, id="again", time=20)
    assert world.redeliver_until_answer("offboard_user", again).body["status"] == "offboarded"
    sweep(world)
    assert not told(world, "eve")
    world.clock.advance(6)
    give(world, "eve")
    sweep(world)
    assert len(told(world, "eve")) == 1
    assert state(world, "eve")[:2] == (["Inactive"], False)


def test_warn_only_tells_it_once(world: World) -> None:
    """Nothing is changed, and the same is not told again; something else is."""
    world.add_policies("by-hand")
    give(world)
    before = state(world)
    for _ in range(2):
        sweep(world)
        assert state(world) == before
        assert told(world) == [{"keys": 1, "login": True, "policies": [FULL, "by-hand"], "taken": False}]
    cam = world.cloud.cam
    cam.users["alice"] = replace(cam.users["alice"], console_login=False)
    world.clock.advance(60)
    sweep(world)
    assert len(told(world)) == 2


def test_nobody_else_is_looked_at(world: World) -> None:
    """Whoever came back or is gone is forgotten, and whoever is protected is left alone."""
    world.env["IM_ACCESS_SWEEP"] = "enforce"
    leave(world, "bob")
    world.add_policies("by-hand")
    world.clock.advance(SETTLED + 60)
    assert world.invoke("restore_user", world.http("restore_user", {"user": "alice"}, id="r")).status == 200
    give(world, "bob")
    world.env["IM_ACCESS_PROTECTED_USERS"] = "bob"
    before = state(world), state(world, "bob")
    sweep(world)
    assert (state(world), state(world, "bob")) == before
    assert not told(world) + told(world, "bob")
    del world.env["IM_ACCESS_PROTECTED_USERS"]
    world.clock.advance(31 * 86_400)
    sweep(world)
    sweep(world)
    assert "bob" not in world.cloud.cam.users
    assert not [key for key in world.cloud.cos.objects.data if key.startswith(("offboarded/", "drift/"))]


def test_a_restore_that_comes_in_between_is_left_alone(world: World) -> None:
    """A user whom a restore reopens between look and turn is left alone: the duty looks again in its turn."""
    world.env["IM_ACCESS_SWEEP"] = "enforce"
    world.add_policies("by-hand")
    give(world)
    back = world.http("restore_user", {"user": "alice", "policies": [READ]}, id="r")
    world.at(lambda *_: world.invoke("restore_user", back), action="PutObject")
    sweep(world)
    world.end_state("alice").assert_access()
    assert not told(world)


@pytest.mark.parametrize("mode", ["warn", "enforce"])
def test_a_note_whose_answer_is_lost_keeps_nobody_from_coming_back(world: World, mode: str) -> None:
    """The store's answers to the duty's own notes are lost; a restore a moment later does not wait for them to settle,
    neither of the same user nor of one who was looked at after it.
    """
    world.env["IM_ACCESS_SWEEP"] = mode
    leave(world, "bob")
    world.clock.advance(SETTLED + 60)
    world.add_policies("by-hand")
    for user in ("alice", "bob"):
        give(world, user)
    rule = world.cloud.faults.on("PutObject", target="drift/", times=9, do=Fault.DROP_AFTER)
    assert sweep(world)["done"] == 2
    assert rule.fired
    world.cloud.faults.clear()
    for user in ("alice", "bob"):
        back = world.http("restore_user", {"user": user, "policies": [READ]}, id=f"r {user}")
        assert world.invoke("restore_user", back).status == 200


def test_a_run_looks_at_a_few_and_the_next_one_at_others(world: World) -> None:
    """Round by round everybody is seen, at the same cost in each run."""
    for n in range(MOST + 1):
        leave(world, f"user{n}")
    world.clock.advance(SETTLED + 60)
    seen: set[str] = set()
    for _ in range(2):
        sweep(world)
        calls = [call for call in world.calls if call.action == "GetUser"]
        assert len(calls) <= MOST
        seen |= {str(call.params["Name"]) for call in calls}
    assert seen == {"alice", *(f"user{n}" for n in range(MOST + 1))}


def test_no_more_are_closed_in_a_run_than_the_limit(world: World) -> None:
    """No more users are closed in a run than IM_ACCESS_SWEEP_LIMIT; the others follow in the next runs."""
    world.env |= {"IM_ACCESS_SWEEP": "enforce", "IM_ACCESS_SWEEP_LIMIT": "1"}
    leave(world, "bob")
    world.clock.advance(SETTLED + 60)
    world.add_policies("by-hand")
    for user in ("alice", "bob"):
        give(world, user)
    assert [sweep(world)["done"] for _ in range(2)] == [1, 1]
    assert not state(world)[1] | state(world, "bob")[1]
