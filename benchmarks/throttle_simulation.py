"""How instances that know nothing of each other share one account's quota: `python -m benchmarks.throttle_simulation`.

A pure discrete-event simulation: nothing sleeps, nothing is sent, and the same seed gives the same numbers. The pace is
the functions' own (shared/tencent/rate_limit.py); an instance has as many workers as a batch has, each of which reads
for 200 ms and then attaches a policy; a call takes 40 ms and arrives within 16 to 30 of them. The service accepts ten
calls within any second and refuses the rest.
"""

from __future__ import annotations

import heapq
import itertools
import random
import sys
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field

from shared.entrypoints.queue import WORKERS
from shared.tencent.rate_limit import QUOTAS, ActionLimiter, RateLimiter

ACTION = "AttachUserPolicy"
READS = 0.2
WAY = 0.02
BACKOFF, BACKOFF_CAP = 0.2, 4.0
LOOK = 0.25


@dataclass
class Service:
    """The account's quota. `counts_refused`: whether refused calls use it up as well, which nobody documents."""

    dice: random.Random
    counts_refused: bool = False
    storm: tuple[float, float] = (0.0, 0.0)
    _window: deque[float] = field(default_factory=deque)

    def accepts(self, now: float) -> bool:
        """One call. In a storm, half of them are refused whatever the rate."""
        if self.storm[0] <= now < self.storm[1] and self.dice.random() < 0.5:
            return False
        while self._window and self._window[0] <= now - 1.0:
            self._window.popleft()
        accepted = len(self._window) < QUOTAS[ACTION]
        if accepted or self.counts_refused:
            self._window.append(now)
        return accepted


@dataclass
class Instance:
    """One instance: its pace, and how its calls fared since the simulation's warm-up."""

    limiter: ActionLimiter = field(default_factory=lambda: RateLimiter().limiter(ACTION))
    left: float = float("inf")
    accepted: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Result:
    """What came of it. `fairness` is Jain's index: 1 where all instances get the same."""

    per_second: float
    throttled: float
    fairness: float
    ended: float


def simulate(
    instances: int,
    *,
    seconds: float = 300.0,
    warm_up: float = 30.0,
    grants: int | None = None,
    seed: int = 1,
    counts_refused: bool = False,
    storm: tuple[float, float] = (0.0, 0.0),
) -> Result:
    """Let instances attach for so long, or until each has made its `grants`."""
    dice = random.Random(seed)  # noqa: S311 - dice
    service = Service(dice, counts_refused, storm)
    all_ = [Instance(left=grants or float("inf")) for _ in range(instances)]
    order, end = itertools.count(), warm_up + seconds
    events: list[tuple[float, int, Generator[float, float]]] = []
    for instance in all_:
        begins = dice.uniform(0, 1) if instances > 1 else 0.0
        for _ in range(WORKERS):
            worker = _work(instance, service, dice, warm_up)
            next(worker)
            heapq.heappush(events, (begins, next(order), worker))
    now = 0.0
    while events and events[0][0] <= end:
        now, _, worker = heapq.heappop(events)
        try:
            heapq.heappush(events, (now + worker.send(now), next(order), worker))
        except StopIteration:
            continue
    done, refused = [one.accepted for one in all_], sum(one.refused for one in all_)
    fairness = sum(done) ** 2 / (instances * sum(one**2 for one in done))
    return Result(sum(done) / (min(now, end) - warm_up), refused / (refused + sum(done)), fairness, now)


def _work(instance: Instance, service: Service, dice: random.Random, warm_up: float) -> Generator[float, float]:
    """One worker: yields how long it waits, and is sent the time."""
    limiter, now = instance.limiter, (yield 0.0)
    while instance.left > 0:
        instance.left -= 1
        now = yield READS * dice.uniform(0.9, 1.1)
        bound, accepted = BACKOFF, False
        while not accepted:
            ticket = limiter.take(now)
            while (wait := limiter.left(ticket, now)) > 1e-9:
                now = yield min(wait, LOOK)
            sent = now
            now = yield WAY * dice.uniform(0.8, 1.5)
            accepted = service.accepts(now)
            now = yield WAY
            (limiter.succeeded if accepted else limiter.throttled)(sent, now)
            if now > warm_up:
                instance.accepted += accepted
                instance.refused += not accepted
            if not accepted:
                now = yield dice.uniform(0, bound)
                bound = min(BACKOFF_CAP, bound * 2)


def table() -> str:
    """The results as the documentation shows them."""
    rows = [
        "| instances | quota used | calls throttled | fairness | where refused calls count too |",
        "| --- | --- | --- | --- | --- |",
    ]
    for instances in (1, 2, 4, 16):
        one, strict = simulate(instances), simulate(instances, counts_refused=True)
        used, strictly = (result.per_second / QUOTAS[ACTION] for result in (one, strict))
        shown = f"{used:.0%} | {one.throttled:.0%} | {one.fairness:.2f}"
        rows.append(f"| {instances} | {shown} | {strictly:.0%} used, {strict.throttled:.0%} throttled |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
    for start in (0, 5):
        ended = simulate(1, warm_up=0, seconds=300, grants=200, storm=(start, start + 10)).ended
        sys.stdout.write(f"200 grants with a storm from second {start} to {start + 10}: {ended:.0f} s\n")
