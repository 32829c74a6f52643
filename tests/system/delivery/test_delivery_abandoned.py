"""Requests whose sender never comes back: finished and told of, or closed, so that no active key is nobody's."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from local.faults import Fault
from shared.clock import parse_rfc3339
from tests.system.delivery.stories import HOUR, objects, swept
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

QUARTER = 900.0
DAY = 24 * HOUR
AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
NEVER_TOLD = "credentials_gone"


def killed(world: World, action: str = "CreateAccessKey", *, call: int = 1, user: str = "alice") -> dict[str, Any]:
    """A create that dies at an action, by default with an active key that nobody has; its event."""
    event = world.http("create_user", {"user": user, "policies": [READ]}, id=f"create {user}")
    world.kill(action=action, call=call, when="after")
    assert world.invoke("create_user", event).killed
    return event


def letters(world: World) -> list[dict[str, Any]]:
    """The sweep's dead letters."""
    return [json.loads(body) for body in objects(world, "dead-letters/sweep/").values()]


def shut(world: World, user: str = "alice") -> bool:
    """Whether no key of the user is active, and console login closed."""
    state = world.end_state(user)
    assert state.user
    return not state.user.console_login and all(key.status == "Inactive" for key in state.keys)


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


def undelivered(world: World, **settings: str) -> None:
    """A create whose notification waits in the outbox."""
    world.env |= settings
    world.receiver.down = True
    event = world.http("create_user", {"user": "alice", "policies": [READ]}, id="1")
    assert world.invoke("create_user", event).status == 201
    world.receiver.down = False
    world.clock.advance(300)


def test_a_late_notification_has_a_link_that_works(world: World) -> None:
    """A notification that is sent late, while the file is there, has a link that works."""
    undelivered(world)
    assert swept(world) == {"sent": 1}
    assert len(world.end_state("alice").notifications) == 1


def lose_file(world: World) -> None:
    """The bucket's lifecycle rule was quicker than the receiver."""
    for key in objects(world, "credentials/"):
        world.cloud.cos.delete(key)


def told(world: World) -> list[tuple[str, bool]]:
    """Each event that the receiver took for the first time: its type, and whether it had a link."""
    events = dict(world.receiver.taken)
    return [(event["type"].removeprefix("imaccess."), bool(event["data"]["credentials"])) for event in events.values()]


def test_no_dead_link_is_told(world: World) -> None:
    """The file is gone: the person gets fresh credentials, in one file, and what was lost works no more."""
    undelivered(world)
    (lost,) = world.end_state("alice").keys
    lose_file(world)
    assert swept(world) == {"replaced": 1}
    assert told(world) == [("user.created", False), ("credentials.reissued", True)]
    state = world.end_state("alice")
    state.assert_access()
    assert [key.access_key_id for key in state.keys] != [lost.access_key_id]
    assert not letters(world)
    assert not objects(world, "outbox/") | objects(world, "open/")
    assert swept(world) == {}


def test_a_file_that_goes_before_its_link_is_replaced(world: World) -> None:
    """The file is there still, but the bucket's rule may delete it before a link of an hour ends."""
    undelivered(world, IM_ACCESS_LINK_TTL="3600")
    world.clock.advance(22 * HOUR)
    world.receiver.down = True
    assert swept(world) == {}
    world.receiver.down = False
    world.clock.advance(HOUR)
    assert swept(world) == {"replaced": 1}
    assert told(world) == [("user.created", False), ("credentials.reissued", True)]
    assert len(objects(world, "credentials/")) == 1
    world.end_state("alice").assert_access()


def test_a_link_that_ends_at_once_is_not_sent(world: World) -> None:
    """The sweep's own credentials have three minutes left: it is sent a moment later, and lives for all of its time."""
    undelivered(world, IM_ACCESS_CREDENTIAL_LIFETIME="180")
    assert swept(world) == {}
    assert told(world) == []
    del world.env["IM_ACCESS_CREDENTIAL_LIFETIME"]
    world.clock.advance(600)
    assert swept(world) == {"sent": 1}
    (event,) = (event for _, event in world.receiver.taken)
    assert parse_rfc3339(event["data"]["credentials"]["expires_at"]) - world.clock.now() > 3590


def test_what_was_closed_before_anybody_knew_is_replaced(claims: World) -> None:
    """The sweep closes what nobody picks up; where the receiver was down all the while, nobody could: fresh ones."""
    undelivered(claims, IM_ACCESS_SWEEP="enforce", IM_ACCESS_UNCLAIMED_HOURS="2")
    claims.receiver.down = True
    for _ in range(9):
        claims.clock.advance(2 * HOUR)
        swept(claims)
    assert shut(claims)
    assert not objects(claims, "credentials/")
    claims.receiver.down = False
    claims.clock.advance(HOUR)
    assert swept(claims)["replaced"] == 1
    (event,) = [event for _, event in claims.receiver.taken if event["type"] == "imaccess.credentials.reissued"]
    assert event["data"]["credentials"]
    assert not shut(claims)


def test_fresh_credentials_are_what_was_asked_for(world: World) -> None:
    """Without console login, for the same key and with a link that lives as long."""
    world.receiver.down = True
    command = {"user": "alice", "policies": [READ], "console_login": False, "encrypt_to": AGE, "link_ttl": 600}
    world.invoke("create_user", world.http("create_user", command, id="1"))
    world.receiver.down = False
    world.clock.advance(300)
    lose_file(world)
    assert swept(world) == {"replaced": 1}
    (file,) = objects(world, "credentials/")
    assert file.endswith(".age")
    assert world.cloud.cam.users["alice"].console_login is False
    (event,) = [event for _, event in world.receiver.taken if event["data"]["credentials"]]
    ends = parse_rfc3339(event["data"]["credentials"]["expires_at"])
    assert 590 <= ends - world.clock.now() <= 600


@pytest.mark.parametrize("meanwhile", ["offboarded", "deleted", "reissued"])
def test_who_needs_nothing_gets_nothing(world: World, meanwhile: str) -> None:
    """Somebody offboarded or deleted, or who has got others meanwhile: the event is told without a link, no more."""
    undelivered(world)
    if meanwhile == "reissued":
        world.invoke("reissue_credentials", world.http("reissue_credentials", {"user": "alice"}, id="2"))
    elif meanwhile == "offboarded":
        lose_file(world)
        world.invoke("offboard_user", world.http("offboard_user", {"user": "alice"}, id="2"))
    else:
        lose_file(world)
        del world.cloud.cam.users["alice"]
        world.clock.advance(60)
    before = world.end_state("alice") if meanwhile != "deleted" else None
    world.receiver.taken.clear()
    assert swept(world) == {"outdated": 1}
    assert told(world) == [("user.created", False)]
    assert not letters(world)
    assert before is None or [key.access_key_id for key in world.end_state("alice").keys] == [
        key.access_key_id for key in before.keys
    ]


def test_a_receiver_that_stays_away_costs_no_endless_reissues(world: World) -> None:
    """While nobody listens nothing is replaced; where somebody listens to all but the links, three times at most: then
    they are disabled, and a letter says so.
    """
    undelivered(world)
    lose_file(world)
    world.receiver.down = True
    for _ in range(20):
        swept(world)
        world.clock.advance(2 * HOUR)
    assert len(world.cloud.journal.calls("CreateAccessKey")) == 1
    world.receiver.down = False
    world.receiver.refuses = lambda event: bool(event["data"]["credentials"])
    for _ in range(80):
        world.clock.advance(4 * HOUR)
        lose_file(world)
        swept(world)
    assert len(world.cloud.journal.calls("CreateAccessKey")) == 1 + 3
    assert [(letter["code"], letter["retry"]) for letter in letters(world)] == [(NEVER_TOLD, False)]
    assert not objects(world, "outbox/")
    assert not [key for key in world.end_state("alice").keys if key.status == "Active"]


def test_a_file_that_was_picked_up_needs_no_link(claims: World) -> None:
    """Somebody has it by another link: the organisation is told of the user, and nothing is disabled."""
    claims.receiver.down = True
    event = claims.http("create_user", {"user": "alice", "policies": [READ]}, id="1")
    link = claims.invoke("create_user", event).body["credentials"]["url"]
    assert claims.invoke("claim_credentials", claims.visit("POST", link)).status == 303
    claims.receiver.down = False
    claims.clock.advance(300)
    assert swept(claims)["sent"] == 1
    (told,) = [event["data"] for _, event in claims.receiver.taken if event["type"] == "imaccess.user.created"]
    assert told["credentials"] is None
    assert not shut(claims)
