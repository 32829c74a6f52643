"""What is due after somebody has tried to claim a file: a notification, and in the end the file's removal.

    housekeeping/<nonce>.json        the attempt, written before it: {"file", "user", ..., "at", "address", "nonce"}
    housekeeping/<nonce>-told.json   its notification was taken

An attempt is on record before it can win, so whatever crashes, the next invocation finds what is still to be done: it
looks into `opened/` to see how the attempt ended. Both objects are deleted when nothing is left to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shared.clock import parse_rfc3339
from shared.credentials.pick_up import Opening, digest, opening_key
from shared.errors import ImAccessError, Unavailable
from shared.notifications.events import Notification
from shared.ports import Clock, Listed, Store

PREFIX = "housekeeping/"
LINK_SECONDS = 60
"""For which a claimed file's link lives."""
_KEPT = LINK_SECONDS + 1
"""Seconds for which a claimed file is kept; the store's clock shows whole ones."""
_PAUSE = 5.0
"""Seconds before somebody else tries again to notify."""

Tell = Callable[[Notification], None]


@dataclass(frozen=True)
class PickUpAttempt:
    """Somebody's attempt to claim a file. `lease`: seconds after which whoever made it is no longer at work."""

    nonce: str
    file: str
    user: str
    uin: int | None
    request_id: str
    at: str
    address: str
    lease: float

    @property
    def key(self) -> str:
        """The object key."""
        return f"{PREFIX}{self.nonce}.json"

    @property
    def told_key(self) -> str:
        """The object key of the note that its notification was taken."""
        return f"{PREFIX}{self.nonce}-told.json"

    def notice(self, opening: Opening) -> Notification:
        """What the organisation is told of it. The same attempt has the same id, however often it is told."""
        data: dict[str, Any] = {
            "request_id": self.request_id,
            "user": {"name": self.user, "uin": self.uin},
            "at": self.at,
            "address": self.address,
        }
        if opening.nonce == self.nonce:
            return Notification("imaccess.credentials.claimed", digest(f"claimed:{self.file}"), self.at, data)
        data["first"] = {"by": opening.by, "at": opening.at, "address": opening.address}
        return Notification("imaccess.credentials.refused", digest(f"refused:{self.nonce}"), self.at, data)


class PickUpAttempts:
    """The attempts on record. `tell` is None where nobody is notified."""

    def __init__(self, store: Store, clock: Clock, tell: Tell | None) -> None:
        self._store = store
        self._clock = clock
        self._tell = tell
        self._unheard = False

    def note(self, attempt: PickUpAttempt) -> None:
        """Put an attempt on record, before it is made."""
        self._store.create(attempt.key, json.dumps(asdict(attempt)).encode())

    def report(self, attempt: PickUpAttempt, opening: Opening) -> None:
        """Notify, and write down that it was taken. Raises Unavailable: then it is still due."""
        self._notify(attempt.notice(opening))
        if opening.nonce != attempt.nonce:
            self._store.delete(attempt.key)
        elif self._tell is not None:
            self._store.create(attempt.told_key, b"{}")

    def _notify(self, notice: Notification) -> None:
        # A receiver that does not answer is waited for once in an invocation.
        if self._unheard:
            raise Unavailable("The receiver of notifications does not answer")
        self._unheard = True
        if self._tell is not None:
            self._tell(notice)
        self._unheard = False

    def tidy(self, limit: int) -> int:
        """Do what is due of at most so many attempts; how many were finished. One that fails is left as it is."""
        rows = self._store.below(PREFIX)
        names = {row.key for row in rows}
        due = [row for row in rows if _is_attempt(row, names) and (row.age is None or row.age >= _PAUSE)]
        finished = 0
        for row in sorted(due, key=lambda row: -(row.age or 0))[:limit]:
            try:
                finished += self._finish(row, names)
            except ImAccessError:
                continue
        return finished

    def _finish(self, row: Listed, names: set[str]) -> bool:
        attempt = self._read(row.key)
        if attempt is None:
            self._store.delete(row.key)
            return True
        age = self._clock.now() - parse_rfc3339(attempt.at) if row.age is None else row.age
        opening = read_opening(self._store, attempt.file)
        if opening is None:
            return age > attempt.lease and self._forget([attempt.key])
        if opening.nonce != attempt.nonce:
            self.report(attempt, opening)
            return True
        failure = None
        try:
            if attempt.told_key not in names:
                self.report(attempt, opening)
        except Unavailable as error:
            failure = error
        if age >= _KEPT:
            self._store.delete(attempt.file)
        if failure:
            raise failure
        return age >= _KEPT and self._forget([attempt.key, attempt.told_key])

    def _forget(self, keys: Sequence[str]) -> bool:
        for key in keys:
            self._store.delete(key)
        return True

    def _read(self, key: str) -> PickUpAttempt | None:
        found = self._store.get(key)
        try:
            return PickUpAttempt(**json.loads(found.body)) if found else None
        except (ValueError, TypeError):
            return None


def read_opening(store: Store, file: str) -> Opening | None:
    """By whom a file was opened, or None. Raises Unavailable."""
    found = store.get(opening_key(file))
    try:
        return Opening.load(found.body) if found else None
    except ValueError:
        raise Unavailable("The store answered with garbage") from None


def _is_attempt(row: Listed, names: set[str]) -> bool:
    # A note whose attempt is gone was left by a crash in between; it is read as no attempt, and deleted.
    if not row.key.endswith("-told.json"):
        return True
    return row.key.replace("-told.json", ".json") not in names
