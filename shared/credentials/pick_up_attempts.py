"""Does what is due after an attempt to pick a file up: sends the notification, and later deletes the file.

    housekeeping/<nonce>.json        the attempt, written before it: {"v", "kind", "file", "user", ..., "nonce"}
    housekeeping/<nonce>-told.json   its notification was taken

An attempt is on record before it can win, so whatever crashes, the next invocation finds what is still to be done: it
looks into `opened/` to see how the attempt ended. Both objects are deleted when nothing is left to do. What cannot be
read is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.clock import parse_rfc3339
from shared.credentials import versioned_json
from shared.credentials.pick_up_attempt import PREFIX, PickUpAttempt
from shared.credentials.pick_up_records import Opening, What, opening_key, read_opening
from shared.errors import ImAccessError, Unavailable
from shared.notifications.notification import Notification
from shared.ports import Clock, Listed, Store

LINK_SECONDS = 60
"""Seconds for which the link to a file that was picked up is valid."""
_KEPT = LINK_SECONDS + 1
"""Seconds for which a claimed file is kept; the store's clock shows whole ones."""
_PAUSE = 5.0
"""Seconds before another invocation sends the notification again."""

Notify = Callable[[Notification], None]


class PickUpAttempts:
    """The attempts on record. `tell` sends a notification; None where no receiver is set."""

    def __init__(self, store: Store, clock: Clock, tell: Notify | None) -> None:
        self._store = store
        self._clock = clock
        self._tell = tell
        self._unheard = False

    def note(self, attempt: PickUpAttempt) -> None:
        """Put an attempt on record, before it is made."""
        self._store.create(attempt.key, attempt.dump())

    def finish(self, attempt: PickUpAttempt, opening: Opening) -> None:
        """Send the notification of an attempt, if it has one. Raises ImAccessError: then it is still due."""
        if attempt.kind == "dispute":
            # Whoever opened it has had it; nobody else shall.
            self._store.delete(attempt.file)
            self._tell_first(attempt, opening)
        elif opening.nonce == attempt.nonce:
            self._notify(attempt.notice(opening))
            if self._tell is not None:
                self._store.create(attempt.notified_key, versioned_json.dump({}))
        elif opening.is_of(attempt.browser):
            # The second click of one person, and no news.
            self._store.delete(attempt.key)
        else:
            self._tell_first(attempt, opening)

    def _tell_first(self, attempt: PickUpAttempt, opening: Opening) -> None:
        """Send the notification of the first dispute or refusal of a file; later ones say nothing new."""
        what: What = "-disputed" if attempt.kind == "dispute" else "-refused"
        own = Opening("person", attempt.at, attempt.address, attempt.nonce, attempt.browser)
        first: Opening | None = own
        if not self._store.create(opening_key(attempt.file, what), own.dump()):
            first = read_opening(self._store, attempt.file, what)
        if first is None:
            raise Unavailable("The store does not show a record that exists")
        if first.nonce == attempt.nonce:
            self._notify(attempt.notice(opening))
        self._store.delete(attempt.key)

    def _notify(self, notice: Notification) -> None:
        # A receiver that does not answer is waited for once in an invocation.
        if self._unheard:
            raise Unavailable("The receiver of notifications does not answer")
        self._unheard = True
        if self._tell is not None:
            self._tell(notice)
        self._unheard = False

    def tidy(self, limit: int) -> int:
        """Finish at most `limit` attempts and return how many were. One that fails is left as it is."""
        rows = self._store.below(PREFIX)
        names = {row.key for row in rows}
        due = [row for row in rows if _is_attempt(row, names) and (row.age is None or row.age >= _PAUSE)]
        finished = tried = 0
        for row in sorted(due, key=lambda row: -(row.age or 0)):
            if tried == limit:
                break
            try:
                attempt = None if row.key.endswith("-told.json") else self._read(row.key)
                tried += 1
                finished += self._finish(attempt, row, names) if attempt else self._forget([row.key])
            except ImAccessError as error:
                # What cannot be read stays for good, and is no reason to leave others undone.
                tried += error.code != "record_unreadable"
        return finished

    def _finish(self, attempt: PickUpAttempt, row: Listed, names: set[str]) -> bool:
        age = self._clock.now() - parse_rfc3339(attempt.at) if row.age is None else row.age
        opening = read_opening(self._store, attempt.file)
        if opening is None:
            return age > attempt.lease and self._forget([attempt.key])
        if opening.nonce != attempt.nonce:
            self.finish(attempt, opening)
            return True
        failure = None
        try:
            if attempt.notified_key not in names:
                self.finish(attempt, opening)
        except Unavailable as error:
            failure = error
        if age >= _KEPT:
            self._store.delete(attempt.file)
        if failure:
            raise failure
        return age >= _KEPT and self._forget([attempt.key, attempt.notified_key])

    def _forget(self, keys: Sequence[str]) -> bool:
        for key in keys:
            self._store.delete(key)
        return True

    def _read(self, key: str) -> PickUpAttempt | None:
        """The attempt of a key, or None for one that is gone. Raises ImAccessError `record_unreadable`."""
        found = self._store.get(key)
        return PickUpAttempt.load(found.body) if found else None


def _is_attempt(row: Listed, names: set[str]) -> bool:
    # A note whose attempt is gone was left by a crash in between, and is deleted.
    if not row.key.endswith("-told.json"):
        return True
    return row.key.replace("-told.json", ".json") not in names
