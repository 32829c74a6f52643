"""Records what was done of a batch that is to come again, so that the next delivery looks up few of its messages.

    batches/<function>/<hash of the first message>/<inverted milliseconds>.json    {"v": 1, "replayed", "parked"}

It holds what was seen to be done, with a receipt or as a dead letter, and nothing else rests on it: where it is missing
each message is asked for. A newer note replaces the older ones; when the batch is through, all go.
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
    """The notes of one batch; `first` is the hash of its first message."""

    def __init__(self, store: Store, clock: Clock, function: str, first: str) -> None:
        self._store = store
        self._clock = clock
        self._folder = f"{PREFIX}{function}/{first}/"
        self._found: list[str] = []

    def read(self) -> dict[str, str]:
        """The outcomes of messages, by their hashes. Raises Unavailable, CloudError.

        A note of another version counts as none, and is left as it is.
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
        """Note what is done, in place of what was noted before. Raises Unavailable, CloudError."""
        members = {word: sorted(message for message, outcome in done.items() if outcome == word) for word in WORDS}
        key = f"{self._folder}{_MOST - round(self._clock.now() * 1000):014}.json"
        self._store.create(key, dump(members))
        self.forget()
        self._found = [key]

    def forget(self) -> None:
        """Delete what was read. Raises Unavailable, CloudError."""
        for key in self._found:
            self._store.delete(key)
        self._found = []
