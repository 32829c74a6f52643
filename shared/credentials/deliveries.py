"""Records the credentials files of each user, so that they are deleted when the user is offboarded or gets new ones.

    deliveries/<uin>/<name of the file>.json

The record is written before the file, so no file is missed. It holds no link and no secret.
"""

from __future__ import annotations

from shared.concurrency import each
from shared.credentials.csv_file import FILES
from shared.ports import Store

_ALL = 1_000_000


class Deliveries:
    """The files of users, over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, uin: int, file: str) -> None:
        """Record that a file (an object key) belongs to this user. Raises Unavailable, CloudError."""
        self._store.create(f"deliveries/{uin}/{file.removeprefix(FILES)}.json", b'{"v":1}')

    def destroy(self, uin: int) -> None:
        """Delete all credentials files of a user, so that their links do not work any more."""
        each(self._destroy, [row.key for row in self._store.below(f"deliveries/{uin}/", limit=_ALL)])

    def _destroy(self, key: str) -> None:
        from shared.credentials.pick_up_records import note_key

        file = FILES + key.rpartition("/")[2].removesuffix(".json")
        self._store.delete(file)
        # Otherwise the sweep would wait for somebody to pick the file up, and disable the user in the end.
        self._store.create(note_key(file, "closed"), b'{"v":1}')
        self._store.delete(key)
