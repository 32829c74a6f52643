"""The deletion of offboarded users by the sweep."""

from __future__ import annotations

import pytest

from local.cam.keys import make
from local.faults import Fault
from tests.system.lives.offboard_stories import DAY, created, offboard, sweep
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("times")


def test_once_more_moves_the_deletion(world: World) -> None:
    """A newer offboard moves the deletion, which counts from its own time; nothing is left to take, so it is
    unchanged.
    """
    created(world)
    offboard(world, delete_after_days=1)
    answer = offboard(world, time=110, delete_after_days=2)
    assert (answer["status"], answer["policies"], answer["keys_disabled"]) == ("unchanged", [], 0)
    world.clock.advance(1.5 * DAY)
    assert sweep(world)["deletions"] == {"done": 1, "failed": 0, "left": 0}
    assert "alice" in world.cloud.cam.users
    world.clock.advance(DAY)
    sweep(world)
    assert "alice" not in world.cloud.cam.users
    types = [event["type"] for _, event in world.receiver.about("alice")]
    assert types.count("imaccess.user.deleted") == 1
    assert not [key for key in world.cloud.cos.objects.data if key.startswith("deletions/")]
    assert not world.denied()


@pytest.mark.parametrize("function", ["restore_user", "reissue_credentials", "grant_policy", "offboard_user"])
def test_who_was_deleted_a_moment_ago_is_nobody(world: World, function: str) -> None:
    """A user that was created, offboarded and deleted within a minute counts as nobody."""
    event = world.http("create_user", {"user": "alice", "policies": [READ]}, id="c", time=0)
    assert world.invoke("create_user", event).status == 201
    world.clock.advance(10)
    assert offboard(world, time=5, delete_after_days=0)["status"] == "offboarded"
    assert sweep(world)["deletions"]["done"] == 1
    assert "alice" not in world.cloud.cam.users
    command = {"user": "alice"} | ({"policies": [READ]} if function == "grant_policy" else {})
    answer = world.invoke(function, world.http(function, command, id="late", time=12))
    if function == "offboard_user":
        assert (answer.status, answer.body["status"], answer.body["user"]["uin"]) == (200, "unchanged", None)
    else:
        assert (answer.status, answer.body["code"]) == (404, "user_not_found")


def test_a_user_made_by_hand_is_closed_and_never_deleted(world: World) -> None:
    """Any sub-user may be offboarded, but one that was made by hand is never deleted."""
    world.add_user("bob", READ)
    answer = offboard(world, "bob", delete_after_days=0)
    assert (answer["status"], answer["delete_at"]) == ("offboarded", None)
    world.clock.advance(40 * DAY)
    sweep(world)
    assert "bob" in world.cloud.cam.users
    assert world.cloud.cam.attached("bob") == []


def test_a_deleted_name_may_be_somebody_else(world: World) -> None:
    """A deletion that is due finds another user of the name, and leaves that one alone."""
    created(world)
    offboard(world, delete_after_days=1)
    cam = world.cloud.cam
    for key in cam.keys_of("alice"):
        del cam.keys[key.access_key_id]
    del cam.users["alice"]
    other = world.add_user("alice", READ)
    world.clock.advance(2 * DAY)
    sweep(world)
    assert cam.users["alice"].uin == other
    assert cam.attached("alice") == [READ]


def test_a_key_that_somebody_makes_in_between_keeps_the_user(world: World) -> None:
    """Force is never used: CAM refuses to delete a user with keys, and the next run begins with the key."""
    created(world)
    offboard(world, delete_after_days=1)
    world.clock.advance(2 * DAY)
    cam = world.cloud.cam
    world.at(lambda *_: make(cam, cam.users["alice"].uin, "by hand"), action="DeleteUser")
    assert sweep(world)["deletions"]["failed"] == 1
    assert "alice" in cam.users
    world.clock.advance(300)
    assert sweep(world)["deletions"]["done"] == 1
    assert "alice" not in cam.users


def test_no_more_are_deleted_in_a_run_than_the_limit(world: World) -> None:
    """A run deletes no more users than the limit, and one that cannot be deleted holds up neither the others nor
    another duty.
    """
    world.env["IM_ACCESS_SWEEP_LIMIT"] = "2"
    for name in ("alice", "bob", "carol", "dave"):
        created(world, name)
        offboard(world, name, delete_after_days=1)
    world.env["IM_ACCESS_PROTECTED_USERS"] = "alice,bob"
    world.clock.advance(2 * DAY)
    seen: list[set[str]] = []
    for _ in range(4):
        counts = sweep(world)
        assert counts["deletions"]["done"] + counts["deletions"]["failed"] <= 2
        assert sum(counts["deletions"].values()) == (len(seen[-1]) if seen else 4), "the others are left"
        assert counts["by_hand"]["failed"] == 0
        seen.append(set(world.cloud.cam.users.data))
        world.clock.advance(300)
    assert seen[-1] == {"alice", "bob"}


def test_a_user_with_a_key_that_stays_is_not_deleted(world: World) -> None:
    """A user whose key cannot be deleted is not deleted by force, and stays due."""
    created(world)
    offboard(world, delete_after_days=1)
    world.clock.advance(2 * DAY)
    world.cloud.faults.on("DeleteAccessKey", do=Fault.CODE, code="FailedOperation.AccessKey", times=1)
    assert sweep(world)["deletions"]["failed"] == 1
    assert "alice" in world.cloud.cam.users
    assert sweep(world)["deletions"]["done"] == 1
    assert "alice" not in world.cloud.cam.users
