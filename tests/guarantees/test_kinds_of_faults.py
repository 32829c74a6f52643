"""Variants of faults that attackers once found: names that come back, lost stores, lists that hide something."""

from __future__ import annotations

import pytest

from local.faults import Fault
from tests.answers import Answer
from tests.world import FULL, READ, World

OLD = 7200.0
"""Seconds."""


def sent(world: World, function: str, id: str, time: float | None = None, **command: object) -> Answer:
    """One request, a minute after the one before."""
    world.clock.advance(60)
    return world.invoke(
        function, world.http(function, {"user": "alice", "policies": [READ], **command}, id=id, time=time)
    )


def forget_user(world: World, name: str = "alice") -> None:
    """Somebody deletes the user in CAM, as CAM does it: with its policies and keys."""
    cam = world.cloud.cam
    uin = cam.users.pop(name).uin
    for one in [key for key in cam.attachments if key[0] == uin]:
        del cam.attachments[one]
    for secret_id in [key for key, row in cam.keys.items() if row.uin == uin]:
        del cam.keys[secret_id]
    world.clock.advance(60)


def now(world: World) -> float:
    """Seconds since the world's start, as events tell their time."""
    return world.clock.now() - 1_790_000_000.0


@pytest.mark.parametrize("function", ["grant_policy", "revoke_policy"])
def test_the_second_of_a_name_inherits_nothing(world: World, function: str) -> None:
    """Alice with everything is deleted in CAM, and another alice comes, who may read: late events of the first one's
    time change nothing for her, whichever they are.
    """
    assert sent(world, "create_user", "1", policies=[FULL]).status == 201
    first = now(world)
    forget_user(world)
    world.clock.advance(OLD)
    assert sent(world, "create_user", "2").status == 201
    for n, time in enumerate((first - 30, first + 30, first + 600)):
        answer = sent(world, function, f"late {n}", time=time, policies=[FULL, READ])
        assert {row["outcome"] for row in answer.body["policies"]} == {"superseded"}
    assert world.cloud.cam.attached("alice") == [READ]


def test_a_crowd_of_other_policies_hides_no_grant(world: World) -> None:
    """Over a thousand entries of another policy stand before it: an older revoke sees the grant of a moment ago."""
    assert sent(world, "create_user", "1").status == 201
    uin = world.cloud.cam.users["alice"].uin
    for n in range(1001):
        key = f"ledger/{uin}/{FULL}/{9_000_000_000_000_000 - n:017d}-1-{n:064x}.json"
        world.cloud.cos.put(key, b'{"v":1}', {}, create_only=True)
    moment = now(world)
    assert sent(world, "grant_policy", "2", time=moment + 50).status == 200
    old = sent(world, "revoke_policy", "3", time=moment + 10)
    assert old.body["policies"] == [{"name": READ, "outcome": "superseded"}]
    assert READ in world.cloud.cam.attached("alice")


def test_a_lost_store_costs_nobody_their_credentials(world: World) -> None:
    """The bucket is empty and the old messages come again, over HTTP and by the sweep: each meets its name, and no
    password or key is changed.
    """
    events = {user: world.http("create_user", {"user": user, "policies": [READ]}, id=user) for user in ("alice", "bob")}
    for event in events.values():
        assert world.invoke("create_user", event).status == 201
    before = (dict(world.cloud.cam.users.data), dict(world.cloud.cam.keys.data))
    for key in list(world.cloud.cos.objects.data):
        world.cloud.cos.delete(key)
    world.clock.advance(OLD)
    for event in (*events.values(), *events.values()):
        # Also a second attempt, which would take up what an earlier one had made.
        answer = world.invoke("create_user", event)
        assert (answer.status, answer.body["code"]) == (409, "user_exists")
    world.clock.advance(OLD)
    world.invoke("sweep", world.timer())
    assert (dict(world.cloud.cam.users.data), dict(world.cloud.cam.keys.data)) == before


@pytest.mark.parametrize("source", ["http", "queue"])
def test_a_name_that_is_taken_and_not_shown_is_answered(world: World, source: str) -> None:
    """AddUser says that something holds the name, and GetUser shows nobody: no retry without end."""
    world.cloud.faults.on("AddUser", nth=None, do=Fault.CODE, code="InvalidParameter.SubUserNameInUse")
    command = {"user": "alice", "policies": [READ]}
    if source == "http":
        answer = world.invoke("create_user", world.http("create_user", command, id="1"))
        assert (answer.status, answer.body["code"]) == (409, "user_exists")
    else:
        answer = world.invoke("create_user", world.kafka(world.envelope("create_user", command, id="1")))
        assert (answer.error, answer.body["parked"]) == (None, 1)


def test_what_was_given_can_be_taken_back(world: World) -> None:
    """One of its policies left the allow-list, another was deleted in CAM: the rest is taken away, and what is left is
    told.
    """
    (own, gone) = world.add_policies("Own", "Gone")
    world.env["IM_ACCESS_ALLOW_FOREIGN_POLICIES"] = "Own,Gone"
    assert sent(world, "create_user", "1", policies=[own, gone, READ, FULL]).status == 201
    cam = world.cloud.cam
    deleted = cam.policy_id(gone)
    for one in [key for key in cam.attachments if key[1] == deleted]:
        del cam.attachments[one]
    del cam.policies[deleted]
    world.env["IM_ACCESS_POLICIES"] = f"{READ},{FULL}"
    answer = sent(world, "revoke_policy", "2", policies=[own, gone, READ])
    outcomes = {row["name"]: row["outcome"] for row in answer.body["policies"]}
    assert outcomes == {own: "detached", gone: "unchanged", READ: "detached"}
    assert answer.body["still_attached"] == cam.attached("alice") == [FULL]


def test_a_policy_that_is_gone_keeps_no_other(world: World) -> None:
    """It was deleted in CAM, and another one came with its name, while an instance still remembers where it was."""
    own, other = world.add_policies("Own", "Other")
    process = world.process()
    command = {"user": "alice", "policies": [own, other, READ]}
    assert world.invoke("create_user", world.http("create_user", command, id="1")).status == 201
    revoke = world.http("revoke_policy", {"user": "alice", "policies": [other]}, id="2")
    assert world.invoke("revoke_policy", revoke, process=process).status == 200
    cam = world.cloud.cam
    cam.policies.pop(cam.policy_id(other))
    again = world.http("revoke_policy", {"user": "alice", "policies": [other, own, READ]}, id="3")
    answer = world.invoke("revoke_policy", again, process=process)
    assert (answer.status, cam.attached("alice")) == (200, [])
    assert {row["name"]: row["outcome"] for row in answer.body["policies"]} == {
        other: "unchanged",
        own: "detached",
        READ: "detached",
    }


def test_a_detach_for_a_user_who_is_not_known_yet_is_not_done(world: World) -> None:
    """CAM shows the user and denies it: the caller is told to come again, and then it is taken away."""
    assert sent(world, "create_user", "1").status == 201
    world.cloud.faults.on("DetachUserPolicy", nth=None, do=Fault.CODE, code="ResourceNotFound.UserNotExist")
    event = world.http("revoke_policy", {"user": "alice", "policies": [READ]}, id="2")
    assert world.invoke("revoke_policy", event).status == 503
    world.cloud.faults.clear()
    world.clock.advance(60)
    answer = world.invoke("revoke_policy", event)
    assert (answer.status, world.cloud.cam.attached("alice")) == (200, [])
    assert answer.body["policies"] == [{"name": READ, "outcome": "detached"}]


def test_grants_that_overtake_their_creates_need_nobody(world: World) -> None:
    """Each function reads the topic by itself: all grants come first, and take effect with the creates, without any
    sweep. The letters that they have become are done again for nothing, and go.
    """
    users = ("alice", "bob", "carol")

    def batch(function: str, policy: str, first: int) -> dict[str, object]:
        rows = [
            world.envelope(function, {"user": user, "policies": [policy]}, id=f"{function} {user}") for user in users
        ]
        return world.kafka(*rows, first=first)

    creates = batch("create_user", READ, 1)
    world.clock.advance(1)
    assert world.invoke("grant_policy", batch("grant_policy", FULL, 11)).body["parked"] == 3
    assert world.invoke("create_user", creates).body["applied"] == 3
    assert [world.cloud.cam.attached(user) for user in users] == [[FULL, READ]] * 3
    world.clock.advance(120)
    assert world.invoke("sweep", world.timer()).body["letters"] == {"done": 3, "failed": 0, "left": 0}
    assert not [key for key in world.cloud.cos.objects.data if key.startswith("dead-letters/")]
    assert [world.cloud.cam.attached(user) for user in users] == [[FULL, READ]] * 3


def test_policies_are_a_set(world: World) -> None:
    """The same request with its policies in another order is the same request."""
    assert sent(world, "create_user", "1", policies=[READ, FULL]).status == 201
    answer = sent(world, "create_user", "1", policies=[FULL, READ])
    assert (answer.status, answer.body["replayed"]) == (200, True)


def test_an_id_that_is_used_again_is_another_event(world: World) -> None:
    """The same command under the same id with a time more than a day away is no repetition: access would stay."""
    assert sent(world, "create_user", "0").status == 201
    moment = now(world)
    assert sent(world, "revoke_policy", "1", time=moment).status == 200
    assert sent(world, "grant_policy", "2").status == 200
    world.clock.advance(400 * 86400)
    answer = sent(world, "revoke_policy", "1", time=moment + 400 * 86400)
    assert (answer.status, answer.body["code"]) == (422, "identity_reused")
