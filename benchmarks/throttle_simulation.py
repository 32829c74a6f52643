"""Simulates instances that know nothing of each other and share one account's quota.

This is a discrete-event simulation: nothing sleeps, nothing is sent, and the same seed gives the same numbers. The
limiter is the functions' own (shared/tencent/action_limiter.py). An instance has enough workers to be always busy; each
worker reads for 200 ms and then attaches a policy. A call takes 40 ms, and reaches the service after 16 to 30 ms.
"""

from __future__ import annotations

import heapq
import itertools
import random
import statistics
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchmarks.quota_service import ACTION, Service
from shared.entrypoints.earlier_outcomes import WORKERS
from shared.tencent.action_limiter import ActionLimiter
from shared.tencent.rate_limit import QUOTAS

READS = 0.2
WAY = 0.02
BACKOFF, BACKOFF_CAP = 0.2, 4.0
LOOK = 0.25
_BUSY = 5
"""Workers of each instance, if there are several. More of them would only wait, and make the simulation slower."""
VARIANTS: dict[str, tuple[int, dict[str, Any]]] = {
    "any second": (20, {}),
    "seconds of a clock": (5, {"kind": "fixed"}),
    "token bucket": (5, {"kind": "bucket"}),
    "any second, refused calls count": (5, {"counts_refused": True}),
}
"""The ways in which the service may count calls: for each the number of seeds, and arguments of `simulate`."""


@dataclass
class Instance:
    """One instance: its limiter, and how many of its calls were accepted and refused after the warm-up."""

    limiter: ActionLimiter
    left: float = float("inf")
    ends: float = float("inf")
    accepted: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Result:
    """The result. `fairness` is Jain's index, which is 1 if all instances get the same; `accepted`: calls in each
    second.
    """

    per_second: float
    throttled: float
    fairness: float
    ended: float
    accepted: Counter[int]


def simulate(
    instances: int,
    *,
    seconds: float = 300.0,
    warm_up: float = 30.0,
    grants: int | None = None,
    seed: int = 1,
    counts_refused: bool = False,
    storm: tuple[float, float] = (0.0, 0.0),
    kind: str = "sliding",
    leave: tuple[float, int] = (float("inf"), 0),
    join: tuple[float, int] = (0.0, 0),
    quota: int = QUOTAS[ACTION],
) -> Result:
    """Let instances attach policies for so long, or until each has made its `grants`.

    `leave`: the time at which instances leave, and how many stay. `join`: the time at which instances join, and how
    many are there before. `quota`: the quota of the service, which may be less than the limiter assumes.
    """
    dice = random.Random(seed)  # noqa: S311 - dice
    service, seconds_of = Service(dice, counts_refused, storm, kind, quota), Counter[int]()
    all_ = [Instance(_limiter(seed, n), grants or float("inf")) for n in range(instances)]
    for one in all_[leave[1] :]:
        one.ends = leave[0]
    order, end = itertools.count(), warm_up + seconds
    events: list[tuple[float, int, Generator[float, float]]] = []
    for n, instance in enumerate(all_):
        begins = (dice.uniform(0, 1) if instances > 1 else 0.0) + (join[0] if n >= join[1] else 0.0)
        for _ in range(WORKERS if instances == 1 else _BUSY):
            worker = _work(instance, service, dice, warm_up, seconds_of)
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
    return Result(sum(done) / (min(now, end) - warm_up), refused / (refused + sum(done)), fairness, now, seconds_of)


def _limiter(seed: int, n: int) -> ActionLimiter:
    return ActionLimiter(QUOTAS[ACTION], random.Random(1000 * seed + n))  # noqa: S311 - dice


def _work(
    instance: Instance, service: Service, dice: random.Random, warm_up: float, accepted_in: Counter[int]
) -> Generator[float, float]:
    """One worker: a generator that yields how long it waits, and is sent the present time."""
    limiter, now = instance.limiter, (yield 0.0)
    while instance.left > 0 and now < instance.ends:
        instance.left -= 1
        now = yield READS * dice.uniform(0.9, 1.1)
        bound, accepted = BACKOFF, False
        while not accepted:
            ticket = limiter.take(now)
            while (wait := limiter.left(ticket, now)) > 0:
                now = yield min(wait, LOOK)
                if now >= instance.ends:
                    return
            now = yield WAY * dice.uniform(0.8, 1.5)
            accepted = service.accepts(now)
            accepted_in[int(now)] += accepted
            now = yield WAY
            (limiter.succeeded if accepted else limiter.throttled)(ticket, now)
            if now > warm_up:
                instance.accepted += accepted
                instance.refused += not accepted
            if not accepted:
                now = yield dice.uniform(0, bound)
                bound = min(BACKOFF_CAP, bound * 2)


class Spread(NamedTuple):
    """The results of several seeds: the lowest share of the quota that was used, the highest share of throttled calls,
    the lowest and the mean fairness.
    """

    used: float
    throttled: float
    fairness: float
    mean_fairness: float


def spread(instances: int, seeds: int, **ways: Any) -> Spread:  # noqa: ANN401 - as `simulate` takes them
    """The results of several seeds; for a single instance one seed is enough, because nothing is random then."""
    results = [simulate(instances, seed=seed, **ways) for seed in range(1, 1 + (seeds if instances > 1 else 1))]
    fairness = [result.fairness for result in results]
    return Spread(
        min(result.per_second for result in results) / QUOTAS[ACTION],
        max(result.throttled for result in results),
        min(fairness),
        statistics.mean(fairness),
    )
