"""A store that caches its listings in one run of the sweep, so that each prefix is listed once for all duties.

Only prefixes of the sweep's own work are cached, and only until an object with that prefix is changed here. A listing
of ledger, lives or turns must show the newest state, so it is never cached.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from shared.ports import Listed, Store, Stored


class ListingCache:
    """The store, for one run, and the prefixes whose listings are cached."""

    def __init__(self, store: Store, prefixes: Collection[str]) -> None:
        self._store = store
        self._prefixes = prefixes
        self._rows: dict[str, tuple[list[Listed], bool]] = {}

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> Sequence[Listed]:
        """As in the store, from the cache where possible."""
        if prefix not in self._prefixes:
            return self._store.below(prefix, limit=limit, after=after)
        rows, whole = self._rows.get(prefix, ([], False))
        if not whole and (after or len(rows) < limit):
            found = list(self._store.below(prefix, limit=limit, after=after))
            if after:
                return found
            rows, whole = found, len(found) < limit
            self._rows[prefix] = rows, whole
        return [row for row in rows if row.key > after][:limit]

    def forget(self) -> None:
        """Clear the cache, because something may have been changed without this store."""
        self._rows.clear()

    def create(self, key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> bool:
        """As in the store."""
        self._changed(key)
        return self._store.create(key, body, headers=headers)

    def get(self, key: str) -> Stored | None:
        """As in the store."""
        return self._store.get(key)

    def exists(self, key: str) -> bool:
        """As in the store."""
        return self._store.exists(key)

    def delete(self, key: str) -> None:
        """As in the store."""
        self._changed(key)
        self._store.delete(key)

    def _changed(self, key: str) -> None:
        for prefix in [prefix for prefix in self._rows if key.startswith(prefix)]:
            del self._rows[prefix]
