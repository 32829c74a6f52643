"""Ends that come by themselves: of policies that were granted, and of lives that a create or a restore began."""

from __future__ import annotations

from typing import Any

import pytest

from local.faults import Fault
from shared.clock import rfc3339
from tests.answers import Answer
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

DAY = 86_400.0


@pytest.fixture(autouse=True)
def start(world: World, monkeypatch: pytest.MonkeyPatch) -> float:
    """The moment at which the test begins, from which times count."""
    began = float(int(world.clock.now()))
    monkeypatch.setattr("tests.events.START", began)
    return began


def send(world: World, function: str, *, time: float = 0, id: str = "1", user: str = "alice", **fields: Any) -> Answer:  # noqa: ANN401
    """The answer to a command of that time."""
    answer = world.invoke(function, world.http(function, {"user": user, **fields}, id=f"{function}{id}", time=time))
    world.clock.advance(30)
    return answer


def sweep(world: World) -> dict[str, int]:
    """What a run of the sweep counts of its duty."""
    answer = world.invoke("sweep", world.timer())
    assert answer.error is None, answer
    counts: dict[str, int] = answer.body["until"]
    return counts


def told(world: World, type_: str) -> list[dict[str, Any]]:
    """What was told as ended by itself."""
    events = [event for _, event in world.receiver.about("alice") if event["type"] == type_]
    return [event["data"] for event in events if event["data"].get("reason") == "until"]


def ends(world: World) -> list[str]:
    """What is ordered."""
    return [key for key in world.cloud.cos.objects.data if key.startswith("untils/")]


def test_a_grant_ends(world: World, start: float) -> None:
    """Its policies are detached in the first run after the moment, and it is told; what else the user has stays."""
    send(world, "create_user", policies=[READ])
    end = rfc3339(start + 3600)
    answer = send(world, "grant_policy", time=10, policies=[FULL], until=end)
    assert (answer.body["status"], answer.body["until"]) == ("granted", end)
    assert send(world, "grant_policy", time=10, policies=[FULL], until=end).body["until"] == end
    assert sweep(world) == {"done": 0, "failed": 0, "left": 0}
    world.clock.advance(start + 3600 - world.clock.now())
    assert sweep(world) == {"done": 1, "failed": 0, "left": 0}
    assert world.cloud.cam.attached("alice") == [READ]
    [data] = told(world, "imaccess.policy.revoked")
    assert data["policies"] == [{"name": FULL, "outcome": "detached"}]
    assert not ends(world)
    assert sweep(world)["done"] == 0


def test_a_user_ends(world: World, start: float) -> None:
    """Created until a day: offboarded then, and deleted after the grace, which counts from that moment."""
    answer = send(world, "create_user", policies=[READ], until=rfc3339(start + 90 * DAY))
    assert answer.body["until"] == rfc3339(start + 90 * DAY)
    world.clock.advance(90 * DAY)
    assert sweep(world)["done"] == 1
    state = world.end_state("alice")
    assert state.user is not None
    assert not state.user.console_login
    assert ([key.status for key in state.keys], state.attached) == (["Inactive"], [])
    [data] = told(world, "imaccess.user.offboarded")
    assert data["delete_at"] == rfc3339(start + 120 * DAY)
    world.clock.advance(29 * DAY)
    world.invoke("sweep", world.timer())
    assert "alice" in world.cloud.cam.users
    world.clock.advance(DAY)
    world.invoke("sweep", world.timer())
    assert "alice" not in world.cloud.cam.users


def test_a_restored_user_ends(world: World, start: float) -> None:
    """The end of the create is over with the offboard; the restore has its own."""
    send(world, "create_user", policies=[READ], until=rfc3339(start + 1000))
    send(world, "offboard_user", time=20)
    answer = send(world, "restore_user", time=40, policies=[FULL], until=rfc3339(start + 5000))
    assert answer.body["until"] == rfc3339(start + 5000)
    world.clock.advance(1000)
    assert sweep(world)["done"] == 1
    world.end_state("alice").assert_access()
    world.clock.advance(4000)
    sweep(world)
    assert world.cloud.cam.attached("alice") == []
    assert len(told(world, "imaccess.user.offboarded")) == 1


def test_who_has_the_name_by_then_does_not_end(world: World, start: float) -> None:
    """The user was deleted in the console, and somebody else made by hand under its name: they keep it all."""
    send(world, "create_user", policies=[READ], until=rfc3339(start + 1000))
    del world.cloud.cam.users["alice"]
    world.add_user("alice", READ)
    before = world.end_state("alice")
    world.clock.advance(1000)
    assert sweep(world) == {"done": 1, "failed": 0, "left": 0}
    after = world.end_state("alice")
    assert (after.user, after.keys, after.attached) == (before.user, before.keys, before.attached)
    [data] = told(world, "imaccess.user.offboarded")
    assert (data["status"], data["user"]) == ("unchanged", {"name": "alice", "uin": None})
    assert not ends(world)


@pytest.mark.parametrize("newer", ["before", "after"])
def test_a_newer_grant_stays(world: World, start: float, newer: str) -> None:
    """Whether it comes before the end is applied or only then: it is newer than the grant that ended."""
    send(world, "create_user", policies=[READ])
    send(world, "grant_policy", time=10, policies=[FULL, READ], until=rfc3339(start + 1000))
    if newer == "before":
        send(world, "grant_policy", time=20, id="2", policies=[FULL])
    world.clock.advance(1000)
    assert sweep(world)["done"] == 1
    if newer == "after":
        send(world, "grant_policy", time=20, id="2", policies=[FULL])
    assert world.cloud.cam.attached("alice") == [FULL]
    [data] = told(world, "imaccess.policy.revoked")
    assert {row["name"] for row in data["policies"]} == ({READ} if newer == "before" else {FULL, READ})


def test_a_life_that_took_another_turn_is_left_alone(world: World, start: float) -> None:
    """Offboarded and restored in between: the end of the create is nobody's, also where the restore comes late."""
    send(world, "create_user", policies=[READ], until=rfc3339(start + 1000))
    send(world, "offboard_user", time=20)
    world.clock.advance(1000)
    assert sweep(world)["done"] == 1
    assert not told(world, "imaccess.user.offboarded")
    assert send(world, "restore_user", time=30).body["status"] == "restored"
    assert sweep(world)["done"] == 0
    world.end_state("alice").assert_access()


def test_one_that_overtakes_its_create_ends_too(world: World, start: float) -> None:
    """A grant that waits for its name: the create gives it, and the end takes it away."""
    grant = {"user": "alice", "policies": [FULL], "until": rfc3339(start + 1000)}
    early = world.kafka(world.envelope("grant_policy", grant, id="early", time=10))
    assert world.invoke("grant_policy", early).body["parked"] == 1
    send(world, "create_user", time=5, policies=[READ])
    assert world.cloud.cam.attached("alice") == [FULL, READ]
    world.clock.advance(1000)
    sweep(world)
    assert world.cloud.cam.attached("alice") == [READ]


def test_moments_that_are_refused(world: World, start: float) -> None:
    """Past, too far ahead, or no moment: 400, and nothing is made; a repetition after the end is answered as before."""
    world.add_user("bob")
    for n, until in enumerate((start - 1, start + 1831 * DAY)):
        for function in ("create_user", "grant_policy"):
            user = "bob" if function == "grant_policy" else "eve"
            answer = send(world, function, id=f"x{n}", user=user, policies=[READ], until=rfc3339(until))
            assert (answer.status, answer.body["code"]) == (400, "invalid_command")
            assert answer.body["detail"].startswith("until: ")
    assert send(world, "grant_policy", user="bob", id="y", policies=[READ], until="tomorrow").status == 400
    assert send(world, "revoke_policy", user="bob", id="z", policies=[READ], until=rfc3339(start + 90)).status == 400
    assert "eve" not in world.cloud.cam.users
    assert not ends(world)
    grant: dict[str, Any] = {"user": "bob", "policies": [READ], "until": rfc3339(start + 1000)}
    assert send(world, "grant_policy", id="last", **grant).status == 200
    world.clock.advance(1000)
    assert send(world, "grant_policy", id="last", **grant).body["replayed"] is True


def test_many_ends_at_once_are_braked(world: World, start: float) -> None:
    """No more users are closed in a run than the limit, the rest in the next ones, and are told as left until then;
    policies are not held up by them.
    """
    world.env["IM_ACCESS_SWEEP_LIMIT"] = "2"
    end = rfc3339(start + 1000)
    for n in range(3):
        send(world, "create_user", user=f"temp{n}", id=str(n), policies=[READ], until=end)
    world.add_user("bob")
    send(world, "grant_policy", user="bob", policies=[FULL], until=rfc3339(start + 1001))
    world.clock.advance(1001)
    assert sweep(world) == {"done": 3, "failed": 0, "left": 1}
    assert world.cloud.cam.attached("bob") == []
    assert len(ends(world)) == 1
    assert sweep(world) == {"done": 1, "failed": 0, "left": 0}


def test_who_is_protected_by_then_is_told_of(world: World, start: float) -> None:
    """What can never be done is a letter, once, and not tried for ever."""
    send(world, "create_user", policies=[READ], until=rfc3339(start + 1000))
    world.env["IM_ACCESS_PROTECTED_USERS"] = "alice"
    world.clock.advance(1000)
    world.cloud.faults.on("PutObject", target="dead-letters/", do=Fault.THROTTLE, times=1)
    sweep(world)
    assert not ends(world)
    letters = [key for key in world.cloud.cos.objects.data if key.startswith("dead-letters/sweep/")]
    assert len(letters) == 1
    assert world.cloud.cam.attached("alice") == [READ]


@pytest.mark.parametrize(("kind", "dies"), [("life", "UpdateAccessKey"), ("policies", "DetachUserPolicy")])
def test_a_sweep_that_dies_over_it_is_finished_by_the_next(world: World, start: float, kind: str, dies: str) -> None:
    """It has recorded the end, and nothing more: that is no newer event, and five minutes later it is applied."""
    until: dict[str, Any] = {"until": rfc3339(start + 1000)}
    send(world, "create_user", policies=[READ], **(until if kind == "life" else {}))
    if kind == "policies":
        world.clock.advance(60)
        send(world, "grant_policy", id="g", policies=[FULL], **until)
    world.clock.advance(1000)
    world.kill(action=dies)
    assert world.invoke("sweep", world.timer()).killed
    world.clock.advance(300)
    assert sweep(world)["done"] == 1
    assert world.cloud.cam.attached("alice") == ([] if kind == "life" else [READ])
    assert world.cloud.cam.users["alice"].console_login is (kind == "policies")
    assert not ends(world)
