"""CKafka batches on simulated time: throughput against the quota by batch size, and by number of instances.

python -m benchmarks.batches

The functions, Tencent's SDK and the local cloud with its quotas are real; only the network is simulated. The clock
moves when all threads wait: CAM answers in 40 ms, COS in 15 ms. So the numbers are the same on every machine.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.common import READ, ROOT, table
from benchmarks.plot import Chart, Line
from benchmarks.throttle_simulation import VARIANTS, spread
from shared.tencent.rate_limit import QUOTAS
from tests.guarantees.simulated import batch, simulation

SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
INSTANCES = (1, 2, 3, 4, 6, 8, 12, 16)
LIMIT = 900
"""Seconds: the platform's longest time limit; 10 messages a second are the quota."""
OPERATIONS = {
    "grant_policy": ("imaccess.policy.grant", "AttachUserPolicy"),
    "revoke_policy": ("imaccess.policy.revoke", "DetachUserPolicy"),
    "create_user": ("imaccess.user.create", "AttachUserPolicy"),
}
IMAGES = ROOT / "docs" / "images"


def run() -> str:
    """Both tables, after writing both plots."""
    found = {(function, size): _batch(function, size) for function in OPERATIONS for size in SIZES}
    lines = [Line(name, [(size, found[name, size].overall * 100) for size in SIZES]) for name in OPERATIONS]
    grants = [(size, used.writing * 100) for size in SIZES if (used := found["grant_policy", size]).writing is not None]
    lines.append(Line("from first to last", grants))
    _draw("batches.svg", "Throughput by batch size", "messages in a batch", lines)
    rows = [(str(size), *(found[function, size].shown() for function in OPERATIONS)) for size in SIZES]
    return table(("messages", *(f"{name}: while it writes; all in all; calls" for name in OPERATIONS)), rows)


def run_instances() -> str:
    """The table, after writing the plot: the worst of several seeds."""
    found = {n: [spread(n, seeds, **ways) for seeds, ways in VARIANTS.values()] for n in INSTANCES}
    lines = [Line(name, [(n, found[n][at].used * 100) for n in INSTANCES]) for at, name in enumerate(VARIANTS)]
    _draw("instances.svg", "Throughput by number of instances", "instances", lines)
    rows = [
        (
            str(n),
            f"{any_second.fairness:.2f}; {any_second.mean_fairness:.2f}",
            *(f"{one.used:.0%}; {one.throttled:.0%}" for one in (any_second, *others)),
        )
        for n, (any_second, *others) in found.items()
    ]
    return table(("instances", "fairness: worst; mean", *(f"{name}: quota used; throttled" for name in VARIANTS)), rows)


class Used(NamedTuple):
    """The share of the quota that a batch used, between its first and last write and in total, and its calls per
    message.

    `writing` is None for a single write, which has no rate.
    """

    writing: float | None
    overall: float
    calls: float

    def shown(self) -> str:
        """The share as the table shows it."""
        return f"{'–' if self.writing is None else f'{self.writing:.0%}'}; {self.overall:.0%}; {self.calls:.1f}"


def _batch(function: str, size: int) -> Used:
    """Run one batch on an instance that has done one request before."""
    type_, action = OPERATIONS[function]
    users = [f"user-{n}" for n in range(size)]
    with pytest.MonkeyPatch.context() as patch:
        sim = next(simulation(patch))
        sim.cloud.cam.enforce_rates = True
        if function != "create_user":
            sim.add_users([*users, "before"])
        else:
            sim.notify()
        sim.invoke(function, batch(type_, ["before"], [READ]), limit=LIMIT)
        del sim.cloud.cam.users["before"]  # an account has at most 1000 sub-users
        sim.clock.sleep(60)
        sim.cloud.journal.clear()
        run = sim.invoke(function, batch(type_, users, [READ]), limit=LIMIT)
        if run.error or not run.returned or run.returned["applied"] != size or sim.share_throttled():
            raise SystemExit(f"{size} messages of {function}: {run}")
        sent, quota = [call.at for call in sim.cloud.journal.calls(action)], QUOTAS[action]
        writing = (size - 1) / (max(sent) - min(sent)) / quota if size > 1 else None
        return Used(writing, size / run.seconds / quota, len(sim.cloud.journal) / size)


def _draw(name: str, title: str, x: str, lines: list[Line]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    chart = Chart(title, x, "% of the quota of 10 calls a second; dashed: the goal of 95", lines, top=100, goal=95)
    Path(IMAGES, name).write_text(chart.svg())


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n\n{run_instances()}\n")
