"""A dict that keeps its past values, for readers that lag behind the writers."""

from collections import UserDict
from collections.abc import Mapping
from typing import TypeVar

from local.clock import Clock

K = TypeVar("K")
V = TypeVar("V")
HORIZON = 3600


class Table(UserDict[K, V]):
    """Records by key, each with its earlier values. Records are immutable: a change stores a new one."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._past: dict[K, list[tuple[float, V | None]]] = {}

    def __setitem__(self, key: K, value: V) -> None:
        self._remember(key, value)
        self.data[key] = value

    def __delitem__(self, key: K) -> None:
        del self.data[key]
        self._remember(key, None)

    def _remember(self, key: K, value: V | None) -> None:
        """Append to the key's past, and forget all of it that no lag reaches any more."""
        now = self._clock.now()
        past = self._past.setdefault(key, [])
        past.append((now, value))
        while len(past) > 1 and past[1][0] <= now - HORIZON:
            del past[0]

    def lagging(self, seconds: float) -> Mapping[K, V]:
        """The records as they were that many seconds ago, at most an hour."""
        if seconds <= 0:
            return self.data
        moment = self._clock.now() - seconds
        seen = ((key, self._at(past, moment)) for key, past in self._past.items())
        return {key: value for key, value in seen if value is not None}

    def seen(self, key: K, lag: float) -> V | None:
        """One record as it was that many seconds ago; None if there was none."""
        if lag <= 0:
            return self.data.get(key)
        return self._at(self._past.get(key, []), self._clock.now() - lag)

    @staticmethod
    def _at(past: list[tuple[float, V | None]], moment: float) -> V | None:
        return next((value for at, value in reversed(past) if at <= moment), None)
