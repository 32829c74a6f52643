"""Requests whose sender never comes back are finished and notified, or closed, so that no active key is without an
owner.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from local.faults import Fault
from tests.system.delivery.late_stories import letters, shut
from tests.system.delivery.stories import HOUR, objects, swept
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

QUARTER = 900.0
DAY = 24 * HOUR
NEVER_TOLD = "credentials_gone"


class Panic(BaseException):
    """As a native library raises it: no Exception."""


def killed(world: World, action: str = "CreateAccessKey", *, call: int = 1, user: str = "alice") -> dict[str, Any]:
    """A create that dies at an action, by default with an active key that nobody has; its event."""
    event = world.http("create_user", {"user": user, "policies": [READ]}, id=f"create {user}")
    world.kill(action=action, call=call, when="after")
    assert world.invoke("create_user", event).killed
    return event


@pytest.mark.parametrize("action", ["AddUser", "CreateAccessKey", "Notify"])
def test_an_abandoned_create_is_finished_and_told(world: World, action: str) -> None:
    """Fifteen minutes after its last attempt; not before. One key, one file, one event; and then nothing is left."""
    killed(world, action)
    world.clock.advance(35 + QUARTER - 60)
    assert swept(world) == {}
    world.clock.advance(120)
    assert sum(swept(world).values()) == 1
    state = world.end_state("alice")
    assert [key.status for key in state.keys] == ["Active"]
    assert len(state.files) == 1
    assert {event["type"] for _, event in state.notifications} == {"imaccess.user.created"}
    assert not objects(world, "open/")
    assert swept(world) == {}


def test_who_comes_back_gets_what_the_sweep_has_finished(world: World) -> None:
    """A repetition is answered with the same user and a link to the same file."""
    event = killed(world)
    world.clock.advance(35 + QUARTER + 60)
    assert swept(world) == {"finished": 1}
    answer = world.invoke("create_user", event)
    assert (answer.status, answer.body["replayed"]) == (200, True)


@pytest.mark.parametrize("function", ["grant_policy", "revoke_policy"])
def test_a_change_is_finished_too(world: World, function: str) -> None:
    """A grant or revoke that died after its record takes effect and is told."""
    world.add_user("alice", READ)
    policy = FULL if function == "grant_policy" else READ
    world.kill(action="PutObject", call=3, when="after")
    assert world.invoke(function, world.http(function, {"user": "alice", "policies": [policy]}, id="1")).killed
    world.clock.advance(35 + QUARTER + 60)
    assert swept(world) == {"finished": 1}
    assert world.end_state("alice").attached == ([FULL, READ] if function == "grant_policy" else [])
    assert len(world.end_state("alice").notifications) == 1


@pytest.mark.parametrize("function", ["create_user", "offboard_user", "restore_user", "reissue_credentials"])
def test_who_died_right_after_its_lease_is_found(world: World, function: str) -> None:
    """Before its note in `open/`: by its records, after the same quarter of an hour; then nothing is left to find."""
    create = {"user": "alice", "policies": [READ]}
    if function != "create_user":
        assert world.invoke("create_user", world.http("create_user", create, id="joins")).status == 201
    if function == "restore_user":
        assert world.invoke("offboard_user", world.http("offboard_user", {"user": "alice"}, id="leaves")).status == 200
    world.clock.advance(60)
    told = len(world.receiver.taken)
    world.kill(action="PutObject", call=1, when="after")
    command = create if function == "create_user" else {"user": "alice"}
    assert world.invoke(function, world.http(function, command, id="dies")).killed
    assert not objects(world, "open/")
    world.clock.advance(35 + QUARTER - 60)
    assert swept(world) == {}
    world.clock.advance(120)
    assert swept(world) == {"finished": 1}
    assert len(world.receiver.taken) == told + 1
    assert not objects(world, "open/")
    world.clock.advance(HOUR)
    assert swept(world) == {}


def test_a_create_that_can_never_succeed_is_closed(world: World) -> None:
    """The allow-list was shortened: what it made is disabled, its file is gone, and a letter says why."""
    killed(world, "PutObject", call=5)
    assert objects(world, "credentials/")
    world.env["IM_ACCESS_POLICIES"] = FULL
    world.clock.advance(35 + QUARTER + 60)
    assert swept(world) == {"closed": 1}
    assert shut(world)
    assert not objects(world, "credentials/") | objects(world, "open/")
    assert [(letter["code"], letter["retry"]) for letter in letters(world)] == [("policy_not_allowed", False)]
    assert swept(world) == {}


def test_without_anybody_to_tell_a_create_is_closed_and_goes_on_when_its_sender_comes(world: World) -> None:
    """No receiver: nobody would get the credentials; whoever comes back gets fresh ones."""
    event = killed(world)
    del world.env["IM_ACCESS_NOTIFY_URL"]
    world.clock.advance(35 + QUARTER + 60)
    assert swept(world) == {"closed": 1}
    assert shut(world)
    assert [letter["code"] for letter in letters(world)] == [NEVER_TOLD]
    assert world.invoke("create_user", event).status == 201
    assert [key.status for key in world.end_state("alice").keys] == ["Active"]


def test_what_somebody_has_put_right_is_left(world: World) -> None:
    """A key that an administrator made stays, and with it the login; the request's own is disabled."""
    killed(world)
    own = {key.access_key_id for key in world.end_state("alice").keys}
    cam = world.cloud.cam
    uin = cam.users["alice"].uin
    made = next(iter(cam.keys.values()))
    cam.keys["AKIDhand"] = replace(made, access_key_id="AKIDhand", description="by hand")
    assert made.uin == uin
    world.clock.advance(35 + QUARTER + 60)
    assert swept(world) == {"closed": 1}
    assert [letter["code"] for letter in letters(world)] == ["keys_not_own"]
    state = world.end_state("alice")
    assert {key.access_key_id: key.status for key in state.keys} == dict.fromkeys(own, "Inactive") | {
        "AKIDhand": "Active"
    }
    assert state.user
    assert state.user.console_login


def test_it_is_tried_for_a_week_with_growing_pauses(world: World) -> None:
    """A cloud error that lasts: from a quarter to an hour apart; after seven days disabled, with a letter."""
    killed(world)
    world.cloud.faults.on("DeleteAccessKey", nth=None, do=Fault.CODE, code="FailedOperation.Odd")
    tries: list[float] = []
    begun = world.clock.now()
    while not letters(world):
        before = len(world.cloud.journal.calls("DeleteAccessKey"))
        swept(world)
        if len(world.cloud.journal.calls("DeleteAccessKey")) > before:
            tries.append(world.clock.now() - begun)
        world.clock.advance(300 if len(tries) < 6 else HOUR)
        assert world.clock.now() - begun < 8 * DAY
    pauses = [after - before for before, after in pairwise(tries)]
    assert QUARTER <= min(pauses) <= 2 * QUARTER
    # The clock of the test has no exact seconds.
    assert [round(one) for one in pauses[:4]] == sorted(round(one) for one in pauses[:4])
    assert max(pauses) <= 2 * HOUR
    assert tries[-1] >= 7 * DAY
    assert shut(world)
    assert [letter["code"] for letter in letters(world)] == ["cloud_error"]
    assert not objects(world, "open/")


def test_a_record_of_another_version_is_left_as_it_is(world: World) -> None:
    """Neither done nor deleted, and the request behind it is done all the same."""
    killed(world)
    killed(world, user="bob")
    (key,) = [key for key, body in objects(world, "requests/").items() if b'"alice"' in body]
    body = objects(world)[key].replace(b'"v":1', b'"v":9')
    world.cloud.cos.put(key, body, {}, False)
    world.clock.advance(8 * DAY)
    answer = world.invoke("sweep", world.timer())
    assert answer.body["requests"] == {"done": 1, "failed": 1, "left": 0}
    assert objects(world)[key] == body
    assert len(objects(world, "open/")) == 1


def test_a_note_without_any_lease_goes_after_a_week(world: World) -> None:
    """A note without any lease is deleted after a week; until then the store may be slow to show the lease."""
    world.cloud.cos.put("open/" + "0" * 64 + ".json", b'{"v":1}', {}, False)
    world.clock.advance(DAY)
    assert world.invoke("sweep", world.timer()).body["requests"] == {"done": 0, "failed": 1, "left": 0}
    world.clock.advance(7 * DAY)
    assert swept(world) == {"closed": 1}
    assert not objects(world, "open/")


@pytest.mark.parametrize("error", [KeyError, Panic])
def test_what_nobody_foresaw_leaves_no_key_without_an_owner(
    world: World, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """An attempt that always breaks is closed after a week like any other that fails, with a dead letter."""
    killed(world)

    def broken() -> None:
        raise error

    monkeypatch.setattr("shared.use_cases.create_user.new_password", broken)
    world.clock.advance(HOUR)
    assert swept(world) == {}
    assert not shut(world)
    world.clock.advance(8 * DAY)
    assert swept(world) == {"closed": 1}
    assert shut(world)
    assert [letter["code"] for letter in letters(world)] == ["internal_error"]
    assert not objects(world, "open/")
