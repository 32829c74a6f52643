"""What a reissue replaces, for whom, and for how long the old key works."""

from __future__ import annotations

from typing import Any

import pytest
import requests

import tests.events
from shared.clock import rfc3339
from tests.answers import Answer
from tests.world import READ, World

CREATE = {"user": "alice", "policies": [READ]}


@pytest.fixture(autouse=True)
def alice(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A user that was made a while ago; times of events are in seconds since then. The link to its credentials."""
    monkeypatch.setattr("tests.events.START", float(int(world.clock.now())))
    answer = world.invoke("create_user", world.http("create_user", CREATE, id="create", time=0))
    world.clock.advance(120)
    link: str = answer.body["credentials"]["url"]
    return link


def reissue(world: World, *, id: str = "1", user: str = "alice", **fields: Any) -> Answer:  # noqa: ANN401
    """The answer to a reissue."""
    event = world.http("reissue_credentials", {"user": user, **fields}, id=id, time=100)
    return world.invoke("reissue_credentials", event)


def test_what_was_lost_stops_working(world: World, alice: str) -> None:
    """One password, one key, one file; the file before is destroyed."""
    before = world.cloud.cam.keys_of("alice")[0].access_key_id
    answer = reissue(world, ticket="HELP-17")
    assert answer.status == 200
    told = answer.body
    assert (told["status"], told["overlap_until"]) == ("reissued", None)
    state = world.end_state("alice")
    state.assert_access()
    state.assert_link(told["credentials"]["url"])
    assert [key.access_key_id for key in state.keys] != [before]
    assert requests.get(alice, timeout=30).status_code == 404
    assert state.attached == [READ]
    event = state.notifications[-1][1]
    assert (event["type"], event["data"]["ticket"]) == ("imaccess.credentials.reissued", "HELP-17")
    assert world.invoke("create_user", world.http("create_user", CREATE, id="create", time=0)).status == 410


def test_the_key_of_a_create_of_a_moment_ago_goes_too(world: World) -> None:
    """Though CAM does not show it yet: it is looked for once it must be shown."""
    world.cloud.cam.lag = 5.0
    create = world.http("create_user", {"user": "bob", "policies": [READ]}, id="bob", time=90)
    assert world.invoke("create_user", create).status == 201
    event = world.http("reissue_credentials", {"user": "bob"}, id="bob", time=100)
    assert world.redeliver_until_answer("reissue_credentials", event).status == 200
    assert len(world.cloud.cam.keys_of("bob")) == 1


def test_an_overlap_ends(world: World) -> None:
    """The newest older key works until then, and the sweep deletes it."""
    (before,) = world.cloud.cam.keys_of("alice")
    told = reissue(world, overlap_hours=2).body
    assert told["overlap_until"] == rfc3339(int(tests.events.START) + 100 + 7200), "counted from the event's time"
    assert before in world.cloud.cam.keys_of("alice")
    assert len(world.cloud.cam.keys_of("alice")) == 2
    world.clock.advance(6900)
    runs = []
    for _ in range(3):
        runs.append(world.invoke("sweep", world.timer()).body["overlaps"]["done"])
        world.clock.advance(300)
    assert runs == [0, 1, 0]
    assert before.access_key_id not in [key.access_key_id for key in world.cloud.cam.keys_of("alice")]
    world.end_state("alice").assert_access()


def test_of_two_older_keys_the_newest_stays(world: World) -> None:
    """A user has two keys at most, so the other one goes at once."""
    reissue(world, overlap_hours=1)
    world.clock.advance(60)
    older = {key.access_key_id: key.created_at for key in world.cloud.cam.keys_of("alice")}
    reissue(world, id="2", overlap_hours=1)
    left = {key.access_key_id for key in world.cloud.cam.keys_of("alice")}
    assert left & set(older) == {max(older, key=lambda one: older[one])}
    assert len(left) == 2


@pytest.mark.parametrize(("half", "other"), [("console_login", "api_access"), ("api_access", "console_login")])
def test_the_other_half_is_left_as_it_is(world: World, half: str, other: str) -> None:
    """A reissue of the password alone leaves the keys, and one of the key alone leaves the password."""
    cam = world.cloud.cam
    password, keys = cam.users["alice"].password, [key.access_key_id for key in cam.keys_of("alice")]
    fields: Any = {other: False}
    answer = reissue(world, **fields)
    assert answer.status == 200
    assert bool(answer.body["login_url"]) is (half == "console_login")
    assert (cam.users["alice"].password == password) is (half == "api_access")
    assert ([key.access_key_id for key in cam.keys_of("alice")] == keys) is (half == "console_login")


def test_one_half_there_must_be(world: World) -> None:
    """A reissue of nothing is refused."""
    assert reissue(world, console_login=False, api_access=False).status == 400
    world.end_state("alice").assert_access()


def test_not_everybody_gets_new_credentials(world: World) -> None:
    """404 for nobody, 403 for whoever was made by hand or is protected, 409 for whoever is offboarded."""
    world.add_user("bob", READ)
    world.env["IM_ACCESS_PROTECTED_USERS"] = "root"
    for n, (user, status, code) in enumerate(
        (("carol", 404, "user_not_found"), ("bob", 403, "user_not_managed"), ("root", 403, "user_protected"))
    ):
        answer = reissue(world, id=f"x{n}", user=user)
        assert (answer.status, answer.body["code"]) == (status, code)
    world.invoke("offboard_user", world.http("offboard_user", {"user": "alice"}, id="o", time=100))
    answer = reissue(world)
    assert (answer.status, answer.body["code"]) == (409, "user_offboarded")
    assert not world.end_state("alice").files
    world.invoke("offboard_user", world.http("offboard_user", {"user": "bob"}, id="hand", time=100))
    answer = reissue(world, id="hand", user="bob")
    assert (answer.status, answer.body["code"]) == (403, "user_not_managed")


def test_whoever_is_still_being_made_waits(world: World) -> None:
    """A create that has not ended would deliver credentials that are dead already: the reissue comes again."""
    create = world.http("create_user", {"user": "eve", "policies": [READ]}, id="eve")
    world.kill(action="CreateAccessKey", when="after")
    world.invoke("create_user", create)
    world.clock.advance(36)
    answer = reissue(world, user="eve")
    assert (answer.status, answer.body["code"]) == (409, "in_progress")
    assert world.redeliver_until_answer("create_user", create).status == 201
    world.clock.advance(10)
    event = world.http("reissue_credentials", {"user": "eve"}, id="1", time=100)
    assert world.redeliver_until_answer("reissue_credentials", event).status == 200
    assert [key.status for key in world.end_state("eve").keys] == ["Active"]
