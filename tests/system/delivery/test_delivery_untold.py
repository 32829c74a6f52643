"""A notification that the receiver does not accept for three days becomes a dead letter, which is redriven; a user who
can get no credentials by then is closed.
"""

from __future__ import annotations

import pytest

from shared.entrypoints.redrive import redrive
from shared.event_sources.dead_letters import DeadLetter
from tests.guarantees.test_redrive import container
from tests.system.delivery.late_stories import first_notifications, letters, shut, undelivered
from tests.system.delivery.stories import HOUR, objects, swept
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("in_process")


def from_queue(world: World) -> None:
    """A create that nobody is answered."""
    world.receiver.down = True
    event = world.envelope("create_user", {"user": "alice", "policies": [READ]}, id="1")
    assert world.invoke("create_user", world.kafka(event)).body["applied"] == 1


def three_days(world: World) -> None:
    """The receiver is away for all of the time for which the outbox tries."""
    world.receiver.down = True
    for hours in (1, 70, 2):
        world.clock.advance(hours * HOUR)
        swept(world)
    assert [(letter["code"], letter["retry"]) for letter in letters(world)] == [("cloud_unavailable", True)]
    assert not objects(world, "outbox/")


def test_what_was_told_to_nobody_for_three_days_is_closed_and_tried_on(world: World) -> None:
    """Nobody can have the credentials of a create from a queue: they are disabled. Its letter is redriven: once the
    receiver is there the person gets fresh ones.
    """
    from_queue(world)
    world.clock.advance(2 * HOUR)
    assert not shut(world)
    three_days(world)
    assert shut(world)
    world.receiver.down = False
    world.clock.advance(2 * HOUR)
    assert swept(world) == {"replaced": 1}
    assert first_notifications(world) == [("user.created", False), ("credentials.reissued", True)]
    world.end_state("alice").assert_access()
    assert not letters(world)


@pytest.mark.parametrize("meanwhile", ["answered", "reissued"])
def test_who_may_have_credentials_keeps_them(world: World, meanwhile: str) -> None:
    """An answer over HTTP told its caller, or the user has got others since: what nobody was told of closes nothing."""
    if meanwhile == "answered":
        undelivered(world)
    else:
        from_queue(world)
        world.receiver.down = False
        world.clock.advance(60)
        reissue = world.http("reissue_credentials", {"user": "alice", "api_access": False}, id="2")
        assert world.redeliver_until_answer("reissue_credentials", reissue).status == 200
    three_days(world)
    assert not shut(world)


@pytest.mark.parametrize("by", ["sweep", "operator"])
def test_a_letter_of_the_outbox_is_done_again(world: World, by: str) -> None:
    """By the sweep within its pauses; or by a person, after which the sweep sends it as if it had just been told."""
    world.receiver.down = True
    world.add_user("bob")
    grant = world.http("grant_policy", {"user": "bob", "policies": [READ]}, id="1")
    assert world.invoke("grant_policy", grant).status == 200
    three_days(world)
    world.receiver.down = False
    if by == "operator":
        (letter,) = [DeadLetter.load(body) for body in objects(world, "dead-letters/").values()]
        assert redrive(letter, container(world)) == "applied"
    world.clock.advance(2 * HOUR)
    assert swept(world) == {"sent": 1}
    assert not letters(world)
    assert [event["type"] for _, event in world.receiver.taken] == ["imaccess.policy.granted"]
