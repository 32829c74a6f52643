"""Helpers of tests about requests that nobody finishes and notifications that come late."""

from __future__ import annotations

import json
from typing import Any

from tests.system.delivery.stories import objects
from tests.world import READ, World


def letters(world: World) -> list[dict[str, Any]]:
    """The sweep's dead letters."""
    return [json.loads(body) for body in objects(world, "dead-letters/sweep/").values()]


def shut(world: World, user: str = "alice") -> bool:
    """Whether no key of the user is active, and console login closed."""
    state = world.end_state(user)
    assert state.user
    return not state.user.console_login and all(key.status == "Inactive" for key in state.keys)


def undelivered(world: World, **settings: str) -> None:
    """A create whose notification waits in the outbox."""
    world.env |= settings
    world.receiver.down = True
    event = world.http("create_user", {"user": "alice", "policies": [READ]}, id="1")
    assert world.invoke("create_user", event).status == 201
    world.receiver.down = False
    world.clock.advance(300)


def lose_file(world: World) -> None:
    """The bucket's lifecycle rule was quicker than the receiver."""
    for key in objects(world, "credentials/"):
        world.cloud.cos.delete(key)


def first_notifications(world: World) -> list[tuple[str, bool]]:
    """Each event that the receiver took for the first time: its type, and whether it had a link."""
    events = dict(world.receiver.taken)
    return [(event["type"].removeprefix("imaccess."), bool(event["data"]["credentials"])) for event in events.values()]
