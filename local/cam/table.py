"""A dict that remembers: what a reader sees who lags behind the writers."""

from collections import UserDict
from collections.abc import Mapping
from typing import TypeVar

from local.clock import Clock

K = TypeVar("K")
V = TypeVar("V")


class Table(UserDict[K, V]):
    """Records by key, each with its past. Records are immutable: a change stores a new one."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._past: dict[K, list[tuple[float, V | None]]] = {}

    def __setitem__(self, key: K, value: V) -> None:
        self._past.setdefault(key, []).append((self._clock.now(), value))
        self.data[key] = value

    def __delitem__(self, key: K) -> None:
        del self.data[key]
        self._past[key].append((self._clock.now(), None))

    def lagging(self, seconds: float) -> Mapping[K, V]:
        """The records as they were that many seconds ago."""
        if seconds <= 0:
            return self.data
        moment = self._clock.now() - seconds
        seen = ((key, self._at(past, moment)) for key, past in self._past.items())
        return {key: value for key, value in seen if value is not None}

    @staticmethod
    def _at(past: list[tuple[float, V | None]], moment: float) -> V | None:
        return next((value for at, value in reversed(past) if at <= moment), None)
