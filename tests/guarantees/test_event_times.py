"""An event's time: a fast clock outranks nothing that comes after it, and another unit is not believed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.events import START
from tests.world import FULL, READ, World


def event(world: World, function: str, id: str, time: float | str | None) -> dict[str, Any]:
    """A command for alice, dated so many seconds from now, or with this text as its time."""
    command = {"user": "alice", "policies": [READ]}
    ahead = None if time is None or isinstance(time, str) else world.clock.now() - START + time
    found = world.envelope(function, command, id=id, time=ahead)
    return found | {"time": time} if isinstance(time, str) else found


@pytest.mark.parametrize("ahead", [1.0, 290.0, 299.0])
@pytest.mark.parametrize("later", [None, 0.0])
def test_a_fast_clock_beats_nothing_that_comes_later(world: World, ahead: float, later: float | None) -> None:
    """A grant dated ahead counts from its first receipt, also when it comes again; a revoke after it takes effect."""
    world.add_user("alice")
    grant = world.kafka(event(world, "grant_policy", "1", ahead))
    assert world.invoke("grant_policy", grant).body["applied"] == 1
    world.clock.advance(2)
    assert world.invoke("revoke_policy", world.kafka(event(world, "revoke_policy", "2", later))).body["applied"] == 1
    assert world.cloud.cam.attached("alice") == []
    assert world.invoke("grant_policy", grant).body["replayed"] == 1
    assert world.cloud.cam.attached("alice") == []


def test_a_bus_time_in_seconds_changes_nothing(world: World) -> None:
    """It is refused and parked: taken for milliseconds it would be 1970, and the leaver would keep access."""
    world.add_user("alice", READ)
    seconds = event(world, "revoke_policy", "1", str(int(world.clock.now()))) | {"specversion": "1.0.2"}
    assert world.invoke("revoke_policy", seconds).body["parked"] == 1
    millis = event(world, "revoke_policy", "2", str(int(world.clock.now() * 1000))) | {"specversion": "1.0.2"}
    assert world.invoke("revoke_policy", millis).body["applied"] == 1
    assert world.cloud.cam.attached("alice") == []


def test_policies_are_a_set(world: World) -> None:
    """The same request with its policies in another order is the same request, over HTTP and on a queue."""
    world.add_user("alice")
    orders = [[READ, FULL], [FULL, READ]]
    told = [world.http("grant_policy", {"user": "alice", "policies": order}, id="1") for order in orders]
    assert [world.invoke("grant_policy", one).body.get("replayed") for one in told] == [None, True]
    batch = [world.envelope("grant_policy", {"user": "alice", "policies": order}, id="2") for order in orders]
    assert world.invoke("grant_policy", world.kafka(*batch)).body["replayed"] == 1
