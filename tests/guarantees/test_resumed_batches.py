"""A batch that was partly done goes on where it stopped, on simulated time: CAM answers in 40 ms, COS in 15 ms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.guarantees.simulated import Simulation, simulation

READ = "QcloudIMReadOnlyAccess"


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    """A simulation."""
    yield from simulation(monkeypatch)


def grants(users: list[str]) -> dict[str, Any]:
    """A CKafka event with a grant for each of these, each an event of its own."""
    place = {"topic": "im-access", "partition": 0, "msgKey": "None"}
    shared = {"specversion": "1.0", "type": "imaccess.policy.grant", "source": "/tests"}
    bodies = [shared | {"id": str(n), "data": {"user": user, "policies": [READ]}} for n, user in enumerate(users)]
    return {"Records": [{"Ckafka": {**place, "offset": n, "msgBody": json.dumps(b)}} for n, b in enumerate(bodies)]}


def deliver(sim: Simulation, event: dict[str, Any], limit: float, most: int) -> tuple[int, dict[str, int]]:
    """Deliver the batch until it succeeds, once a minute: how often that was, and what the last one returned."""
    for n in range(1, most + 1):
        run = sim.invoke("grant_policy", event, limit=limit)
        assert run.seconds <= limit
        if run.returned:
            return n, run.returned
        sim.clock.sleep(60)
    raise AssertionError(f"not done after {most} deliveries: {run.error}")


@pytest.mark.parametrize(("messages", "limit", "most"), [(400, 30, 6), (50, 5, 6), (50, 3, 12)])
def test_one_users_messages_end(sim: Simulation, messages: int, limit: float, most: int) -> None:
    """What is done costs next to nothing, so that each delivery does nearly as many new ones as the first did."""
    sim.add_users(["alice"])
    _, last = deliver(sim, grants(["alice"] * messages), limit, most)
    assert last["applied"] + last["replayed"] == messages
    assert sim.cloud.cam.attached("alice") == [READ]


@pytest.mark.parametrize(("messages", "limit", "most"), [(200, 30, 6), (50, 5, 6), (50, 3, 12)])
def test_one_users_dead_letters_end(sim: Simulation, messages: int, limit: float, most: int) -> None:
    """What is parked is done, too: it is counted, and neither tried nor written again."""
    _, last = deliver(sim, grants(["nobody"] * messages), limit, most)
    assert last["parked"] == messages
    written = [call for call in sim.cloud.journal.calls("PutObject") if call.target.startswith("dead-letters/")]
    assert len({call.target for call in written if not call.code}) == messages


@pytest.mark.parametrize(("users", "limit", "most"), [(400, 30, 3), (100, 3, 8)])
def test_many_users_messages_end(sim: Simulation, users: int, limit: float, most: int) -> None:
    """The same where each is another user's: what remains is the pace of the quota, 10 a second."""
    names = [f"user-{n}" for n in range(users)]
    sim.add_users(names)
    deliver(sim, grants(names), limit, most)
    assert all(sim.cloud.cam.attached(name) == [READ] for name in names)
