"""Finishes attempts to pick up a file: sends the notification, and deletes the file a minute later.

    housekeeping/<nonce>.json        the attempt: {"v", "kind", "file", "user", ..., "nonce"}
    housekeeping/<nonce>-told.json   its notification was accepted

The attempt is recorded before it can succeed. So after a crash the next invocation finds what is still to be done, and
reads in `opened/` how the attempt ended. Both objects are deleted when nothing is left to do. An unreadable object is
left as it is.
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
"""Seconds for which the download link of a picked-up file is valid."""
_KEPT = LINK_SECONDS + 1
"""Seconds for which a picked-up file is kept: one more, because the store's clock shows whole seconds."""
_PAUSE = 5.0
"""Seconds before another invocation sends the notification again."""

Notify = Callable[[Notification], None]


class PickUpAttempts:
    """The recorded attempts. `notify` sends a notification; None where no receiver is set."""

    def __init__(self, store: Store, clock: Clock, notify: Notify | None) -> None:
        self._store = store
        self._clock = clock
        self._notify = notify
        self._unheard = False

    def note(self, attempt: PickUpAttempt) -> None:
        """Record an attempt, before it is made."""
        self._store.create(attempt.key, attempt.dump())

    def finish(self, attempt: PickUpAttempt, opening: Opening) -> None:
        """Send the notification of an attempt, if it has one. Raises ImAccessError: then it is still due."""
        if attempt.kind == "dispute":
            # The one who opened the file has it already; nobody else may get it.
            self._store.delete(attempt.file)
            self._notify_first(attempt, opening)
        elif opening.nonce == attempt.nonce:
            self._send_once(attempt.notice(opening))
            if self._notify is not None:
                self._store.create(attempt.notified_key, versioned_json.dump({}))
        elif opening.is_of(attempt.browser):
            # The same person clicked twice: nothing to notify of.
            self._store.delete(attempt.key)
        else:
            self._notify_first(attempt, opening)

    def _notify_first(self, attempt: PickUpAttempt, opening: Opening) -> None:
        """Send the notification of the first dispute or refusal of a file; later ones add nothing."""
        what: What = "-disputed" if attempt.kind == "dispute" else "-refused"
        own = Opening("person", attempt.at, attempt.address, attempt.nonce, attempt.browser)
        first: Opening | None = own
        if not self._store.create(opening_key(attempt.file, what), own.dump()):
            first = read_opening(self._store, attempt.file, what)
        if first is None:
            raise Unavailable("The store does not show a record that exists")
        if first.nonce == attempt.nonce:
            self._send_once(attempt.notice(opening))
        self._store.delete(attempt.key)

    def _send_once(self, notice: Notification) -> None:
        # A receiver that does not answer is tried only once in an invocation.
        if self._unheard:
            raise Unavailable("The receiver of notifications does not answer")
        self._unheard = True
        if self._notify is not None:
            self._notify(notice)
        self._unheard = False

    def tidy(self, limit: int) -> int:
        """Finish at most `limit` attempts and return how many were finished. One that fails is left as it is."""
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
                # An unreadable attempt stays for good, so it must not use up the limit.
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
        """The attempt of an object key, or None where it was deleted. Raises ImAccessError `record_unreadable`."""
        found = self._store.get(key)
        return PickUpAttempt.load(found.body) if found else None


def _is_attempt(row: Listed, names: set[str]) -> bool:
    # A `-told` note without its attempt was left by a crash, and is deleted.
    if not row.key.endswith("-told.json"):
        return True
    return row.key.replace("-told.json", ".json") not in names
