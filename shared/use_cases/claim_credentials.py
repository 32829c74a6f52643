"""Hands a credentials file out to one browser, for a minute. All other browsers see when and from where it was opened.

A cookie of the page identifies a browser. A browser without the cookie counts as a new one each time.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from shared.clock import parse_rfc3339, rfc3339
from shared.credentials.delivery import SignLink
from shared.credentials.link import Link
from shared.credentials.pick_up_attempt import PickUpAttempt
from shared.credentials.pick_up_attempts import LINK_SECONDS, PickUpAttempts
from shared.credentials.pick_up_records import CLAIMS, Opening, PickUpLink, digest, opening_key, read_opening
from shared.credentials.pick_up_state import FileState, Visitor
from shared.errors import ImAccessError, Unavailable
from shared.ports import Clock, Store

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""256 bits, as `secrets.token_urlsafe(32)` writes them."""
_GRACE = 5
"""Seconds after the time limit from which on an attempt has certainly ended."""


@dataclass(frozen=True)
class PickUpOutcome:
    """The outcome of an attempt: the link to the file, if this visitor may have it, and the state of the file.

    `news`: what to notify of: "" for nothing, `claimed`, `refused` or `disputed`; `notified`: the notification was
    sent.
    """

    link: Link | None
    state: FileState
    news: Literal["", "claimed", "refused", "disputed"] = ""
    notified: bool = False


class ClaimCredentials:
    """The use case. `remaining`: the seconds until the time limit of the invocation."""

    def __init__(
        self, store: Store, clock: Clock, attempts: PickUpAttempts, sign: SignLink, remaining: Callable[[], float]
    ) -> None:
        self._store = store
        self._clock = clock
        self._attempts = attempts
        self._sign = sign
        self._remaining = remaining

    def find(self, token: str) -> PickUpLink | None:
        """The link of a token, also after it has ended; None for a malformed or unknown token.

        Raises Unavailable, ImAccessError `record_unreadable`.
        """
        if not _TOKEN.fullmatch(token):
            return None
        wanted = digest(token)
        found = self._store.get(f"{CLAIMS}{wanted}.json")
        link = PickUpLink.load(found.body) if found else None
        return link if link is not None and hmac.compare_digest(link.digest, wanted) else None

    def look(self, link: PickUpLink, visitor: Visitor) -> FileState | None:
        """The state of the file; None where the link has ended and nobody used it. Changes nothing."""
        opening = read_opening(self._store, link.file)
        if opening is None:
            return FileState(None) if link.expires_at > self._clock.now() else None
        disputed = read_opening(self._store, link.file, "-disputed") if opening.by == "person" else None
        own = opening.is_of(visitor.browser(link.file))
        return FileState(opening, own, self._again(opening) if own and disputed is None else 0, disputed)

    def claim(self, link: PickUpLink, visitor: Visitor) -> PickUpOutcome | None:
        """Hand the file out; None where it was deleted and nobody has opened it. Raises Unavailable, CloudError.

        Everything that may fail temporarily is done before the claim, because a claim cannot be undone.
        """
        state = self.look(link, visitor)
        if state is None:
            return None
        if state.opening is not None:
            return self._later(link, visitor, state, state.opening)
        download = self._sign(link.file, LINK_SECONDS)
        if not self._store.exists(link.file):
            return None
        attempt = self._attempt("claim", link, visitor)
        self._attempts.note(attempt)
        opening = self._open(attempt)
        notified = self._finish(attempt, opening)
        if opening.nonce == attempt.nonce:
            return PickUpOutcome(download, FileState(opening, own=True, again=LINK_SECONDS), "claimed", notified)
        if opening.is_of(attempt.browser):
            return PickUpOutcome(download, FileState(opening, own=True, again=LINK_SECONDS))
        return PickUpOutcome(None, FileState(opening), "refused", notified)

    def dispute(self, link: PickUpLink, visitor: Visitor) -> PickUpOutcome | None:
        """Record that a visitor says "it was not me"; None as in `look`. Only an opened file can be disputed."""
        state = self.look(link, visitor)
        if state is None:
            return None
        if state.opening is None or state.opening.by == "sweep" or state.disputed:
            return PickUpOutcome(None, state)
        attempt = self._attempt("dispute", link, visitor)
        self._attempts.note(attempt)
        notified = self._finish(attempt, state.opening)
        dispute = Opening("person", attempt.at, attempt.address, attempt.nonce, attempt.browser)
        return PickUpOutcome(None, FileState(state.opening, state.own, disputed=dispute), "disputed", notified)

    def _later(self, link: PickUpLink, visitor: Visitor, state: FileState, opening: Opening) -> PickUpOutcome:
        if state.own:
            there = state.again > 0 and self._store.exists(link.file)
            return PickUpOutcome(self._sign(link.file, state.again) if there else None, state)
        if read_opening(self._store, link.file, "-refused") is not None:
            return PickUpOutcome(None, state)
        attempt = self._attempt("claim", link, visitor)
        self._attempts.note(attempt)
        return PickUpOutcome(None, state, "refused", self._finish(attempt, opening))

    def _again(self, opening: Opening) -> int:
        return max(0, int(parse_rfc3339(opening.at) + LINK_SECONDS - self._clock.now()))

    def _attempt(self, kind: Literal["claim", "dispute"], link: PickUpLink, visitor: Visitor) -> PickUpAttempt:
        now, lease = rfc3339(self._clock.now()), max(0.0, self._remaining()) + _GRACE
        ref = (link.file, link.user, link.uin, link.request_id)
        browser = visitor.browser(link.file)
        return PickUpAttempt(kind, secrets.token_hex(16), *ref, now, visitor.address, browser, lease)

    def _open(self, attempt: PickUpAttempt) -> Opening:
        own = Opening("person", attempt.at, attempt.address, attempt.nonce, attempt.browser)
        if self._store.create(opening_key(attempt.file), own.dump()):
            return own
        first = read_opening(self._store, attempt.file)
        if first is None:
            raise Unavailable("The store does not show an opening that exists")
        return first

    def _finish(self, attempt: PickUpAttempt, opening: Opening) -> bool:
        # A failed notification must not keep the file from the person. It is recorded, and will be sent later.
        try:
            self._attempts.finish(attempt, opening)
        except ImAccessError:
            return False
        return True
