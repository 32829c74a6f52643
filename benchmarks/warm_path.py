"""Compares events of a warm instance with the bare calls that they make: `python -m benchmarks.warm_path`."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import urllib3

from benchmarks.common import ROOT, add_users, environment, interpreter, package, table
from local.cloud import LocalCloud

EVENTS = Path(__file__).with_name("warm_events.py")
CALLS = {"create": 13, "grant": 11, "revoke": 11}


def run(turns: int = 40) -> str:
    """Medians of so many events of each operation, and medians of the ratios of each event to its bare calls."""
    rows = []
    for operation, calls in CALLS.items():
        measured = _measured(operation, turns)
        row = [operation, str(calls)]
        for clock in (0, 1):
            ours, bare = ([one[who][clock] for one in measured] for who in (0, 1))
            ratio = statistics.median(mine / other for mine, other in zip(ours, bare, strict=True))
            row += [f"{statistics.median(ours) * 1000:.1f}", f"{statistics.median(bare) * 1000:.1f}", f"{ratio:.2f}"]
        rows.append(row)
    header = ("event", "calls", "wall ms", "bare calls", "ratio", "CPU ms", "bare calls", "ratio")
    return table(header, rows)


def surroundings(cloud: LocalCloud, scratch: Path) -> dict[str, str]:
    """The environment of `EVENTS`. The bare calls need this repository, and the urllib3 of the tests, as the
    package has none.
    """
    shutil.copytree(Path(urllib3.__file__).parent, scratch / "urllib3")
    return environment(cloud, package()) | {"PYTHONPATH": f"{package()}:{scratch}:{ROOT}"}


def _measured(operation: str, turns: int) -> list[list[list[float]]]:
    with LocalCloud() as cloud, tempfile.TemporaryDirectory() as scratch:
        add_users(cloud, ["ours", "bare"])
        done = subprocess.run(
            [interpreter(), "-S", str(EVENTS), operation, str(turns)],
            env=surroundings(cloud, Path(scratch)),
            capture_output=True,
            text=True,
            check=False,
        )
        asked = cloud.journal.actions()
    if done.returncode:
        raise SystemExit(done.stderr)
    last = asked[-2 * CALLS[operation] :]
    assert sorted(last[: CALLS[operation]]) == sorted(last[CALLS[operation] :]), "ours and the bare calls differ"  # noqa: S101
    found: list[list[list[float]]] = json.loads(done.stdout.rpartition("MEASURED ")[2])
    return found


if __name__ == "__main__":
    sys.stdout.write(run() + "\n")
