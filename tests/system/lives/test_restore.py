"""Whom a restore reopens, what is left of before, and what comes of the events around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import requests

from local.faults import Fault
from tests.answers import Answer
from tests.world import FULL, READ, World

DAY = 86_400.0


@pytest.fixture(autouse=True)
def left(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A user that was made and offboarded; times of events are in seconds since the create. The id of its old key."""
    monkeypatch.setattr("tests.events.START", float(int(world.clock.now())))
    create = {"user": "alice", "policies": [READ]}
    assert world.invoke("create_user", world.http("create_user", create, id="create", time=0)).status == 201
    world.clock.advance(120)
    offboard = world.http("offboard_user", {"user": "alice", "delete_after_days": 1}, id="leaves", time=100)
    assert world.invoke("offboard_user", offboard).status == 200
    world.clock.advance(120)
    return world.cloud.cam.keys_of("alice")[0].access_key_id


def restore(world: World, *, id: str = "back", user: str = "alice", time: float = 200, **fields: Any) -> Answer:  # noqa: ANN401
    """The answer to a restore."""
    return world.invoke("restore_user", world.http("restore_user", {"user": user, **fields}, id=id, time=time))


def test_who_comes_back_has_what_is_given_now(world: World, left: str) -> None:
    """A fresh password and key in one file, the policies of the command, and nothing of before."""
    password = world.cloud.cam.users["alice"].password
    answer = restore(world, policies=[FULL], ticket="HR-7", link_ttl=600)
    assert answer.status == 200, answer
    told, state = answer.body, world.end_state("alice")
    assert set(told) == {"request_id", "status", "user", "policies", "login_url", "credentials"}
    assert (told["status"], told["policies"]) == ("restored", [FULL])
    assert told["user"] == {"name": "alice", "uin": world.cloud.cam.users["alice"].uin}
    state.assert_access()
    state.assert_link(told["credentials"]["url"])
    assert left not in [key.access_key_id for key in state.keys]
    assert world.cloud.cam.users["alice"].password not in ("", password)
    assert state.attached == [FULL]
    [event] = [event for _, event in state.notifications if event["type"] == "imaccess.user.restored"]
    assert event["data"] | {"credentials": None} == told | {"credentials": None, "ticket": "HR-7"}
    assert not world.denied()


def test_a_repetition_gets_a_fresh_link_to_the_same_file(world: World) -> None:
    """A repetition of a restore gets a new link to the same file, as one of a create does."""
    first, again = restore(world), restore(world)
    assert again.body["replayed"] is True
    files = [requests.get(one.body["credentials"]["url"], timeout=30).content for one in (first, again)]
    assert files[0] == files[1]
    assert world.end_state("alice").attached == []


def test_the_deletion_is_cancelled(world: World) -> None:
    """Also where its time had come; and a later offboard orders its own."""
    world.clock.advance(2 * DAY)
    restore(world)
    world.clock.advance(600)
    assert world.invoke("sweep", world.timer()).body["deletions"] == {"done": 1, "failed": 0, "left": 0}
    assert "alice" in world.cloud.cam.users
    event = world.http("offboard_user", {"user": "alice", "delete_after_days": 0}, id="again", time=300)
    assert world.invoke("offboard_user", event).body["status"] == "offboarded"
    world.invoke("sweep", world.timer())
    assert "alice" not in world.cloud.cam.users


def test_a_deletion_and_a_restore_at_once(world: World) -> None:
    """Whoever comes second waits, or finds nothing left to do: a restored user is never deleted."""
    world.clock.advance(2 * DAY)
    came: list[Answer] = []
    world.at(lambda *_: came.append(restore(world)), action="DeleteAccessKey")
    world.invoke("sweep", world.timer())
    assert (came[0].status, came[0].body["code"], "Retry-After" in came[0].headers) == (409, "in_progress", True)
    assert restore(world).status == 404


def test_a_restore_in_the_middle_of_a_deletion_s_look(world: World) -> None:
    """A restore between a deletion's look and its turn wins, as the deletion looks again in its turn."""
    world.clock.advance(2 * DAY)
    world.at(lambda *_: restore(world), action="PutObject", when="before")
    world.invoke("sweep", world.timer())
    world.end_state("alice").assert_access()


@pytest.mark.parametrize(("half", "other"), [("console_login", "api_access"), ("api_access", "console_login")])
def test_one_half_alone(world: World, half: str, other: str) -> None:
    """The other one stays closed, and the old key is gone all the same."""
    cam = world.cloud.cam
    cam.users["alice"] = replace(cam.users["alice"], console_login=True)  # somebody opened it by hand
    fields: Any = {other: False}
    assert restore(world, **fields).status == 200
    world.end_state("alice").assert_access(console=half == "console_login", api=half == "api_access")


def test_not_everybody_is_restored(world: World) -> None:
    """404 for nobody, 403 for whoever was made by hand or is protected, 409 for whoever is not offboarded."""
    world.add_user("bob", READ)
    assert world.invoke("offboard_user", world.http("offboard_user", {"user": "bob"}, id="b")).status == 200
    create = world.http("create_user", {"user": "eve", "policies": [READ]}, id="e", time=0)
    assert world.invoke("create_user", create).status == 201
    world.env["IM_ACCESS_PROTECTED_USERS"] = "root"
    rows = (("carol", 404, "user_not_found"), ("bob", 403, "user_not_managed"), ("root", 403, "user_protected"))
    for n, (user, status, code) in enumerate((*rows, ("eve", 409, "user_active"))):
        before = {key for key in world.cloud.cos.objects.data if not key.startswith(("requests/", "turns/"))}
        answer = restore(world, id=f"x{n}", user=user, time=250)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert "Retry-After" not in answer.headers
        after = {key for key in world.cloud.cos.objects.data if not key.startswith(("requests/", "turns/"))}
        assert after == before
    assert restore(world, policies=["AdministratorAccess"]).status == 403
    assert restore(world, policies=[READ, READ]).status == 400
    assert restore(world, console_login=False, api_access=False).status == 400


def test_somebody_may_come_back_with_nothing(world: World) -> None:
    """No policy at all, said or not, and at most twenty."""
    for policies, status in (([f"p{n}" for n in range(21)], 400), ([""], 400), ([], 200)):
        answer = restore(world, id=f"with {len(policies)}", policies=policies)
        assert answer.status == status
    assert world.end_state("alice").attached == []


def test_an_older_one_changes_nothing(world: World, left: str) -> None:
    """200 `superseded`: nobody gets credentials, whether an offboard, a restore or the create is newer."""
    for n, time in enumerate((90, -400)):
        answer = restore(world, id=f"old{n}", time=time, policies=[READ])
        assert (answer.status, answer.body["status"], answer.body["credentials"]) == (200, "superseded", None)
        assert restore(world, id=f"old{n}", time=time, policies=[READ]).body["replayed"]
    assert [key.access_key_id for key in world.cloud.cam.keys_of("alice")] == [left]
    restore(world)
    assert restore(world, id="old", time=150).body["status"] == "superseded"
    assert restore(world, id="new", time=230).body["code"] == "user_active"


def test_a_grant_that_is_newer_counts_and_one_that_is_older_does_not(world: World) -> None:
    """Whatever happened before the restore gives nothing after it."""
    restore(world)
    for time, outcome in ((150, "superseded"), (210, "attached")):
        grant = world.http("grant_policy", {"user": "alice", "policies": [FULL]}, id=f"g{time}", time=time)
        assert world.invoke("grant_policy", grant).body["policies"] == [{"name": FULL, "outcome": outcome}]


def test_one_that_comes_too_early_waits_as_a_letter(world: World) -> None:
    """From a queue: the sweep tries it again, and after its offboard it is done."""
    create = {"user": "eve", "policies": [READ]}
    world.invoke("create_user", world.http("create_user", create, id="e", time=0))
    world.clock.advance(60)
    early = world.kafka(world.envelope("restore_user", {"user": "eve"}, id="early", time=250))
    assert world.invoke("restore_user", early).body["parked"] == 1
    offboard = world.http("offboard_user", {"user": "eve"}, id="o", time=240)
    assert world.invoke("offboard_user", offboard).body["status"] == "offboarded"
    world.clock.advance(120)
    assert world.invoke("sweep", world.timer()).body["letters"]["done"] == 1
    world.end_state("eve").assert_access()


def test_from_a_queue_somebody_has_to_be_told(world: World) -> None:
    """A restore from a queue makes nothing where neither a receiver nor a mail would carry the link."""
    del world.env["IM_ACCESS_NOTIFY_URL"]
    message = world.kafka(world.envelope("restore_user", {"user": "alice"}, id="q", time=200))
    assert world.invoke("restore_user", message).body["parked"] == 1
    assert not world.end_state("alice").files


def test_a_create_that_is_still_open_closes_nobody_who_came_back(world: World) -> None:
    """A create that died, was offboarded, and is delivered again after the restore leaves the restored user alone."""
    create = world.http("create_user", {"user": "eve", "policies": [READ]}, id="e", time=0)
    world.kill(action="CreateAccessKey", when="after")
    world.invoke("create_user", create)
    world.clock.advance(36)
    offboard = world.http("offboard_user", {"user": "eve"}, id="o", time=100)
    assert world.redeliver_until_answer("offboard_user", offboard).body["status"] == "offboarded"
    early = restore(world, user="eve")
    assert (early.status, early.body["code"], "Retry-After" in early.headers) == (409, "in_progress", True)
    assert world.redeliver_until_answer("create_user", create).body["code"] == "user_offboarded"
    back = world.http("restore_user", {"user": "eve"}, id="back", time=200)
    assert world.redeliver_until_answer("restore_user", back).status == 200
    world.clock.advance(60)
    assert world.redeliver_until_answer("create_user", create).body["code"] == "user_offboarded"
    world.end_state("eve").assert_access()


def test_a_boundary_is_set_anew(world: World) -> None:
    """A restored user gets the permissions boundary of the present setting."""
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = FULL
    world.cloud.faults.on("PutUserPermissionsBoundary", do=Fault.INTERNAL_AFTER, times=1)
    back = world.http("restore_user", {"user": "alice"}, id="back", time=200)
    assert world.redeliver_until_answer("restore_user", back).status == 200
    uin = world.cloud.cam.users["alice"].uin
    assert world.cloud.cam.boundaries == {uin: world.cloud.cam.policy_id(FULL)}


@pytest.mark.parametrize("function", ["restore_user", "reissue_credentials"])
def test_credentials_that_reach_nobody_are_disabled(world: World, function: str) -> None:
    """A restore or a reissue that died, and of which nobody can be told any more: no key works that nobody has; who was
    reopened is closed again, and goes on when its sender comes back.
    """
    if function == "reissue_credentials":
        restore(world, api_access=False)
    event = world.http(function, {"user": "alice"}, id="dies", time=230)
    world.kill(action="CreateAccessKey", when="after")
    assert world.invoke(function, event).killed
    del world.env["IM_ACCESS_NOTIFY_URL"]
    world.clock.advance(3600)
    assert world.invoke("sweep", world.timer()).body["requests"]["done"] == 1
    state = world.end_state("alice")
    assert [key.status for key in state.keys] == ["Inactive"]
    assert state.user is not None
    assert state.user.console_login is (function == "reissue_credentials")
    assert world.redeliver_until_answer(function, event).status == 200
    world.end_state("alice").assert_access()
