"""Simulates instances that know nothing of each other and share one account's quota.

A pure discrete-event simulation: nothing sleeps, nothing is sent, and the same seed gives the same numbers. The limiter
is the functions' own (shared/tencent/action_limiter.py); an instance has as many workers as keep it busy, each of which
reads for 200 ms and then attaches a policy; a call takes 40 ms and arrives within 16 to 30 of them. The service accepts
ten calls within any second and refuses the rest; how it counts is nowhere documented, so there are variants.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
import statistics
from collections import Counter, deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shared.entrypoints.earlier_outcomes import WORKERS
from shared.tencent.action_limiter import ActionLimiter
from shared.tencent.rate_limit import QUOTAS

ACTION = "AttachUserPolicy"
READS = 0.2
WAY = 0.02
BACKOFF, BACKOFF_CAP = 0.2, 4.0
LOOK = 0.25
_BUSY = 5
"""Workers of each of several instances: more of them wait for the same calls, and cost time to simulate."""
VARIANTS: dict[str, tuple[int, dict[str, Any]]] = {
    "any second": (20, {}),
    "seconds of a clock": (5, {"kind": "fixed"}),
    "token bucket": (5, {"kind": "bucket"}),
    "any second, refused calls count": (5, {"counts_refused": True}),
}
"""How the service may count, with how many seeds each is tried and what it is for `simulate`."""


@dataclass
class Service:
    """The account's quota. `counts_refused`: whether refused calls use it up as well, which nobody documents.

    `kind`: "sliding", any second; "fixed", each second of the service's clock; "bucket", a token bucket of one second.
    """

    dice: random.Random
    counts_refused: bool = False
    storm: tuple[float, float] = (0.0, 0.0)
    kind: str = "sliding"
    quota: int = QUOTAS[ACTION]
    _counted: deque[float] = field(default_factory=deque)
    _tokens: float = QUOTAS[ACTION]
    _at: float = 0.0

    def accepts(self, now: float) -> bool:
        """One call. In a storm, half of them are refused whatever the rate."""
        if self.storm[0] <= now < self.storm[1] and self.dice.random() < 0.5:
            return False
        accepted = self._free(now) >= 1
        if accepted or self.counts_refused:
            self._counted.append(now)
            self._tokens -= 1
        return accepted

    def _free(self, now: float) -> float:
        if self.kind == "bucket":
            self._tokens, self._at = min(self.quota, self._tokens + (now - self._at) * self.quota), now
            return self._tokens
        since = math.floor(now) if self.kind == "fixed" else now - 1.0
        while self._counted and (self._counted[0] < since or self._counted[0] == now - 1.0):
            self._counted.popleft()
        return self.quota - len(self._counted)


@dataclass
class Instance:
    """One instance: its limiter, and how its calls fared since the simulation's warm-up."""

    limiter: ActionLimiter
    left: float = float("inf")
    ends: float = float("inf")
    accepted: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Result:
    """The result. `fairness` is Jain's index, 1 where all get the same; `accepted`: calls by whole seconds."""

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
    """Let instances attach for so long, or until each has made its `grants`.

    `leave`: when, and how many stay. `join`: when, and how many are there before. `quota`: the service's, which may be
    less than the limiter believes.
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
    """One worker: yields how long it waits, and is sent the time."""
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
    """Of several seeds: the lowest part of the quota that was used, the highest that was throttled, the lowest and the
    mean fairness."""

    used: float
    throttled: float
    fairness: float
    mean_fairness: float


def spread(instances: int, seeds: int, **ways: Any) -> Spread:  # noqa: ANN401 - as `simulate` takes them
    """What several seeds found; one instance alone needs only one, as nothing is random then."""
    results = [simulate(instances, seed=seed, **ways) for seed in range(1, 1 + (seeds if instances > 1 else 1))]
    fairness = [result.fairness for result in results]
    return Spread(
        min(result.per_second for result in results) / QUOTAS[ACTION],
        max(result.throttled for result in results),
        min(fairness),
        statistics.mean(fairness),
    )
