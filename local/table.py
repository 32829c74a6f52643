"""A dict that keeps its earlier values, for readers that lag behind the writers."""

from bisect import bisect_left, insort
from collections import UserDict
from collections.abc import Callable, Mapping
from copy import copy
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

    def fill(self, records: Mapping[K, V]) -> None:
        """Put many records into an empty table at once."""
        now = self._clock.now()
        self.data.update(records)
        self._past.update((key, [(now, value)]) for key, value in records.items())

    def __delitem__(self, key: K) -> None:
        del self.data[key]
        self._remember(key, None)

    def _remember(self, key: K, value: V | None) -> None:
        """Add to the key's earlier values, and forget those that are older than any lag."""
        now = self._clock.now()
        past = [*self._past.get(key, ()), (now, value)]
        while len(past) > 1 and past[1][0] <= now - HORIZON:
            del past[0]
        self._past[key] = past

    def copy(self) -> "Table[K, V]":
        """An independent copy. A shallow one is enough, because records and lists of earlier values are never changed
        in place.
        """
        same = copy(self)
        vars(same).update({name: part.copy() for name, part in vars(self).items() if isinstance(part, dict | list)})
        return same

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


class GroupedTable(Table[K, V]):
    """A table that also finds records by their owner, such as a user's keys, without looking at all others.

    The owner of a key's record never changes.
    """

    def __init__(self, clock: Clock, owner_of: Callable[[V], int]) -> None:
        super().__init__(clock)
        self._owner_of = owner_of
        self._keys_of: dict[int, tuple[K, ...]] = {}

    def __setitem__(self, key: K, value: V) -> None:
        if key not in self.data:
            owner = self._owner_of(value)
            self._keys_of[owner] = (*(one for one in self._keys_of.get(owner, ()) if one != key), key)
        super().__setitem__(key, value)

    def of(self, owner: int, lag: float = 0.0) -> list[V]:
        """The records that belong to this owner, oldest first, as a reader with this lag sees them."""
        seen = (self.seen(key, lag) for key in self._keys_of.get(owner, ()))
        return [value for value in seen if value is not None]


class SortedTable(Table[str, V]):
    """A table that finds its next key in the order of the keys' UTF-8 bytes, without looking at all others."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._order: list[str] = []

    def __setitem__(self, key: str, value: V) -> None:
        if key not in self._past:
            # Characters sort as their UTF-8 bytes do.
            insort(self._order, key)
        super().__setitem__(key, value)

    def first_from(self, start: str, lag: float = 0.0) -> tuple[str, V] | None:
        """The first key that is not before ``start``, with its record, as a reader with this lag sees them."""
        index = bisect_left(self._order, start)
        while index < len(self._order):
            key = self._order[index]
            value = self.seen(key, lag)
            if value is not None:
                return key, value
            if self._long_gone(key):
                del self._order[index], self._past[key]
            else:
                index += 1
        return None

    def _long_gone(self, key: str) -> bool:
        """Whether the record was deleted so long ago that even a lagging reader does not see it."""
        at, value = self._past[key][-1]
        return value is None and at <= self._clock.now() - HORIZON
