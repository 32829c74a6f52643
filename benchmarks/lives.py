"""Whole lives on simulated time: what leavers and joiners take, and what they leave in the bucket.

python -m benchmarks.lives

As for the batches: everything is real but the network, and the clock moves when all threads wait.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import pytest

from benchmarks.setting import READ, table
from tests.guarantees.simulated import Simulation, batch, simulation

COUNT = 200
"""Users of a batch; an account holds 1000. The pace is the quota's, so more of them take as much longer."""
BATCH = 50
LIMIT = 900
HOUR, DAY = 3600, 86_400


class Cost(NamedTuple):
    """Of a user: seconds, calls of CAM, requests of COS, and objects that are left."""

    seconds: float
    cam: float
    cos: float
    objects: float


def run() -> str:
    """The table."""
    with pytest.MonkeyPatch.context() as patch:
        sim = next(simulation(patch))
        sim.cloud.cam.enforce_rates = True
        sim.notify()
        joiners = _measured(sim, "create_user", "imaccess.user.create")
        sim.clock.sleep(HOUR)
        leavers = _measured(sim, "offboard_user", "imaccess.user.offboard")
    rows = [_row("10,000 joiners", 10_000, DAY, joiners), _row("1,000 leavers", 1000, HOUR, leavers)]
    head = ("what", "take", "of", "calls of CAM each", "requests of COS each", "objects left by each")
    return table(head, rows)


def _measured(sim: Simulation, function: str, type_: str) -> Cost:
    began, before = sim.clock.now(), len(sim.cloud.cos.objects.data)
    sim.cloud.journal.clear()
    for first in range(0, COUNT, BATCH):
        users = [f"user-{n}" for n in range(first, first + BATCH)]
        event = batch(type_, users, [READ] if function == "create_user" else None)
        done = sim.invoke(function, event, limit=LIMIT)
        if done.error or not done.returned or done.returned["applied"] != BATCH:
            raise SystemExit(f"{function}: {done}")
    calls = list(sim.cloud.journal)
    cam = sum(call.service == "cam" for call in calls)
    cos = sum(call.service == "cos" for call in calls)
    left = len(sim.cloud.cos.objects.data) - before
    return Cost((sim.clock.now() - began) / COUNT, cam / COUNT, cos / COUNT, left / COUNT)


def _row(what: str, count: int, within: int, cost: Cost) -> tuple[str, ...]:
    goal = "an hour" if within == HOUR else "a day"
    return (
        what,
        f"{cost.seconds * count / 60:.0f} minutes",
        goal,
        f"{cost.cam:.1f}",
        f"{cost.cos:.1f}",
        f"{cost.objects:.1f}",
    )


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
