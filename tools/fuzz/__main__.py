"""`python -m tools.fuzz [--runs 20000] [--target queue] [--engine mutations|atheris]`: hostile input, bounded.

Every target of tests/system/fuzz/targets.py gets so many inputs, those of tests/system/fuzz/corpus and changed ones.
With atheris the changes are led by what code they reach; where it does not install, a small engine changes at random.
An input that breaks something is printed and fails the run: add it to the corpus.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.system.fuzz.mutations import mutants

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "system" / "fuzz" / "corpus"
SLOW = 2.0
"""Seconds that no input may take, on any machine."""


def seeds(target: str) -> list[bytes]:
    """The committed inputs of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / target).glob("*"))]


def with_mutations(target: str, runs: int, seed: int) -> int:
    """Run a target with the small engine; the number of inputs. Raises whatever an input breaks."""
    from tests.system.fuzz.targets import TARGETS

    done = 0
    for data in mutants(seeds(target), runs, seed):
        started = time.perf_counter()
        try:
            TARGETS[target](data)
        except BaseException:
            print(f"{target} breaks on {data!r}")
            raise
        assert time.perf_counter() - started < SLOW, f"{target} is slow on {data[:200]!r}"  # noqa: S101
        done += 1
    return done


def with_atheris(target: str, runs: int, seed: int) -> None:
    """Run a target with atheris in this process, which it ends."""
    atheris: Any = importlib.import_module("atheris")

    with atheris.instrument_imports(include=["shared"]):
        from tests.system.fuzz.targets import TARGETS
    with tempfile.TemporaryDirectory() as found:
        options = [f"-runs={runs}", f"-seed={seed}", "-max_len=70000", "-rss_limit_mb=1024", "-verbosity=0"]
        options.append(f"-artifact_prefix={found}/")
        atheris.Setup([sys.argv[0], *options, f"-timeout={SLOW:.0f}", found, str(CORPUS / target)], TARGETS[target])
        atheris.Fuzz()


def main() -> int:
    """Run one target, or all of them one after another."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz")
    parser.add_argument("--target", default="")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="atheris" if importlib.util.find_spec("atheris") else "mutations")
    given = parser.parse_args()
    if given.target and given.engine == "atheris":
        with_atheris(given.target, given.runs, given.seed)
        return 0
    from tests.system.fuzz.targets import TARGETS

    for target in [given.target] if given.target else TARGETS:
        started = time.perf_counter()
        if given.engine == "atheris":
            options = ("--engine", "atheris", "--target", target, "--runs", str(given.runs), "--seed", str(given.seed))
            command = [sys.executable, "-m", "tools.fuzz", *options]
            run = subprocess.run(command, check=False, capture_output=True, text=True)
            if run.returncode:
                print(run.stdout, run.stderr)
                return 1
        else:
            with_mutations(target, given.runs, given.seed)
        print(f"{target}: {given.runs} inputs by {given.engine} in {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
