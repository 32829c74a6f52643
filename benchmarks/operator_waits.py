"""Measures how long an operator waits for `review` and other commands on a full account, in simulated time.

python -m benchmarks operator

Everything is real except the network: the command line, its own limit for calls of CAM, and CAM's quotas, which refuse
faster callers.
"""

from __future__ import annotations

import io
import sys

import pytest

from benchmarks.common import READ, table
from cli.main import main
from cli.terminal.console import Console
from tests.guarantees.simulated import Simulation, batch, simulation

COUNT = 1000
"""Sub-users: as many as an account may have."""
BATCH = 50
COMMANDS = (
    ("review",),
    ("review", "--quick"),
    ("drift",),
    ("drift", "--quick"),
    ("users",),
    ("who", READ),
    ("who", READ, "--at", "2030-01-01"),
    ("report",),
    ("history", "user-7"),
    ("evidence", "user-7"),
)


def run(count: int = COUNT) -> str:
    """The table."""
    with pytest.MonkeyPatch.context() as patch:
        sim = next(simulation(patch))
        _fill(sim, count)
        sim.clock.sleep(3600)
        sim.cloud.cam.enforce_rates = True
        rows = [_measured(sim, words) for words in COMMANDS]
    return table((f"of {count:,} users", "takes", "calls of CAM", "refused", "requests of COS"), rows)


def _fill(sim: Simulation, count: int) -> None:
    """Fill the account with users who have a policy, a password and a key each."""
    sim.notify()
    for first in range(0, count, BATCH):
        users = [f"user-{n}" for n in range(first, min(count, first + BATCH))]
        done = sim.invoke("create_user", batch("imaccess.user.create", users, [READ]), limit=900)
        if done.error or not done.returned or done.returned["applied"] != len(users):
            raise SystemExit(f"create_user: {done}")


def _measured(sim: Simulation, words: tuple[str, ...]) -> tuple[str, ...]:
    began = sim.clock.now()
    sim.cloud.journal.clear()
    streams = (io.StringIO(), io.StringIO(), io.StringIO())
    console = Console(sim.env, sim.clock, *streams, instance=sim.another())
    code = main([*words, "--json"], console)
    if code:
        raise SystemExit(f"{' '.join(words)}: exit code {code}: {streams[1].getvalue()}")
    calls = list(sim.cloud.journal)
    cam = [call for call in calls if call.service in ("cam", "sts")]
    refused = sum(call.code.startswith("RequestLimitExceeded") for call in cam)
    seconds = sim.clock.now() - began
    took = f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    shown = " ".join("USER" if word.startswith("user-") else "POLICY" if word == READ else word for word in words)
    shown = shown.replace("2030-01-01", "TIME")
    return (f"`{shown}`", took, f"{len(cam):,}", str(refused), f"{len(calls) - len(cam):,}")


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
