"""What a change in the number of instances costs them, which share one account's quota and know nothing of each other.

python -m benchmarks.quota_changes
"""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.common import table
from benchmarks.quota_service import ACTION
from benchmarks.throttle_simulation import simulate
from shared.tencent.rate_limit import QUOTAS

SEEDS = 20
MINUTE, SETTLED = 60.0, 120.0
"""Seconds: how long a change is looked at, and after which time instances have found their shares."""
_WITHIN = 10
"""Seconds over which it is counted whether the quota is used again."""
_USED = 0.8


def run() -> str:
    """The table."""
    rows = [
        ("16 instances begin within a second", *throttled(16)),
        ("the same, from the tenth second on", *throttled(16, warm_up=10.0)),
        ("12 instances join 4", *throttled(16, join=(SETTLED, 4), warm_up=SETTLED)),
        ("one of two stays", *recovery(2, 1)),
        ("two of four stay", *recovery(4, 2)),
        ("one of sixteen stays", *recovery(16, 1)),
        ("half of the quota that one instance believes in", *used(1)),
        ("half of the quota that four instances believe in", *used(4)),
    ]
    return table(("what changes", "measured", "median", "worst"), rows)


def throttled(instances: int, warm_up: float = 0.0, **ways: Any) -> tuple[str, str, str]:  # noqa: ANN401 - see `simulate`
    """The part of the calls of one minute that is refused."""
    parts = [
        simulate(instances, seconds=MINUTE, warm_up=warm_up, seed=seed, **ways).throttled for seed in _seeds(instances)
    ]
    return "calls throttled within a minute", f"{statistics.median(parts):.0%}", f"{max(parts):.0%}"


def recovery(instances: int, stay: int) -> tuple[str, str, str]:
    """Others end: seconds until those who stay use the quota again."""
    seconds = [
        _back(simulate(instances, seconds=3 * SETTLED, warm_up=0.0, leave=(SETTLED, stay), seed=seed).accepted)
        for seed in _seeds(instances)
    ]
    return f"seconds until {_USED:.0%} of the quota are used", f"{statistics.median(seconds):.0f}", f"{max(seconds)}"


def _back(accepted: Counter[int]) -> int:
    """Whole seconds after the change from which on the quota is used. Raises StopIteration where it never is."""
    enough = _USED * QUOTAS[ACTION] * _WITHIN
    begin = int(SETTLED)
    seconds: Sequence[int] = range(begin, 3 * begin - _WITHIN)
    return next(at - begin for at in seconds if sum(accepted[at + n] for n in range(_WITHIN)) >= enough)


def used(instances: int) -> tuple[str, str, str]:
    """What is used of a quota that is half of what the instances believe, and what is refused."""
    half = QUOTAS[ACTION] // 2
    found = [simulate(instances, quota=half, seed=seed) for seed in _seeds(instances)]
    parts, refused = [one.per_second / half for one in found], [one.throttled for one in found]
    middle = f"{statistics.median(parts):.0%}; {statistics.median(refused):.0%}"
    return "quota used; throttled", middle, f"{min(parts):.0%}; {max(refused):.0%}"


def _seeds(instances: int) -> range:
    return range(1, 1 + (SEEDS if instances > 1 else 1))


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
