"""Records which credentials files a user has, so that they are deleted when the user is offboarded or gets new ones.

    deliveries/<uin>/<name of the file>.json

Noted before the file is written, so that no file goes unnoticed; it holds no link and no secret.
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
        """Record that a file, by its object key, is going to be this user's. Raises Unavailable, CloudError."""
        self._store.create(f"deliveries/{uin}/{file.removeprefix(FILES)}.json", b'{"v":1}')

    def destroy(self, uin: int) -> None:
        """Delete every credentials file of a user that is still there, so that its links lead to nothing."""
        each(self._destroy, [row.key for row in self._store.below(f"deliveries/{uin}/", limit=_ALL)])

    def _destroy(self, key: str) -> None:
        from shared.credentials.pick_up_records import note_key

        file = FILES + key.rpartition("/")[2].removesuffix(".json")
        self._store.delete(file)
        # Or the sweep would miss somebody who picks it up, and in the end close the user for that.
        self._store.create(note_key(file, "closed"), b'{"v":1}')
        self._store.delete(key)
