"""Creates and offboards on simulated time: seconds and calls per user, and the objects left in the bucket.

python -m benchmarks.lives

As in `batches.py`, everything is real except the network, and the clock moves when all threads wait.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from benchmarks.common import READ, table
from local.cam.keys import make
from tests.guarantees.simulated import Simulation, batch, simulation

COUNT = 300
"""Users; an account holds 1000. The pace is the quota's, so more of them take as much longer."""
BATCH = 50
LIMIT = 900
HOUR = 3600


class Cost(NamedTuple):
    """The cost per user: seconds, calls of CAM, requests to COS, and objects that are left."""

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
        second_keys(sim, [f"user-{n}" for n in range(COUNT)])
        sim.clock.sleep(HOUR)
        leavers = _measured(sim, "offboard_user", "imaccess.user.offboard")
    rows = [
        _row("10,000 joiners", 10_000, "a day", joiners),
        _row("1,000 leavers with two keys each", 1000, "an hour", leavers),
        _row("300 leavers with two keys each", COUNT, "at once", leavers),
    ]
    head = ("what", "take", "of", "calls of CAM each", "requests of COS each", "objects left by each")
    return table(head, rows)


def second_keys(sim: Simulation, users: Sequence[str]) -> None:
    """Make one more key for each user, as somebody may do in the console."""
    for user in users:
        make(sim.cloud.cam, sim.cloud.cam.users[user].uin, "by hand")


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


def _row(what: str, count: int, within: str, cost: Cost) -> tuple[str, ...]:
    seconds = cost.seconds * count
    return (
        what,
        f"{seconds / 60:.0f} minutes" if seconds >= 180 else f"{seconds:.0f} s",
        within,
        f"{cost.cam:.1f}",
        f"{cost.cos:.1f}",
        f"{cost.objects:.1f}",
    )


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
