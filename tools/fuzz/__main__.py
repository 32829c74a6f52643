"""`python -m tools.fuzz [--runs 20000] [--target queue] [--engine hypothesis|atheris]`: hostile input.

Every target of tests/system/fuzz/targets.py gets so many inputs: those in tests/system/fuzz/corpus, and changed ones.
atheris prefers changes that reach new code; if it cannot be installed, hypothesis draws the changes at random. An input
that breaks something is printed and fails the run; add it to the corpus.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase

from tests.system.fuzz.inputs import inputs

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "system" / "fuzz" / "corpus"
SLOW = 2.0
"""Seconds of a processor that no input may take, on any machine, however busy it is."""
HANGS = 120
"""Seconds after which an input hangs, whatever else the machine does."""


def seeds(target: str) -> list[bytes]:
    """The committed inputs of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / target).glob("*"))]


def with_hypothesis(target: str, runs: int, seed: int) -> int:
    """Run a target with hypothesis, its committed inputs first; returns the number of inputs.

    Raises whatever an input breaks; hypothesis makes that input as small as possible and prints it.
    """
    from tests.system.fuzz.targets import TARGETS

    known, done = seeds(target), 0

    def attempt(data: bytes) -> None:
        nonlocal done
        done += 1
        watched(TARGETS[target], data)

    test = hypothesis.given(inputs(known))(attempt)
    for one in reversed(known):
        test = hypothesis.example(one)(test)
    bounded = hypothesis.settings(
        max_examples=runs - len(known),
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    bounded(hypothesis.seed(seed)(test))()
    return done


def watched(target: Callable[[bytes], None], data: bytes) -> None:
    """Run a target with an input. Raises whatever the input breaks, and AssertionError if it takes too long."""
    began = time.process_time()
    target(data)
    assert time.process_time() - began < SLOW, "too slow"  # noqa: S101 - as whatever else an input breaks


def with_atheris(target: str, runs: int, seed: int) -> None:
    """Run a target with atheris, which then ends this process."""
    atheris: Any = importlib.import_module("atheris")

    with atheris.instrument_imports(include=["shared"]):
        from tests.system.fuzz.targets import TARGETS
    with tempfile.TemporaryDirectory() as found:
        options = [f"-runs={runs}", f"-seed={seed}", "-max_len=70000", "-rss_limit_mb=1024", "-verbosity=0"]
        options.append(f"-artifact_prefix={found}/")
        atheris.Setup(
            [sys.argv[0], *options, f"-timeout={HANGS}", found, str(CORPUS / target)], partial(watched, TARGETS[target])
        )
        atheris.Fuzz()


def main(argv: list[str] | None = None) -> int:
    """Run one target, or all of them one after another."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz")
    # The targets are read from the corpus's folders, because atheris must be imported before the code that it observes.
    targets, engines = sorted(folder.name for folder in CORPUS.iterdir()), ("atheris", "hypothesis")
    parser.add_argument("--target", default="", choices=targets, help="what reads the input; all if not given")
    parser.add_argument("--runs", type=int, default=20_000, help="inputs a target, 20,000 if not given")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same inputs")
    engine = engines[0 if importlib.util.find_spec("atheris") else 1]
    parser.add_argument("--engine", default=engine, choices=engines, help="atheris where it is installed")
    given = parser.parse_args(argv)
    try:
        return run(given)
    except KeyboardInterrupt:
        return 130


def run(given: argparse.Namespace) -> int:
    """Run what the command line asks for; returns the exit code."""
    if given.target and given.engine == "atheris":
        with_atheris(given.target, given.runs, given.seed)
        return 0
    from tests.system.fuzz.targets import TARGETS

    for target in [given.target] if given.target else TARGETS:
        started = time.perf_counter()
        if given.engine == "atheris":
            options = ("--engine", "atheris", "--target", target, "--runs", str(given.runs), "--seed", str(given.seed))
            command = [sys.executable, "-m", "tools.fuzz", *options]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                print(done.stdout, done.stderr)
                return 1
        else:
            with_hypothesis(target, given.runs, given.seed)
        print(f"{target}: {given.runs} inputs by {given.engine} in {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
