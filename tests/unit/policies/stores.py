"""A store in memory, with ages and a count of what it was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple


class Seen(NamedTuple):
    """An object as it is shown."""

    key: str
    body: bytes
    age: float


class MemoryStore:
    """Create-if-absent and nothing stronger; `clock` in seconds, `calls` and `shown` count calls and rows of lists."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.at: dict[str, float] = {}
        self.clock = 0.0
        self.calls: Counter[str] = Counter()
        self.shown = 0

    def create(self, key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> bool:  # noqa: ARG002 - a port's
        """Write what must not exist yet."""
        self.calls["create"] += 1
        if key in self.objects:
            return False
        self.objects[key], self.at[key] = body, self.clock
        return True

    def get(self, key: str) -> Seen | None:
        """Read."""
        self.calls["get"] += 1
        return self._seen(key) if key in self.objects else None

    def exists(self, key: str) -> bool:
        """Look."""
        return key in self.objects

    def delete(self, key: str) -> None:
        """Remove."""
        del self.objects[key]

    def below(self, prefix: str, *, limit: int = 1000) -> list[Seen]:
        """The first objects below a prefix, in order."""
        self.calls["below"] += 1
        rows = [self._seen(key) for key in sorted(self.objects) if key.startswith(prefix)][:limit]
        self.shown += len(rows)
        return rows

    def _seen(self, key: str) -> Seen:
        return Seen(key, self.objects[key], self.clock - self.at.get(key, 0.0))
