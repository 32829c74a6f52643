"""Notifications that are sent late: their link works, or the person gets new credentials."""

from __future__ import annotations

import pytest

from shared.clock import parse_rfc3339
from tests.system.delivery.late_stories import first_notifications, letters, lose_file, shut, undelivered
from tests.system.delivery.stories import HOUR, objects, swept
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("in_process")

AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
NEVER_TOLD = "credentials_gone"


def test_a_late_notification_has_a_link_that_works(world: World) -> None:
    """A notification that is sent late, while the file is there, has a link that works."""
    undelivered(world)
    assert swept(world) == {"sent": 1}
    assert len(world.end_state("alice").notifications) == 1


def test_no_dead_link_is_told(world: World) -> None:
    """The file is gone: the person gets fresh credentials, in one file, and what was lost works no more."""
    undelivered(world)
    (lost,) = world.end_state("alice").keys
    lose_file(world)
    assert swept(world) == {"replaced": 1}
    assert first_notifications(world) == [("user.created", False), ("credentials.reissued", True)]
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
    assert first_notifications(world) == [("user.created", False), ("credentials.reissued", True)]
    assert len(objects(world, "credentials/")) == 1
    world.end_state("alice").assert_access()


def test_a_link_that_ends_at_once_is_not_sent(world: World) -> None:
    """The sweep's own credentials have three minutes left: it is sent a moment later, and lives for all of its time."""
    undelivered(world, IM_ACCESS_CREDENTIAL_LIFETIME="180")
    assert swept(world) == {}
    assert first_notifications(world) == []
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
    assert first_notifications(world) == [("user.created", False)]
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
