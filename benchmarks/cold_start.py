"""From process start to the first answer of a create, against the local cloud: ours, and the naive function.

python -m benchmarks.cold_start [--runs 15]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.setting import environment, interpreter, naive_site, table
from local.cloud import LocalCloud

ROOT = Path(__file__).resolve().parent.parent
FIRST_ANSWER = Path(__file__).with_name("first_answer.py")


class Sample(NamedTuple):
    """One start: seconds until the answer, seconds of processor time, peak memory in MB."""

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True)
class Variant:
    """What is started: a module on a path."""

    name: str
    module: str
    path: Path


def main() -> None:
    """Run every variant in turn, as often as asked, and print medians with their ratio to the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch, LocalCloud() as cloud:
        variants = _variants(Path(scratch))
        samples: dict[str, list[Sample]] = {variant.name: [] for variant in variants}
        for turn in range(runs + 1):
            for variant in variants:
                sample = _start(variant, cloud, Path(scratch), turn)
                if turn:
                    samples[variant.name].append(sample)
    print(report(samples))


def report(samples: dict[str, list[Sample]]) -> str:
    """A Markdown table: medians in milliseconds, the ratio to the first row pair by pair, peak memory."""
    yardstick = next(iter(samples.values()))
    rows = []
    for name, runs in samples.items():
        wall, cpu = (f"{statistics.median(run[field] for run in runs) * 1000:.0f}" for field in (0, 1))
        wall_ratio, cpu_ratio = (
            f"{statistics.median(mine[field] / other[field] for mine, other in zip(runs, yardstick, strict=True)):.2f}"
            for field in (0, 1)
        )
        rows.append((name, wall, wall_ratio, cpu, cpu_ratio, str(max(run.peak for run in runs))))
    return table(("process start to first answer", "wall ms", "ratio", "CPU ms", "ratio", "peak MB"), rows)


def _variants(scratch: Path) -> list[Variant]:
    ours, naive = ROOT / "dist" / "package", naive_site(scratch / "naive")
    if not ours.is_dir():
        raise SystemExit("There is no dist/package: run `make package` first.")
    return [
        Variant("naive, without bytecode", "naive_create_user", _copy(naive, scratch / "naive-plain", bytecode=False)),
        Variant("naive, with bytecode", "naive_create_user", _compiled(naive)),
        Variant("im-access, without bytecode", "create_user", _copy(ours, scratch / "ours-plain", bytecode=False)),
        Variant("im-access, as packaged", "create_user", ours),
    ]


def _copy(source: Path, target: Path, *, bytecode: bool) -> Path:
    ignored = None if bytecode else shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(source, target, ignore=ignored))


def _compiled(site: Path) -> Path:
    mode = ["--invalidation-mode", "unchecked-hash"]
    subprocess.run([interpreter(), "-m", "compileall", "-q", *mode, str(site)], check=True)
    return site


def _start(variant: Variant, cloud: LocalCloud, scratch: Path, turn: int) -> Sample:
    event = scratch / "event.json"
    command = {"user": f"u{turn}-{variant.module[0]}{abs(hash(variant.name))}", "policies": ["QcloudIMReadOnlyAccess"]}
    headers = {"idempotency-key": os.urandom(8).hex()}
    request = {"httpMethod": "POST", "path": "/", "headers": headers, "queryString": {}, "body": json.dumps(command)}
    event.write_text(json.dumps(request))
    words = [interpreter(), "-S", str(FIRST_ANSWER), variant.module, str(event)]
    started = time.perf_counter()
    child = subprocess.Popen(words, env=environment(cloud, variant.path), stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None  # noqa: S101 - for the type checker
        for line in child.stdout:
            if line.startswith("FIRST "):
                _, status, cpu, peak = line.split()
                if status != "201":
                    raise SystemExit(f"{variant.name} answered {status}")
                return Sample(time.perf_counter() - started, float(cpu), int(peak))
    raise SystemExit(f"{variant.name} did not answer")


if __name__ == "__main__":
    main()
