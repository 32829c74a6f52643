"""Whole batches under CAM's quotas, on simulated time: CAM answers in 40 ms, COS in 15 ms."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from benchmarks.lives import second_keys
from local.cam.records import Policy
from shared.concurrency import each
from shared.entrypoints.queue import Redeliver
from shared.tencent.rate_limit import QUOTAS
from tests.guarantees.simulated import API, COS, Run, Simulation, batch, simulation

GRANT, CREATE, REVOKE = "imaccess.policy.grant", "imaccess.user.create", "imaccess.policy.revoke"
OFFBOARD = "imaccess.user.offboard"
READ = "QcloudIMReadOnlyAccess"
QUOTA = 10
"""AttachUserPolicy and DetachUserPolicy, per second."""


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    """A simulation whose CAM enforces its rates."""
    for made in simulation(monkeypatch):
        made.cloud.cam.enforce_rates = True
        yield made


def people(count: int) -> list[str]:
    """So many users."""
    return [f"user-{n}" for n in range(count)]


def attached(sim: Simulation, users: list[str]) -> int:
    """How many of them have a policy."""
    return sum(bool(sim.cloud.cam.attached(user)) for user in users)


def test_200_grants_keep_the_pace(sim: Simulation) -> None:
    """200 grants in one batch: at least 95 % of the quota's rate (90 are promised), nothing throttled, no failure."""
    users = people(200)
    sim.add_users(users)
    run = sim.invoke("grant_policy", batch(GRANT, users, [READ]))
    assert run.returned == {"received": 200, "applied": 200, "replayed": 0, "ignored": 0, "parked": 0}
    assert attached(sim, users) == 200
    assert 200 / run.seconds >= 0.95 * QUOTA
    assert sim.share_throttled() == 0


def test_200_revokes_keep_the_pace(sim: Simulation) -> None:
    """A batch of 200 revokes keeps the pace of the quota of DetachUserPolicy."""
    users = people(200)
    sim.add_users(users)
    run = sim.invoke("revoke_policy", batch(REVOKE, users, [READ]))
    assert run.returned
    assert 200 / run.seconds >= 0.95 * QUOTA
    assert sim.share_throttled() == 0


def test_creates_keep_the_pace(sim: Simulation) -> None:
    """Creates are paced by the keys they make, five a second: policies and users may be had faster."""
    users = people(100)
    sim.notify()
    run = sim.invoke("create_user", batch(CREATE, users, [READ]))
    assert run.returned
    assert attached(sim, users) == 100
    assert 100 / run.seconds >= 0.9 * QUOTAS["CreateAccessKey"]
    assert sim.share_throttled() == 0


def leave(sim: Simulation, users: list[str]) -> tuple[float, float]:
    """Offboard users with two keys each; the seconds until the last key was switched off, and for all of it."""
    began = sim.clock.now()
    run = sim.invoke("offboard_user", batch(OFFBOARD, users, None), limit=900, instance=sim.another())
    assert run.returned, run
    assert run.returned["applied"] == len(users)
    off = sim.cloud.journal.calls("UpdateAccessKey", code="")
    assert len({call.params["AccessKeyId"] for call in off if call.params["Status"] == "Inactive"}) >= 2 * len(users)
    return off[-1].at - began, run.seconds


def test_a_leaver_s_key_is_never_behind_a_joiner_s_grant(sim: Simulation) -> None:
    """Leavers are paced by the scarcest of their calls, five keys a second; joiners and grants at the same time, of
    which each is paced by its own, do not put them off, and nothing is throttled.
    """
    leavers, joiners, others = people(40), [f"joiner-{n}" for n in range(40)], [f"other-{n}" for n in range(80)]
    took = []
    for crowd in (False, True):
        sim.cloud.reset()
        sim.cloud.cam.enforce_rates = True
        sim.notify()
        sim.add_users([*leavers, *others])
        second_keys(sim, [*leavers, *leavers])
        sim.clock.sleep(60)
        work: list[Callable[[], object]] = [lambda: took.append(leave(sim, leavers))]
        if crowd:
            work += [
                lambda: sim.invoke("create_user", batch(CREATE, joiners, [READ]), limit=900, instance=sim.another()),
                lambda: sim.invoke("grant_policy", batch(GRANT, others, [READ]), limit=900, instance=sim.another()),
            ]
        each(lambda one: one(), work, alone=0)
    (alone, whole), (beside, _) = took
    assert 80 / alone >= 0.9 * QUOTAS["UpdateAccessKey"], "300 leavers of two keys take about 120 s"
    assert whole < alone + 3
    assert beside < 1.1 * alone
    assert attached(sim, joiners) == 40
    assert sim.cloud.journal.calls("AttachUserPolicy")[40].at < sim.cloud.journal.calls("UpdateAccessKey")[40].at
    assert sim.share_throttled("UpdateAccessKey") == 0


def test_a_slow_cloud_is_no_slow_batch(sim: Simulation) -> None:
    """Where every call takes a quarter of a second, there are soon enough of them under way."""
    for wire in sim.wires.values():
        wire.latency = 0.25
    users = people(150)
    sim.add_users(users)
    run = sim.invoke("grant_policy", batch(GRANT, users, [READ]))
    assert run.returned
    assert 150 / run.seconds >= 0.6 * QUOTA


def until_done(sim: Simulation, users: list[str], policies: list[str], *, limit: float = 30) -> list[Run]:
    """Deliver a batch of grants once a minute, as CKafka does, until it succeeds."""
    runs = []
    while True:
        runs.append(sim.invoke("grant_policy", batch(GRANT, users, policies), limit=limit))
        if runs[-1].error is None:
            return runs
        assert isinstance(runs[-1].error, Redeliver)
        assert runs[-1].seconds < limit
        assert len(runs) < 10
        sim.clock.sleep(60)


def test_a_storm_passes(sim: Simulation) -> None:
    """Half of all calls throttled for 10 seconds: everything is applied, with the help of one redelivery, and the rate
    is back to the quota's.
    """
    users = people(200)
    sim.add_users(users)
    sim.cloud.faults.storm(share=0.5, seconds=10)
    runs = until_done(sim, users, [READ])
    assert len(runs) <= 2
    assert attached(sim, users) == 200
    assert sim.instance.rate_limiter.limiter("AttachUserPolicy").rate > 0.9 * QUOTA
    assert sim.share_throttled() <= 0.2


def calls_of(sim: Simulation, action: str) -> int:
    """How many calls of an action got through."""
    return len(sim.cloud.journal.calls(action, code=""))


@pytest.mark.parametrize(("count", "limit"), [(300, 30), (60, 3)])
def test_no_call_is_wasted_on_what_cannot_be_finished(sim: Simulation, count: int, limit: float) -> None:
    """A batch that is longer than the time limit: what has begun is finished, the rest has cost no call, and in the end
    each user was looked up once and each policy attached once.
    """
    users = people(count)
    sim.add_users(users)
    runs = until_done(sim, users, [READ], limit=limit)
    assert len(runs) > 1
    assert all("out_of_time" in str(run.error) for run in runs[:-1])
    assert all("cloud_unavailable" not in str(run.error) for run in runs)
    assert (calls_of(sim, "GetUser"), calls_of(sim, "AttachUserPolicy")) == (count, count)


def test_many_policies_for_many_users(sim: Simulation) -> None:
    """20 policies for each of 32 users, 64 seconds of work under a limit of 30: few requests at once, so that those
    begun are finished, instead of many that all end short of it and begin again for ever.
    """
    names = [f"Policy-{n}" for n in range(20)]
    for name in names:
        policy_id = sim.cloud.cam.next_policy_id()
        sim.cloud.cam.policies[policy_id] = Policy(policy_id, name, '{"version":"2.0","statement":[]}')
    sim.env |= {"IM_ACCESS_POLICIES": ",".join(names), "IM_ACCESS_ALLOW_FOREIGN_POLICIES": ",".join(names)}
    users = people(32)
    sim.add_users(users)
    runs = until_done(sim, users, names)
    assert len(runs) <= 3
    assert calls_of(sim, "AttachUserPolicy") == 32 * 20


def test_replays_are_not_paced(sim: Simulation) -> None:
    """A batch that comes again after it was done costs no call of CAM and little time."""
    users = people(100)
    sim.add_users(users)
    assert sim.invoke("grant_policy", batch(GRANT, users, [READ])).returned
    before = len(sim.cloud.journal.calls(service="cam"))
    run = sim.invoke("grant_policy", batch(GRANT, users, [READ]))
    assert run.returned == {"received": 100, "applied": 0, "replayed": 100, "ignored": 0, "parked": 0}
    assert len(sim.cloud.journal.calls(service="cam")) == before
    assert run.seconds < 1


def test_the_simulation_is_exact(sim: Simulation) -> None:
    """A grant takes what its calls take, and two looks that are side by side take the longer: time is no estimate."""
    sim.add_users(["alice", "bob"])
    sim.invoke("grant_policy", batch(GRANT, ["bob"], [READ]))
    sim.cloud.journal.clear()
    run = sim.invoke("grant_policy", batch(GRANT, ["alice"], [READ]))
    took = [{"cam": API, "cos": COS}[call.service] for call in sim.cloud.journal]
    assert run.seconds == pytest.approx(took.count(API) * 0.040 + (took.count(COS) - 2) * 0.015, abs=1e-3)
