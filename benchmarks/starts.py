"""Starts processes that answer one event, several variants in turn, and measures them."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.common import environment, interpreter, paired, table
from local.cloud import LocalCloud

_TRIES = 5
FIRST_ANSWER = Path(__file__).with_name("first_answer.py")
Event = Callable[[LocalCloud], dict[str, Any]]
"""Makes the event of one start, after it has prepared the local cloud for it."""


class Sample(NamedTuple):
    """One start: seconds until the answer, seconds of processor time, peak memory in MB."""

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True)
class Variant:
    """What is started: a module on a path, the event that it gets, the status that it must answer, and more
    settings.
    """

    name: str
    module: str
    path: Path
    event: Event
    answer: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self, cloud: LocalCloud) -> dict[str, str]:
        """The environment that it has on the platform."""
        return {**environment(cloud, self.path), **self.settings}


def measure(variants: Sequence[Variant], cloud: LocalCloud, scratch: Path, runs: int) -> dict[str, list[Sample]]:
    """Start every variant in turn, as often as asked and once before that."""
    samples: dict[str, list[Sample]] = {variant.name: [] for variant in variants}
    for turn in range(runs + 1):
        # Each has each place in the order: what ran before it matters.
        at = turn % len(variants)
        for variant in (*variants[at:], *variants[:at]):
            sample = start(variant, cloud, scratch / "event.json")
            if turn:
                samples[variant.name].append(sample)
    return samples


def start(variant: Variant, cloud: LocalCloud, event: Path) -> Sample:
    """One start."""
    event.write_text(json.dumps(variant.event(cloud)))
    words = [interpreter(), "-S", str(FIRST_ANSWER), variant.module, str(event)]
    started = time.perf_counter()
    child = subprocess.Popen(words, env=variant.environment(cloud), stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None  # noqa: S101 - for the type checker
        for line in child.stdout:
            if line.startswith("FIRST "):
                _, status, cpu, peak = line.split()
                if status != variant.answer:
                    raise SystemExit(f"{variant.name} answered {status}")
                return Sample(time.perf_counter() - started, float(cpu), int(peak))
    raise SystemExit(f"{variant.name} did not answer")


def instructions(variant: Variant, cloud: LocalCloud, event: Path) -> int | None:
    """Instructions until the answer, in millions, where valgrind is at hand: they hardly vary from run to run."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    count = [valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    words = [*count, interpreter(), "-S", str(FIRST_ANSWER), variant.module, str(event)]
    surroundings = variant.environment(cloud) | {"PYTHONHASHSEED": "0"}
    for _ in range(_TRIES):
        event.write_text(json.dumps(variant.event(cloud)))
        done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=True)
        found = re.search(r"I +refs: +([\d,]+)", done.stderr)
        # It is fifty times slower so, and on a busy machine its time limit may come first: SCIM's is 3.9 seconds.
        if found and f"FIRST {variant.answer} " in done.stdout:
            return round(int(found[1].replace(",", "")) / 1e6)
    return None


def shown(count: int | None, first: int | None) -> tuple[str, str]:
    """A count of instructions and its ratio, as a table shows them."""
    return (str(count), f"{count / first:.3f}") if count and first else ("not counted here", "")


def report(samples: dict[str, list[Sample]], counts: dict[str, int | None], title: str) -> str:
    """A Markdown table: medians in milliseconds, ratios to the first row pair by pair, instructions, peak memory."""
    first = next(iter(samples))
    clocks = [{name: [sample[field] for sample in found] for name, found in samples.items()} for field in (0, 1)]
    rows = []
    for name, found in samples.items():
        row = [name]
        for clock in clocks:
            row += [f"{statistics.median(clock[name]) * 1000:.0f}", f"{paired(clock, name, first):.2f}"]
        rows.append((*row, *shown(counts[name], counts[first]), str(max(sample.peak for sample in found))))
    header = (title, "wall ms", "ratio", "CPU ms", "ratio", "instructions, millions", "ratio", "peak MB")
    return table(header, rows)
