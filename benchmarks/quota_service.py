"""A simulated service that accepts so many calls of one action in a second, and refuses the rest.

Tencent does not document how it counts the calls, so there are several ways.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, field

from shared.tencent.rate_limit import QUOTAS

ACTION = "AttachUserPolicy"


@dataclass
class Service:
    """The account's quota. `counts_refused`: whether refused calls use up the quota as well.

    `kind` is the way of counting: "sliding", within any second; "fixed", within each second of the service's clock;
    "bucket", by a token bucket that holds the tokens of one second. `storm`: begin and end of a time in which half of
    all calls are refused.
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
        """Whether a call at this time is accepted."""
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
