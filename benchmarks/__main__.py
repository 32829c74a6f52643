"""Run benchmarks and write their results into docs/performance.md: `make bench`, or `python -m benchmarks [NAME ...]`.

Times are medians, and ratios are taken between runs that were made one after the other. Simulations give the same
figures on every machine.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import (
    batches,
    cold_start,
    hr_cold_start,
    imports,
    lives,
    memory,
    operator_waits,
    provisioning,
    quota_changes,
    tricks,
    warm_path,
)
from benchmarks.common import ROOT, where

PAGE = ROOT / "docs" / "performance.md"


@dataclass(frozen=True)
class Benchmark:
    """One benchmark with its table on the page. `measured`: its figures depend on this machine."""

    run: Callable[[], str]
    measured: bool = True

    def text(self, name: str) -> str:
        """The table, and a line that says how it was made."""
        found = self.run()
        environment = f"{where()}." if self.measured else "Simulated: the same on every machine."
        return f"\n`python -m benchmarks {name}`. {environment}\n\n{found}\n"


BENCHMARKS = {
    "cold_start": Benchmark(cold_start.run),
    "tricks": Benchmark(tricks.run),
    "imports": Benchmark(imports.run),
    "hr_cold_start": Benchmark(hr_cold_start.run),
    "warm_path": Benchmark(warm_path.run),
    "provisioning": Benchmark(provisioning.run),
    "memory": Benchmark(memory.run),
    "batches": Benchmark(batches.run, measured=False),
    "instances": Benchmark(batches.run_instances, measured=False),
    "quota_changes": Benchmark(quota_changes.run, measured=False),
    "lives": Benchmark(lives.run, measured=False),
    "operator": Benchmark(operator_waits.run, measured=False),
}


def main() -> None:
    """Run the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    for name in names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name}")
    for name in names:
        print(f"{name} ...", flush=True)
        text = BENCHMARKS[name].text(name)
        print(text, flush=True)
        PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), name, text), encoding="utf-8")
    print(f"written into {Path(PAGE).relative_to(ROOT)}")


def placed(page: str, name: str, text: str) -> str:
    """The page with this text between the marks of the benchmark. Raises LookupError if the page has no such marks."""
    first, last = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    pattern = f"{re.escape(first)}.*?{re.escape(last)}"
    found, count = re.subn(pattern, lambda _: f"{first}{text}\n{last}", page, flags=re.DOTALL)
    if count != 1:
        raise LookupError(f"docs/performance.md has {count} places for {name}")
    return found


if __name__ == "__main__":
    main()
