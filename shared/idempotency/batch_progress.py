"""Records which messages of a batch are done, for its next delivery, so that fewer messages have to be looked up.

    batches/<function>/<hash of the first message>/<inverted milliseconds>.json    {"v": 1, "replayed", "parked"}

It only saves look-ups: without it, each message is looked up. A newer record replaces the older ones; when the batch is
done, all of them are deleted.
"""

from __future__ import annotations

from shared.errors import ImAccessError
from shared.idempotency.stored_attempts import dump, load
from shared.ports import Clock, Store

PREFIX = "batches/"
WORDS = ("replayed", "parked")
_MOST = 10**14 - 1
_FEW = 20


class BatchProgress:
    """The records of one batch; `first` is the hash of its first message."""

    def __init__(self, store: Store, clock: Clock, function: str, first: str) -> None:
        self._store = store
        self._clock = clock
        self._folder = f"{PREFIX}{function}/{first}/"
        self._found: list[str] = []

    def read(self) -> dict[str, str]:
        """The outcomes of messages, by their hashes. Raises Unavailable, CloudError.

        A record of another version counts as none, and is left as it is.
        """
        keys = [row.key for row in self._store.below(self._folder, limit=_FEW)]
        found = self._store.get(keys[0]) if keys else None
        if found is None:
            return {}
        try:
            record = load(found.body)
            done = {str(message): word for word in WORDS for message in record[word]}
        except (ImAccessError, KeyError, TypeError):
            return {}
        self._found = keys
        return done

    def write(self, done: dict[str, str]) -> None:
        """Record what is done, in place of the earlier record. Raises Unavailable, CloudError."""
        members = {word: sorted(message for message, outcome in done.items() if outcome == word) for word in WORDS}
        key = f"{self._folder}{_MOST - round(self._clock.now() * 1000):014}.json"
        self._store.create(key, dump(members))
        self.forget()
        self._found = [key]

    def forget(self) -> None:
        """Delete the records that were read. Raises Unavailable, CloudError."""
        for key in self._found:
            self._store.delete(key)
        self._found = []
