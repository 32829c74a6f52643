"""A cold start for an event of DingTalk, at several shares of a processor: `python -m benchmarks.hr_cold_start`.

A small function gets a share of a processor. Here the process is stopped and continued so often that it runs only for
its share of the time. DingTalk waits 1.5 seconds for the answer.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.cold_start import NOWHERE
from benchmarks.common import environment, interpreter, package, table
from benchmarks.first_events import push
from benchmarks.starts import FIRST_ANSWER
from local.cloud import LocalCloud
from local.hr.dingtalk import DingTalk

SHARES = (1.0, 0.5, 0.25, 0.125)
PERIOD = 0.02
"""Seconds in which the process runs for its share."""


def run(runs: int = 9) -> str:
    """A table: for each share the median and the longest time until the answer, in milliseconds."""
    app, rows = DingTalk(), []
    with tempfile.TemporaryDirectory() as scratch, LocalCloud() as cloud:
        env = environment(cloud, package()) | app.settings(NOWHERE)
        for share in SHARES:
            found = [start(app, env, Path(scratch, "event.json"), share) for _ in range(runs + 1)][1:]
            longest = max(wall for wall, _ in found)
            middle = statistics.median(wall for wall, _ in found)
            cpu = statistics.median(cpu for _, cpu in found)
            rows.append((f"{share:g}", f"{middle * 1000:.0f}", f"{longest * 1000:.0f}", f"{cpu * 1000:.0f}"))
    return table(("share of a processor", "median ms", "longest ms", "CPU ms"), rows)


def start(app: DingTalk, env: dict[str, str], path: Path, share: float) -> tuple[float, float]:
    """Start the function once; returns seconds until the answer, and seconds of processor time."""
    path.write_text(json.dumps(push(app)))
    began = time.perf_counter()
    words = [interpreter(), "-S", str(FIRST_ANSWER), "hr_events", str(path)]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as child:
        over = threading.Event()
        slowing = threading.Thread(target=slow, args=(child.pid, share, over))
        slowing.start()
        assert child.stdout is not None  # noqa: S101 - for the type checker
        line = next(line for line in child.stdout if line.startswith("FIRST "))
        took = time.perf_counter() - began
        over.set()
        slowing.join()
    _, status, cpu, _ = line.split()
    if status != "200":
        raise SystemExit(f"the push was answered {status}")
    return took, float(cpu)


def slow(process: int, share: float, over: threading.Event) -> None:
    """Stop and continue a process so that it runs for its share of the time."""
    while share < 1 and not over.wait(PERIOD * share):
        try:
            os.kill(process, signal.SIGSTOP)
            over.wait(PERIOD * (1 - share))
            os.kill(process, signal.SIGCONT)
        except ProcessLookupError:
            return


if __name__ == "__main__":
    sys.stdout.write(run() + "\n")
