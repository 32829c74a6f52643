"""A batch that was partly done goes on where it stopped, on simulated time: CAM answers in 40 ms, COS in 15 ms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.entrypoints.earlier_outcomes import WORKERS
from tests.guarantees.simulated import Simulation, simulation

READ = "QcloudIMReadOnlyAccess"


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    """A simulation."""
    yield from simulation(monkeypatch)


def grants(users: list[str], type_: str = "imaccess.policy.grant") -> dict[str, Any]:
    """A CKafka event with a grant for each of these, each an event of its own."""
    place = {"topic": "im-access", "partition": 0, "msgKey": "None"}
    shared = {"specversion": "1.0", "type": type_, "source": "/tests"}
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


SLOW = [
    ("grants", 30, 0.45, 6),
    ("grants", 30, 0.7, 9),
    ("grants", 3, 0.06, 8),
    ("grants", 5, 0.12, 14),
    ("creates", 30, 0.45, 8),
    ("creates", 60, 1.0, 9),
    ("creates", 3, 0.04, 6),
    ("one user's", 10, 0.2, 9),
    ("one user's", 3, 0.08, 12),
]


@pytest.mark.parametrize(("kind", "limit", "call", "most"), SLOW)
def test_a_slow_cloud_holds_no_batch_for_ever(sim: Simulation, kind: str, limit: float, call: float, most: int) -> None:
    """A cloud that does one thing after the other, so that a request takes much of the time limit by itself; each
    delivery meets an instance that knows nothing. Few deliveries finish nothing, since no requests share their time.
    """
    sim.notify()
    sim.serialise(call)
    users = ["alice"] * 12 if kind == "one user's" else [f"user-{n}" for n in range(12)]
    function, type_ = "grant_policy", "imaccess.policy.grant"
    if kind == "creates":
        function, type_ = "create_user", "imaccess.user.create"
    else:
        sim.add_users(sorted(set(users)))
    event, done = grants(users, type_), list[int]()
    while sim.invoke(function, event, limit=limit, instance=sim.another()).error:
        done.append(len(receipts(sim)))
        assert len(done) <= most, done
        sim.clock.sleep(60)
    assert len(receipts(sim)) == 12


def receipts(sim: Simulation) -> list[str]:
    """The requests that are finished."""
    found = sim.cloud.cos.objects.data.items()
    return [key for key, stored in found if key.endswith("-outcome.json") and b'"receipt"' in stored.body]


def test_a_note_saves_asking_for_each_message(sim: Simulation) -> None:
    """A delivery that ends unfinished leaves a note; the next one asks for few messages by name, and the batch's end
    takes the note away.
    """
    users = [f"user-{n}" for n in range(300)]
    sim.add_users(users)
    assert sim.invoke("grant_policy", grants(users), limit=20).error
    done = len(receipts(sim))
    assert done > 100
    sim.clock.sleep(60)
    sim.cloud.journal.clear()
    assert sim.invoke("grant_policy", grants(users), limit=30).returned
    replays = [call for call in sim.cloud.journal.calls("PutObject") if call.code == "FileAlreadyExists"]
    assert len(replays) <= 2 * WORKERS
    assert not [key for key in sim.cloud.cos.objects.data if key.startswith("batches/")]
