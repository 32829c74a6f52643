"""Records whose object keys begin with the moment at which they are due, so that a listing shows what is due first."""

from __future__ import annotations

from collections.abc import Callable

from shared.ports import Clock, Store

_PAGE = 1000


def due_keys(store: Store, prefix: str, clock: Clock, due_of: Callable[[str], int | None]) -> list[str]:
    """The keys of all records that are due, the earliest first, by one listing and one more for each thousand of them.

    `due_of` reads the moment (seconds since the epoch) from a key; a key of which it is None counts as due. Raises
    Unavailable, CloudError.
    """
    due: list[str] = []
    while True:
        rows = store.below(prefix, limit=_PAGE, after=due[-1] if due else "")
        keys = [row.key for row in rows if (due_of(row.key) or 0) <= clock.now()]
        due += keys
        if len(keys) < _PAGE:
            return due
