"""Leavers of whom nothing is as usual: their offboard and their deletion, killed at any call."""

from __future__ import annotations

import itertools

import pytest

from local.cam.keys import make
from local.cam.records import Attachment
from tests.groups import put_into_group
from tests.guarantees.histories import LIMIT_MS, assert_no_blind_repetition
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

LEAVES = {"user": "alice", "delete_after_days": 0}


def prepared(world: World) -> dict[str, object]:
    """A user with a second key, made by hand, in a group, with a policy that is not this project's to take, and a file
    that nobody has fetched: to be closed, and deleted at once.
    """
    world.reset()
    command = {"user": "alice", "policies": [READ, FULL]}
    assert world.invoke("create_user", world.http("create_user", command, id="c", time=-200)).status == 201
    world.clock.advance(200)
    cam = world.cloud.cam
    uin, (by_hand,) = cam.users["alice"].uin, world.add_policies("by-hand")
    make(cam, uin, "by hand")
    policy = cam.policy_id(by_hand)
    cam.attachments[uin, policy] = Attachment(uin, policy, world.clock.now(), "1")
    put_into_group(world.cloud, "alice", FULL)
    world.env["IM_ACCESS_POLICIES"] = f"{FULL},{READ}"
    world.clock.advance(30)
    world.cloud.journal.clear()
    world.receiver.taken.clear()
    return world.http("offboard_user", LEAVES, id="o")


def closed(world: World, event: dict[str, object]) -> None:
    """Whichever attempt answers tells all that was taken, and what is left."""
    answer = world.redeliver_until_answer("offboard_user", event, limit_ms=LIMIT_MS)
    assert answer.status == 200, answer
    told = answer.body
    assert (told["status"], told["keys_disabled"], told["console_login"]) == ("offboarded", 2, "closed")
    assert told["policies"] == [{"name": name, "outcome": "detached"} for name in (FULL, READ)]
    assert told["left"] == {"policies": ["by-hand"], "groups": ["staff"]}
    state = world.end_state("alice")
    assert {key.status for key in state.keys} == {"Inactive"}
    assert (state.attached, state.files) == (["by-hand"], {})


def gone(world: World) -> None:
    """The sweep deletes the user, keys first and never by force, and tells of it."""
    for _ in range(3):
        world.invoke("sweep", world.timer())
        world.clock.advance(300)
    assert "alice" not in world.cloud.cam.users
    forced = [call for call in world.calls if call.action == "DeleteUser" and call.params.get("Force")]
    assert not forced
    told = [
        message_id for message_id, event in world.receiver.about("alice") if event["type"] == "imaccess.user.deleted"
    ]
    assert len(set(told)) == 1
    assert not [key for key in world.cloud.cos.objects.data if key.startswith(("deletions/", "offboarded/"))]
    assert_no_blind_repetition(world)


def test_an_odd_leaver_is_closed(world: World) -> None:
    """Two keys, a group, a policy of others, an unfetched file: whatever call is the last of a process."""
    for call in itertools.count(1):
        event = prepared(world)
        world.kill(call=call, when="after")
        killed = world.invoke("offboard_user", event, limit_ms=LIMIT_MS).killed
        world.clock.advance(LIMIT_MS / 1000 + 5)
        closed(world, event)
        assert [key for key in world.cloud.cos.objects.data if key.startswith("deletions/")]
        if not killed:
            break
    assert call > 20


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_odd_leaver_is_deleted_at_once(world: World, when: str) -> None:
    """Without a grace: whatever write of the sweep is the last of a process, until the user is gone."""
    closed(world, prepared(world))
    back = world.keep()
    for action, call in (("DeleteAccessKey", 1), ("DeleteAccessKey", 2), ("DeleteUser", 1), ("DeleteObject", 1)):
        world.kill(action=action, call=call, when=when)
        assert world.invoke("sweep", world.timer()).killed
        world.clock.advance(65)
        gone(world)
        back()
