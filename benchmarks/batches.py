"""CKafka batches on simulated time: throughput against the quota by batch size, and by number of instances.

python -m benchmarks.batches

The functions, Tencent's SDK and the local cloud with its quotas are the real ones; only the network is not there, and
the clock moves when all threads wait: CAM answers in 40 ms, COS in 15 ms. So the numbers are the same on any machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.plot import Chart, Line
from benchmarks.setting import READ, ROOT, table
from benchmarks.throttle_simulation import simulate
from shared.cloud.throttle import QUOTAS
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
    used = {(function, size): _batch(function, size) for function in OPERATIONS for size in SIZES}
    lines = [Line(name, [(size, used[name, size][0] * 100) for size in SIZES]) for name in OPERATIONS]
    _draw("batches.svg", "Throughput by batch size", "messages in a batch", lines)
    rows = [(str(size), *(_shown(*used[function, size]) for function in OPERATIONS)) for size in SIZES]
    header = ("messages", *(f"{name}: quota used, calls a message" for name in OPERATIONS))
    return table(header, rows)


def run_instances() -> str:
    """The table, after writing the plot."""
    found = {n: (simulate(n), simulate(n, counts_refused=True)) for n in INSTANCES}
    quota = QUOTAS["AttachUserPolicy"]
    lines = [
        Line(name, [(n, found[n][which].per_second / quota * 100) for n in INSTANCES])
        for which, name in enumerate(("refused calls are free", "refused calls count"))
    ]
    _draw("instances.svg", "Throughput by number of instances", "instances", lines)
    rows = []
    for n, pair in found.items():
        shown = [part for one in pair for part in (f"{one.per_second / quota:.0%}", f"{one.throttled:.0%}")]
        rows.append((str(n), *shown, f"{pair[0].fairness:.2f}"))
    header = ("instances", "quota used", "throttled", "where refused calls count too", "throttled", "fairness")
    return table(header, rows)


def _batch(function: str, size: int) -> tuple[float, float]:
    """The share of the quota's rate that one batch reached, and its remote calls for each message."""
    type_, action = OPERATIONS[function]
    users = [f"user-{n}" for n in range(size)]
    with pytest.MonkeyPatch.context() as patch:
        sim = next(simulation(patch))
        sim.cloud.cam.enforce_rates = True
        if function != "create_user":
            sim.add_users(users)
        sim.invoke("grant_policy", {"Records": []}, limit=LIMIT)
        run = sim.invoke(function, batch(type_, users, [READ]), limit=LIMIT)
        if run.error or not run.returned or run.returned["applied"] != size or sim.share_throttled():
            raise SystemExit(f"{size} messages of {function}: {run}")
        return size / run.seconds / QUOTAS[action], len(sim.cloud.journal) / size


def _shown(used: float, calls: float) -> str:
    return f"{used:.0%}, {calls:.1f}"


def _draw(name: str, title: str, x: str, lines: list[Line]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    chart = Chart(title, x, "% of the quota of 10 calls a second; dashed: the goal of 95", lines, top=100, goal=95)
    Path(IMAGES, name).write_text(chart.svg())


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n\n{run_instances()}\n")
