"""What an offboard takes away, what it answers, and what the sweep does of it in the end."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from local.cam.keys import make
from local.cam.records import Attachment
from local.faults import Fault
from shared.clock import rfc3339
from tests.answers import Answer
from tests.groups import put_into_group
from tests.world import FULL, READ, World

DAY = 86_400.0
WRITES = ("UpdateAccessKey", "UpdateUser", "DetachUserPolicy", "DeleteObject")


@pytest.fixture(autouse=True)
def times(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Times of events are in seconds since the test began: the world's clock is older."""
    monkeypatch.setattr("tests.events.START", float(int(world.clock.now())))


def created(world: World, user: str = "alice", **fields: Any) -> Answer:  # noqa: ANN401 - JSON values
    """A user that was made a while ago."""
    command = {"user": user, "policies": [READ], **fields}
    answer = world.invoke("create_user", world.http("create_user", command, id=f"create {user}", time=0))
    assert answer.status == 201, answer
    world.clock.advance(120)
    return answer


def offboard(world: World, user: str = "alice", *, time: float = 100, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """The answer to an offboard, which is a success."""
    event = world.http("offboard_user", {"user": user, **fields}, id=f"offboard {user} {time}", time=time)
    answer = world.invoke("offboard_user", event)
    assert answer.status == 200, answer
    return answer.body


def sweep(world: World) -> dict[str, Any]:
    """What a run of the sweep counts."""
    answer = world.invoke("sweep", world.timer())
    assert answer.error is None
    return answer.body


def test_everything_is_taken_away(world: World) -> None:
    """Keys first, then the login, the file, and the policies; the answer says so, and what is left."""
    began = world.clock.now()
    link = created(world).body["credentials"]["url"]
    world.add_policies("by-hand")
    cam = world.cloud.cam
    uin = cam.users["alice"].uin
    attach(world, "by-hand")
    attach(world, FULL)
    put_into_group(world.cloud, "alice", FULL)
    world.env["IM_ACCESS_POLICIES"] = f"{FULL},{READ}"
    told = offboard(world, reason="contract ended")
    assert [key.status for key in cam.keys_of("alice")] == ["Inactive"]
    assert not cam.users["alice"].console_login
    assert cam.attached("alice") == ["by-hand"]
    assert requests.get(link, timeout=30).status_code == 404
    assert told == {
        "request_id": told["request_id"],
        "status": "offboarded",
        "user": {"name": "alice", "uin": uin},
        "policies": [{"name": name, "outcome": "detached"} for name in (FULL, READ)],
        "keys_disabled": 1,
        "console_login": "closed",
        "left": {"policies": ["by-hand"], "groups": ["staff"]},
        "delete_at": rfc3339(int(began) + 100 + 30 * DAY),
    }
    calls = [call for call in world.calls if "credentials/" in call.target or call.service == "cam"]
    writes = [call.action for call in calls if call.action in WRITES]
    assert writes == ["UpdateAccessKey", "UpdateUser", "DeleteObject", "DetachUserPolicy", "DetachUserPolicy"]
    [(_, event)] = [row for row in world.receiver.about("alice") if row[1]["type"] == "imaccess.user.offboarded"]
    assert event["data"] == told | {"reason": "contract ended"}
    assert not world.denied()


def attach(world: World, policy: str) -> None:
    """Somebody attaches a policy by hand."""
    cam, now = world.cloud.cam, world.clock.now()
    uin, policy_id = cam.users["alice"].uin, cam.policy_id(policy)
    cam.attachments[uin, policy_id] = Attachment(uin, policy_id, now, "1")
    world.clock.advance(60)


def test_a_repetition_of_the_create_has_no_credentials_any_more(world: World) -> None:
    """The file is destroyed: 410, as for any file that is gone."""
    created(world)
    offboard(world)
    again = world.http("create_user", {"user": "alice", "policies": [READ]}, id="create alice", time=0)
    answer = world.invoke("create_user", again)
    assert (answer.status, answer.body["code"]) == (410, "credentials_gone")


def test_once_more_moves_the_deletion(world: World) -> None:
    """The newer one counts, from its own time; nothing is left to take, so it is unchanged."""
    created(world)
    offboard(world, delete_after_days=1)
    told = offboard(world, time=110, delete_after_days=2)
    assert (told["status"], told["policies"], told["keys_disabled"]) == ("unchanged", [], 0)
    world.clock.advance(1.5 * DAY)
    assert sweep(world)["deletions"] == {"done": 1, "failed": 0, "left": 0}
    assert "alice" in world.cloud.cam.users
    world.clock.advance(DAY)
    sweep(world)
    assert "alice" not in world.cloud.cam.users
    told_types = [event["type"] for _, event in world.receiver.about("alice")]
    assert told_types.count("imaccess.user.deleted") == 1
    assert not [key for key in world.cloud.cos.objects.data if key.startswith("deletions/")]
    assert not world.denied()


def test_at_once_once_more_is_unchanged(world: World) -> None:
    """Also a moment after the create and the first offboard, while CAM still shows what that has taken away."""
    event = world.http("create_user", {"user": "alice", "policies": [READ]}, id="c", time=0)
    assert world.invoke("create_user", event).status == 201
    world.cloud.cam.lag = 5.0
    world.clock.advance(1)
    events = [world.http("offboard_user", {"user": "alice"}, id=f"o{n}", time=n) for n in (1, 2)]
    first, again = (world.redeliver_until_answer("offboard_user", event) for event in events)
    assert (first.body["status"], len(first.body["policies"]), first.body["keys_disabled"]) == ("offboarded", 1, 1)
    assert (again.body["status"], again.body["policies"], again.body["keys_disabled"]) == ("unchanged", [], 0)
    assert again.body["console_login"] == "closed"
    assert again.body["delete_at"] is not None


def test_what_was_given_in_between_is_told(world: World) -> None:
    """Somebody has given it by hand after the first: the second takes it away, and says so."""
    created(world)
    offboard(world)
    world.clock.advance(60)
    attach(world, READ)
    make(world.cloud.cam, world.cloud.cam.users["alice"].uin, "by hand")
    told = offboard(world, time=110)
    assert (told["status"], told["policies"]) == ("offboarded", [{"name": READ, "outcome": "detached"}])
    assert told["keys_disabled"] == 1
    assert world.cloud.cam.attached("alice") == []


@pytest.mark.parametrize("function", ["restore_user", "reissue_credentials", "grant_policy", "offboard_user"])
def test_who_was_deleted_a_moment_ago_is_nobody(world: World, function: str) -> None:
    """Made, offboarded and deleted within a minute: the record of the create hides nobody any more."""
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


def test_an_older_one_changes_nothing(world: World) -> None:
    """An offboard that is older than a newer offboard or create changes nothing."""
    created(world)
    assert offboard(world, time=-10)["status"] == "superseded"
    assert world.cloud.cam.attached("alice") == [READ]
    assert offboard(world, time=100)["status"] == "offboarded"
    assert offboard(world, time=50)["status"] == "superseded"


def test_a_user_made_by_hand_is_closed_and_never_deleted(world: World) -> None:
    """Any sub-user may be offboarded; whose it is not, is not deleted."""
    world.add_user("bob", READ)
    told = offboard(world, "bob", delete_after_days=0)
    assert (told["status"], told["delete_at"]) == ("offboarded", None)
    world.clock.advance(40 * DAY)
    sweep(world)
    assert "bob" in world.cloud.cam.users
    assert world.cloud.cam.attached("bob") == []


def test_a_protected_user_is_not_touched(world: World) -> None:
    """An offboard of a protected user, by name or by UIN, is answered 403."""
    uin = world.add_user("bob", READ)
    for n, protected in enumerate(("bob", str(uin))):
        world.env["IM_ACCESS_PROTECTED_USERS"] = protected
        answer = world.invoke("offboard_user", world.http("offboard_user", {"user": "bob"}, id=f"o{n}"))
        assert (answer.status, answer.body["code"]) == (403, "user_protected")
    assert world.cloud.cam.attached("bob") == [READ]


def test_nobody_is_offboarded_before_a_late_create(world: World) -> None:
    """The create that is older is refused and makes nobody; one that is newer makes a user who lives."""
    world.clock.advance(200)
    told = offboard(world, "carol", time=100)
    assert (told["status"], told["user"]) == ("unchanged", {"name": "carol", "uin": None})
    command = {"user": "carol", "policies": [READ]}
    late = world.invoke("create_user", world.http("create_user", command, id="1", time=90))
    assert (late.status, late.body["code"]) == (409, "user_offboarded")
    assert "Retry-After" not in late.headers
    assert "carol" not in world.cloud.cam.users
    assert world.invoke("create_user", world.http("create_user", command, id="2", time=110)).status == 201
    grant = world.http("grant_policy", {"user": "carol", "policies": [FULL]}, id="3", time=120)
    assert world.invoke("grant_policy", grant).status == 200


def test_what_met_nobody_is_nothing_to_somebody_made_by_hand(world: World) -> None:
    """An offboard for a name that nobody had does not concern a user made by hand later."""
    offboard(world, "dora", time=10)
    world.add_user("dora")
    grant = world.http("grant_policy", {"user": "dora", "policies": [READ]}, id="1", time=60)
    assert world.invoke("grant_policy", grant).status == 200


@pytest.mark.parametrize("time", [50.0, 110.0])
def test_nothing_is_granted_to_an_offboarded_user(world: World, time: float) -> None:
    """409 over HTTP without a trace, parked for later on a queue, whichever of the two is newer."""
    created(world)
    offboard(world)
    event = world.http("grant_policy", {"user": "alice", "policies": [READ]}, id="1", time=time)
    before = set(world.cloud.cos.objects.data)
    answer = world.invoke("grant_policy", event)
    assert (answer.status, answer.body["code"]) == (409, "user_offboarded")
    assert "Retry-After" not in answer.headers
    new = set(world.cloud.cos.objects.data) - before
    assert not [key for key in new if not key.startswith("requests/")]
    envelope = world.envelope("grant_policy", {"user": "alice", "policies": [READ]}, id="2", time=time)
    assert world.invoke("grant_policy", world.kafka(envelope)).body["parked"] == 1
    assert world.cloud.cam.attached("alice") == []


@pytest.mark.parametrize("action", ["AttachUserPolicy", "CreateAccessKey", "PutObject"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_who_is_offboarded_while_it_is_made_is_closed(world: World, action: str, when: str) -> None:
    """Wherever the offboard comes in between: no working key, no login, no policy, no file; and deleted in the end."""
    close = world.http("offboard_user", {"user": "eve", "delete_after_days": 1}, id="o", time=50)
    world.at(
        lambda *_: world.invoke("offboard_user", close),
        action=action,
        call=3 if action == "PutObject" else 1,
        when=when,
    )
    event = world.http("create_user", {"user": "eve", "policies": [READ]}, id="c", time=0)
    answer = world.redeliver_until_answer("create_user", event)
    assert answer.body.get("code") == "user_offboarded", answer
    world.redeliver_until_answer("offboard_user", close)
    cam = world.cloud.cam
    assert {key.status for key in cam.keys_of("eve")} <= {"Inactive"}
    assert not cam.users["eve"].console_login
    assert cam.attached("eve") == []
    assert not [key for key in world.cloud.cos.objects.data if key.startswith("credentials/")]
    world.clock.advance(2 * DAY)
    sweep(world)
    assert "eve" not in cam.users


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
    """The rest in the next ones; somebody who cannot be deleted holds up nobody else, and no other duty."""
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
