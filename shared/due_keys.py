"""Lists records whose object keys begin with their due time, so that the records that are due come first."""

from __future__ import annotations

from collections.abc import Callable

from shared.ports import Clock, Store

_PAGE = 1000


def due_keys(store: Store, prefix: str, clock: Clock, due_of: Callable[[str], int | None]) -> list[str]:
    """The keys of all records that are due, the earliest first. It takes one listing for each thousand of them.

    `due_of` reads the due time (seconds since the epoch) from a key; a key without one counts as due. Raises
    Unavailable, CloudError.
    """
    due: list[str] = []
    while True:
        rows = store.below(prefix, limit=_PAGE, after=due[-1] if due else "")
        keys = [row.key for row in rows if (due_of(row.key) or 0) <= clock.now()]
        due += keys
        if len(keys) < _PAGE:
            return due
