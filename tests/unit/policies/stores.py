"""A store in memory, with ages of objects and a count of calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from shared.ports import Listed, Stored


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

    def get(self, key: str) -> Stored | None:
        """Read."""
        self.calls["get"] += 1
        return Stored(self.objects[key], self._age(key)) if key in self.objects else None

    def exists(self, key: str) -> bool:
        """Look."""
        return key in self.objects

    def delete(self, key: str) -> None:
        """Remove."""
        self.objects.pop(key, None)

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> list[Listed]:
        """The first objects below a prefix that come after a key, in order."""
        self.calls["below"] += 1
        keys = [key for key in sorted(self.objects) if key.startswith(prefix) and key > after]
        rows = [Listed(key, self._age(key)) for key in keys[:limit]]
        self.shown += len(rows)
        return rows

    def _age(self, key: str) -> float:
        return self.clock - self.at.get(key, 0.0)
