"""The duty for credentials that nobody has picked up: it warns of them, or closes them, so that they cannot be picked
up.

    unclaimed/<hash of the file's key>-warned.json    the warning was accepted
    unclaimed/<hash of the file's key>-closed.json    the file was closed, and that was reported
    unclaimed/stopped-<day>.json                      on that day it was reported that the limit stops the duty

Closing creates `opened/` first, as a claim does: so either a person gets the file or the sweep closes it, never both.
Everything after that can be repeated, and the links are deleted last. So the next run finishes what a crash left.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared.clock import rfc3339
from shared.credentials.pick_up_attempts import Notify
from shared.credentials.pick_up_records import Opening, PickUpLink, digest, opening_key, read_opening
from shared.errors import ImAccessError, Unavailable
from shared.notifications.notification import STOPPED, Notification
from shared.ports import Clock, Store
from shared.use_cases.duties.claim_links import ClaimLinks
from shared.use_cases.duties.duty import Braked, Done, Late
from shared.use_cases.duties.waiting_files import MARKS, WaitingFile

Mode = Literal["warn", "enforce"]
Close = Callable[[PickUpLink], "bool | None"]
_NAMED = 50
"""The most users that the notification of a stopped duty names."""


class Log(Protocol):
    """Logs a line."""

    def __call__(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line."""


@dataclass(frozen=True)
class UnclaimedRules:
    """The settings of the duty: what it does, and for how many users in one run at most."""

    mode: Mode
    limit: int


class CloseUnclaimed:
    """The duty. `notify`: None where no receiver is set; `close`: disables a user and returns whether the user was
    ours; None where another process has handled the file meanwhile.
    """

    name = "unclaimed"

    def __init__(
        self,
        store: Store,
        clock: Clock,
        handed_out: ClaimLinks,
        rules: UnclaimedRules,
        notify: Notify | None,
        close: Close,
        log: Log,
    ) -> None:
        self._store = store
        self._clock = clock
        self._handed_out = handed_out
        self._rules = rules
        self._notify = notify or (lambda _notice: None)
        self._close = close
        self._log = log
        self._due: dict[str, WaitingFile] = {}
        self._unreadable: dict[str, ImAccessError] = {}

    def wants(self, waiting: WaitingFile) -> bool:
        """Whether something is to be done about a file that nobody has picked up."""
        return self._rules.mode == "enforce" or not waiting.warned

    def due(self, late: Late) -> Sequence[str]:
        """The files that nobody has picked up. For more users than the limit, sends a notification and raises
        Braked.
        """
        seen = self._handed_out.look(self.wants, late)
        due = seen.due
        if len(due) > self._rules.limit:
            self._stop(due)
            # Other pages do not wait until a person has handled this one.
            self._handed_out.pass_on()
            raise Braked(len(due))
        self._due = {waiting.name: waiting for waiting in due}
        self._unreadable = seen.unreadable
        return [*self._due, *self._unreadable]

    def do(self, item: str) -> Done:
        """Warn of one, or close it. Raises ImAccessError `record_unreadable` for an object that is left as it is."""
        if item in self._unreadable:
            raise self._unreadable[item]
        waiting = self._due[item]
        link = waiting.newest
        done = self._warn(waiting) if self._rules.mode == "warn" else self._enforce(waiting)
        (outcome,) = done.keys() - {"claims"}
        self._log("unclaimed_credentials", level="warning", outcome=outcome, request_id=link.request_id, user=link.user)
        return done

    def ended(self, left: Sequence[str]) -> None:
        """The next run goes on with the next page, if no item is left."""
        self._handed_out.ended(complete=not left)

    def _stop(self, due: Sequence[WaitingFile]) -> None:
        """Send the notification that the limit has stopped the duty, once a day."""
        rules, now = self._rules, rfc3339(self._clock.now())
        self._log("stopped", level="error", duty=self.name, users=len(due), limit=rules.limit, mode=rules.mode)
        day = now[:10]
        marker = f"{MARKS}stopped-{day}.json"
        if self._store.get(marker) is None:
            names = [waiting.newest.user for waiting in due][:_NAMED]
            data = {"users": len(due), "limit": rules.limit, "mode": rules.mode, "names": names}
            self._notify(Notification(STOPPED, digest(f"stopped:{day}"), now, data))
            self._store.create(marker, b'{"v":1}')

    def _warn(self, waiting: WaitingFile) -> Done:
        self._notify(_notice(waiting, "warned", rfc3339(self._clock.now())))
        self._store.create(waiting.mark("warned"), b'{"v":1}')
        return {"warned": 1}

    def _enforce(self, waiting: WaitingFile) -> Done:
        opening = self._taken(waiting)
        if opening.by == "person":
            return {"claimed": 1}
        disabled = self._close(waiting.newest)
        if disabled is None:
            return Counter(seen_to=1) + forget(self._store, waiting)
        self._store.delete(waiting.file)
        self._notify(_notice(waiting, "disabled" if disabled else "left_alone", opening.at))
        self._store.create(waiting.mark("closed"), b'{"v":1}')
        return Counter(closed=1) + forget(self._store, waiting)

    def _taken(self, waiting: WaitingFile) -> Opening:
        """The recorded opening of the file: by this run, or by whoever came first."""
        own = Opening("sweep", rfc3339(self._clock.now()), "", secrets.token_hex(16))
        if self._store.create(opening_key(waiting.file), own.dump()):
            return own
        found = read_opening(self._store, waiting.file)
        if found is None:
            raise Unavailable("The store does not show an opening that exists")
        return found


def forget(store: Store, waiting: WaitingFile) -> Counter[str]:
    """Delete a finished file, and then its links."""
    store.delete(waiting.file)
    for link in waiting.links:
        store.delete(link.key)
    return Counter(claims=len(waiting.links))


def _notice(waiting: WaitingFile, action: str, at: str) -> Notification:
    """The notification; its id is the same for each action."""
    link = waiting.newest
    data = {
        "request_id": link.request_id,
        "user": {"name": link.user, "uin": link.uin},
        "delivered_at": rfc3339(link.made_at),
        "action": action,
    }
    word = "warned" if action == "warned" else "closed"
    return Notification("imaccess.credentials.unclaimed", digest(f"{word}:{waiting.file}"), at, data)
