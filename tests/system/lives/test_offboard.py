"""An offboard takes everything away, and its answer says so."""

from __future__ import annotations

import pytest
import requests

from local.cam.keys import make
from shared.clock import rfc3339
from tests.groups import put_into_group
from tests.system.lives.offboard_stories import DAY, WRITES, attach, created, offboard, sweep
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("times")


def test_everything_is_taken_away(world: World) -> None:
    """An offboard takes away keys first, then the login, the file and the policies; the answer says so, and what is
    left.
    """
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


def test_a_repetition_of_the_create_has_no_credentials_any_more(world: World) -> None:
    """After an offboard the repetition of a create is answered 410, because the file is destroyed."""
    created(world)
    offboard(world)
    again = world.http("create_user", {"user": "alice", "policies": [READ]}, id="create alice", time=0)
    answer = world.invoke("create_user", again)
    assert (answer.status, answer.body["code"]) == (410, "credentials_gone")


def test_at_once_once_more_is_unchanged(world: World) -> None:
    """A second offboard is unchanged even a moment after the create and the first one, while CAM still shows what was
    taken away.
    """
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
    """A second offboard takes away what somebody gave by hand after the first one, and says so."""
    created(world)
    offboard(world)
    world.clock.advance(60)
    attach(world, READ)
    make(world.cloud.cam, world.cloud.cam.users["alice"].uin, "by hand")
    told = offboard(world, time=110)
    assert (told["status"], told["policies"]) == ("offboarded", [{"name": READ, "outcome": "detached"}])
    assert told["keys_disabled"] == 1
    assert world.cloud.cam.attached("alice") == []


def test_an_older_one_changes_nothing(world: World) -> None:
    """An offboard that is older than a newer offboard or create changes nothing."""
    created(world)
    assert offboard(world, time=-10)["status"] == "superseded"
    assert world.cloud.cam.attached("alice") == [READ]
    assert offboard(world, time=100)["status"] == "offboarded"
    assert offboard(world, time=50)["status"] == "superseded"


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
    """A grant to an offboarded user is a 409 over HTTP without a trace, and parked for later on a queue, whichever of
    the two is newer.
    """
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
    """If an offboard comes in the middle of a create, there is no working key, login, policy or file, and the user is
    deleted in the end.
    """
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
