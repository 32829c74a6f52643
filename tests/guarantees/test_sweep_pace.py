"""What a sweep costs where nothing is due, and how it goes on where much is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.cam.keys import make
from shared.credentials.pick_up_records import Opening, PickUpLink, digest, opening_key
from shared.idempotency.stored_attempts import dump
from tests.guarantees import simulated
from tests.guarantees.simulated import Simulation, batch
from tests.world import READ

HOUR = 3600.0
USERS = 10_000
NOTHING = {"done": 0, "failed": 0, "left": 0}
LOOKED_AT = (
    *("sweep/", "dead-letters/", "claims/", "outbox/", "open/", "credentials/", "housekeeping/", "unclaimed/"),
    *("deletions/", "overlaps/", "untils/", "offboarded/", "people/", "rules/", "inbox/", "scim/now/due/"),
    *("attempts/", "batches/", "requests/"),
)
"""Of the last ones a few pages in each run."""


@pytest.fixture
def simulation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    """The local cloud on simulated time, with the latency of the real one."""
    yield from simulated.simulation(monkeypatch)


def put(world: Simulation, key: str, body: bytes = b"{}") -> None:
    """An object of this moment."""
    world.cloud.cos.put(key, body, {}, False)


def handed_out(world: Simulation, n: int, *, opened: bool) -> None:
    """A file of this moment with a link of an hour."""
    now, file = int(world.clock.now()), f"credentials/{n:05}-1.csv"
    link = PickUpLink(digest(f"token {n}"), file, f"user{n}", n, f"req_{n}", now, now + 3600)
    put(world, link.key, link.dump())
    if opened:
        put(world, opening_key(file), Opening("person", "2026-01-02T03:04:05Z", "203.0.113.7", "n").dump())
    else:
        put(world, file)


def sweep(world: Simulation, *, limit: float = 300) -> tuple[dict[str, Any], float]:
    """What a sweep returned, and the seconds that it took."""
    event = {"Type": "Timer", "TriggerName": "sweep", "Time": "2026-01-02T03:00:00Z", "Message": ""}
    run = world.invoke("sweep", event, limit=limit)
    assert run.error is None
    assert run.returned is not None
    return dict(run.returned), run.seconds


def test_ten_thousand_users_of_whom_nothing_is_due_cost_little(simulation: Simulation) -> None:
    """At most 50 calls and 5 seconds are promised; 45 calls are made, since what grows with the users is not looked
    through: neither in the first run nor in the next ones, which go on where it stopped.
    """
    for n in range(USERS):
        key = digest(f"request {n}")
        put(simulation, f"requests/{key}/99999998-lease.json")
        put(simulation, f"requests/{key}/99999998-outcome.json")
        put(simulation, f"ledger/{100_000_000_000 + n}/{key}.json")
        put(simulation, f"lives/user{n}/life-{key}.json")
        put(simulation, opening_key(f"credentials/{key}-1.csv"))
    closed = [f"left{n}" for n in range(100)]
    simulation.add_users(closed)
    for n, name in enumerate(closed):
        put(simulation, f"offboarded/{simulation.cloud.cam.users[name].uin}-{name}.json")
        put(simulation, f"deletions/{1_900_000_000 + n:011}-{n}.json")
    for n in range(2000):
        put(simulation, f"untils/{1_900_000_000 + n:011}-life-{digest(str(n))}.json")
    simulation.clock.sleep(1000 * HOUR)
    for n in range(USERS):
        handed_out(simulation, n, opened=n % 4 > 0)
    for n in range(100):
        put(simulation, f"open/{digest(str(n))}.json", dump({"function": "create_user"}))
    for _ in range(3):
        simulation.clock.sleep(250)
        before = len(simulation.cloud.journal)
        counts, seconds = sweep(simulation)
        calls = simulation.cloud.journal[before:]
        assert {"unclaimed", "tidy", "until", "by_hand", "drift"} <= set(counts)
        assert all(one == NOTHING for one in counts.values())
        assert len([call for call in calls if call.action == "GetUser"]) == 6, "a few who are closed are looked at"
        assert len(calls) <= 46
        assert seconds <= 5
        listed = {call.target for call in calls if call.action == "ListObjects"}
        assert {target for target in listed if not target.startswith(LOOKED_AT)} == set()


def test_many_unclaimed_files_are_worked_off_over_runs(simulation: Simulation) -> None:
    """Each run does what it has time for, none twice, and what else is due is done in the first."""
    simulation.env |= {"IM_ACCESS_SWEEP_LIMIT": "10000"}
    many = 800
    for n in range(many):
        handed_out(simulation, n, opened=False)
    put(simulation, "credentials/orphan-1.csv")
    simulation.clock.sleep(73 * HOUR)
    done, runs = 0, 0
    while done < many:
        counts, seconds = sweep(simulation, limit=12)
        assert seconds < 12
        assert counts["unclaimed"]["done"] > 0
        assert counts["unclaimed"]["failed"] == 0
        assert runs or counts["tidy"]["done"] > 0
        done, runs = done + counts["unclaimed"]["done"], runs + 1
    assert done == many
    assert 2 < runs < 15
    writes = simulation.cloud.journal.calls("PutObject")
    warned = [call.target for call in writes if call.target.endswith("-warned.json")]
    assert len(warned) == len(set(warned)) == many


def test_a_rest_ends_when_the_settings_change(simulation: Simulation) -> None:
    """What was warned of is not read again in every run; but `enforce` is looked at at once."""
    for n in range(250):
        handed_out(simulation, n, opened=False)
    simulation.clock.sleep(73 * HOUR)
    simulation.env |= {"IM_ACCESS_SWEEP_LIMIT": "250"}
    assert sweep(simulation)[0]["unclaimed"]["done"] == 250
    sweep(simulation)
    before = len(simulation.cloud.journal)
    sweep(simulation)
    assert len(simulation.cloud.journal[before:]) <= 50
    simulation.env |= {"IM_ACCESS_SWEEP": "enforce"}
    assert sweep(simulation)[0]["unclaimed"]["done"] == 250


def test_where_each_call_takes_two_seconds_every_run_goes_on(simulation: Simulation) -> None:
    """With 30 seconds for a run, in which no run comes to all duties, and one finds something that does not fit into
    any: what fits is done all the same, for the run after it goes on behind what was cut short.
    """
    simulation.notify()
    for function, type_, policies in (("create_user", "user.create", [READ]), ("offboard_user", "user.offboard", None)):
        assert simulation.invoke(function, batch(f"imaccess.{type_}", ["bob"], policies)).error is None
        simulation.clock.sleep(60)
    simulation.add_users(["alice"])
    uin = simulation.cloud.cam.users["alice"].uin
    for key in (make(simulation.cloud.cam, uin, "") for _ in range(2)):
        put(simulation, f"overlaps/01500000000-{uin}-{key.access_key_id}.json", b'{"v":1}')
    for n in range(3):
        put(simulation, f"attempts/create_user/{digest(str(n))}.json", b'{"v":1}')
    simulation.clock.sleep(40 * 24 * HOUR)
    for wire in simulation.wires.values():
        wire.latency = 2.0
    for _ in range(20):
        _, seconds = sweep(simulation, limit=30)
        assert seconds <= 30
        simulation.clock.sleep(270)
    assert not simulation.cloud.cam.keys_of("alice")
    assert not [key for key in simulation.cloud.cos.objects.data if key.startswith(("overlaps/", "attempts/"))]
    assert "bob" in simulation.cloud.cam.users, "that does not fit, and is cut short"
    sweep(simulation, limit=300)
    assert "bob" not in simulation.cloud.cam.users
