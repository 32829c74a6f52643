"""Credentials that nobody has picked up: warned of, or closed so that nobody can any more; and old files deleted.

    unclaimed/<hash of the file's key>-warned.json    the warning was taken
    unclaimed/<hash of the file's key>-closed.json    closed, and told of

Closing takes `opened/` first, as a claim does: either a person has the file or the sweep has closed it, never both.
Everything after that may be repeated, and its claims are deleted last: a run that dies is finished by the next one.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared.clock import rfc3339
from shared.concurrency import each
from shared.credentials.pick_up import (
    CLAIMS,
    NOTES,
    Opening,
    PickUpLink,
    digest,
    note_key,
    opening_key,
    read_opening,
)
from shared.credentials.pick_up_attempts import PickUpAttempts, Tell
from shared.errors import ImAccessError, Unavailable
from shared.notifications.events import Notification
from shared.ports import Clock, Listed, Store

Mode = Literal["warn", "enforce"]
Close = Callable[[PickUpLink], bool]

_GRACE = 120.0
"""Seconds after a link's end before its file may go: its last claim may have a download of a minute under way."""
_LONGEST_LINK = 12 * 3600.0
_MANY = 100_000
_NAMED = 50
"""Users that the notice of a stopped sweep names."""
_FEW = 7
"""Objects that are read one after the other; more are read at once."""
COUNTERS = ("warned", "closed", "claimed", "failed", "left", "stopped", "claims", "files", "tidied")


class Watch(Protocol):
    """What a run needs of its invocation."""

    def out_of_time(self) -> bool:
        """Whether the time limit is too near to start another piece of work."""

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line."""


@dataclass(frozen=True)
class Rules:
    """How a run is set. `key` names the run for its own notice: the same timer event is the same run."""

    mode: Mode
    hours: int
    limit: int
    key: str


@dataclass(frozen=True)
class Waiting:
    """A file that nobody has claimed in time, with every link that was made for it, the newest last."""

    file: str
    links: tuple[PickUpLink, ...]

    @property
    def newest(self) -> PickUpLink:
        """The link that was made last."""
        return self.links[-1]

    def mark(self, word: str) -> str:
        """The object key of a note about it."""
        return note_key(self.file, word)

    def notice(self, action: str, at: str) -> Notification:
        """What the organisation is told; once for each action."""
        link = self.newest
        data = {
            "request_id": link.request_id,
            "user": {"name": link.user, "uin": link.uin},
            "delivered_at": rfc3339(link.made_at),
            "action": action,
        }
        word = "warned" if action == "warned" else "closed"
        return Notification("imaccess.credentials.unclaimed", digest(f"{word}:{self.file}"), at, data)


class SweepUnclaimed:
    """One run. `tell` is None where nobody is notified; `close` disables a user and says whether it was ours to do."""

    def __init__(
        self, store: Store, clock: Clock, attempts: PickUpAttempts, tell: Tell | None, close: Close, watch: Watch
    ) -> None:
        self._store = store
        self._clock = clock
        self._attempts = attempts
        self._tell = tell or (lambda _notice: None)
        self._close = close
        self._watch = watch
        self._counts: Counter[str] = Counter()
        self._gone: set[str] = set()
        self._unreadable = False

    def run(self, rules: Rules) -> dict[str, int]:
        """Do what is due, and count it. Raises Unavailable, CloudError where not even that can be seen."""
        old_files = self._old(self._store.below("credentials/", limit=_MANY), max(rules.hours * 3600, _LONGEST_LINK))
        files = self._waiting(rules, reading=bool(old_files))
        finished, due = self._sorted(files, rules)
        if len(due) > rules.limit:
            self._stop(due, rules)
        else:
            for waiting in due:
                self._each(waiting, rules)
            for waiting in finished:
                self._forget(waiting)
            live = {one.file for one in files if one.newest.expires_at + _GRACE > self._clock.now()}
            if not self._unreadable:
                self._delete("files", [key for key in old_files if key not in live | self._gone])
            self._counts["tidied"] += self._attempts.tidy(_MANY)
        return {name: self._counts[name] for name in COUNTERS}

    def _waiting(self, rules: Rules, *, reading: bool) -> list[Waiting]:
        rows = self._store.below(CLAIMS, limit=_MANY)
        if not reading and not self._old(rows, rules.hours * 3600):
            return []
        links: dict[str, list[PickUpLink]] = {}
        for found in each(self._store.get, [row.key for row in rows], alone=_FEW):
            link = self._link(found.body) if found else None
            if link is not None:
                links.setdefault(link.file, []).append(link)
        return [Waiting(file, tuple(sorted(some, key=lambda one: one.made_at))) for file, some in links.items()]

    def _link(self, body: bytes) -> PickUpLink | None:
        try:
            return PickUpLink.load(body)
        except ImAccessError as error:
            # It may be the living link of any file: no file goes for its age in this run.
            self._unreadable = True
            self._watch.log("unclaimed", level=error.meaning.level, code=error.code, detail=error.detail)
            return None

    def _opening(self, waiting: Waiting) -> tuple[Opening | None, bool]:
        """The opening, and whether it could be read: what is of an unknown version is left as it is."""
        try:
            return read_opening(self._store, waiting.file), True
        except ImAccessError as error:
            if error.code != "record_unreadable":
                raise
            self._counts["failed"] += 1
            self._watch.log("unclaimed", level=error.meaning.level, code=error.code, detail=error.detail)
            return None, False

    def _sorted(self, files: Iterable[Waiting], rules: Rules) -> tuple[list[Waiting], list[Waiting]]:
        """Those that need nothing any more, and those that this run is for."""
        marks = {row.key for row in self._store.below(NOTES, limit=_MANY)}
        finished: list[Waiting] = []
        due: list[Waiting] = []
        for waiting in files:
            newest = waiting.newest
            if self._clock.now() <= max(newest.made_at + rules.hours * 3600, newest.expires_at + _GRACE):
                continue
            opening, readable = self._opening(waiting)
            if not readable:
                continue
            if waiting.mark("closed") in marks or (opening is not None and opening.by == "person"):
                finished.append(waiting)
            elif rules.mode == "enforce" or waiting.mark("warned") not in marks:
                due.append(waiting)
        return finished, due

    def _stop(self, due: Sequence[Waiting], rules: Rules) -> None:
        names = [waiting.newest.user for waiting in due]
        self._counts["stopped"] = len(due)
        self._watch.log("stopped", level="error", users=len(due), limit=rules.limit, mode=rules.mode)
        data = {"users": len(due), "limit": rules.limit, "mode": rules.mode, "names": names[:_NAMED]}
        now = rfc3339(self._clock.now())
        self._tell(Notification("imaccess.sweep.stopped", digest(f"stopped:{rules.key}"), now, data))

    def _each(self, waiting: Waiting, rules: Rules) -> None:
        if self._watch.out_of_time():
            self._counts["left"] += 1
            return
        link = waiting.newest
        known = {"request_id": link.request_id, "user": link.user}
        try:
            outcome = self._warn(waiting) if rules.mode == "warn" else self._enforce(waiting)
        except ImAccessError as error:
            self._counts["failed"] += 1
            self._watch.log("unclaimed", level="error", code=error.code, detail=error.detail, **known)
        else:
            self._counts[outcome] += 1
            self._watch.log("unclaimed", level="warning", outcome=outcome, **known)

    def _warn(self, waiting: Waiting) -> str:
        self._tell(waiting.notice("warned", rfc3339(self._clock.now())))
        self._store.create(waiting.mark("warned"), b"{}")
        return "warned"

    def _enforce(self, waiting: Waiting) -> str:
        own = Opening("sweep", rfc3339(self._clock.now()), "", secrets.token_hex(16))
        if self._store.create(opening_key(waiting.file), own.dump()):
            opening = own
        else:
            found = read_opening(self._store, waiting.file)
            if found is None:
                raise Unavailable("The store does not show an opening that exists")
            opening = found
        if opening.by == "person":
            return "claimed"
        disabled = self._close(waiting.newest)
        self._store.delete(waiting.file)
        self._tell(waiting.notice("disabled" if disabled else "left_alone", opening.at))
        self._store.create(waiting.mark("closed"), b"{}")
        self._forget(waiting)
        return "closed"

    def _forget(self, waiting: Waiting) -> None:
        self._store.delete(waiting.file)
        self._gone.add(waiting.file)
        self._delete("claims", [link.key for link in waiting.links])

    def _delete(self, what: str, keys: Iterable[str]) -> None:
        for key in keys:
            if self._watch.out_of_time():
                return
            self._store.delete(key)
            self._counts[what] += 1

    def _old(self, rows: Iterable[Listed], seconds: float) -> list[str]:
        return [row.key for row in rows if row.age is not None and row.age > seconds]
