"""Claim a credentials file: exactly one attempt wins, and every other one learns when and from where it was opened."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from shared.clock import rfc3339
from shared.credentials.delivery import SignLink
from shared.credentials.link import Link
from shared.credentials.pick_up import CLAIMS, Opening, PickUpLink, digest, opening_key
from shared.credentials.pick_up_attempts import LINK_SECONDS, PickUpAttempt, PickUpAttempts, read_opening
from shared.errors import ImAccessError, Unavailable
from shared.ports import Clock, Store

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""256 bits, as `secrets.token_urlsafe(32)` writes them."""
_GRACE = 5
"""Seconds beyond the time limit after which an attempt is certainly over."""


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: a link for the one that won, and the opening that holds. `told`: it was notified."""

    link: Link | None
    opening: Opening
    told: bool


class ClaimCredentials:
    """The operation. `remaining` says how many seconds the invocation may still last."""

    def __init__(
        self, store: Store, clock: Clock, attempts: PickUpAttempts, sign: SignLink, remaining: Callable[[], float]
    ) -> None:
        self._store = store
        self._clock = clock
        self._attempts = attempts
        self._sign = sign
        self._remaining = remaining

    def find(self, token: str) -> PickUpLink | None:
        """What a token leads to; None for one that is malformed, unknown or expired, which nobody can tell apart."""
        if not _TOKEN.fullmatch(token):
            return None
        wanted = digest(token)
        found = self._store.get(f"{CLAIMS}{wanted}.json")
        link = PickUpLink.load(found.body) if found else None
        if link is None or not hmac.compare_digest(link.digest, wanted):
            return None
        return link if link.expires_at > self._clock.now() else None

    def opening(self, link: PickUpLink) -> Opening | None:
        """How the file was opened, or None while it was not."""
        return read_opening(self._store, link.file)

    def claim(self, link: PickUpLink, address: str) -> Outcome | None:
        """Claim the file; None where it is gone though nobody has opened it. Raises Unavailable, CloudError.

        What can fail for a while is done before the claim, which cannot be taken back.
        """
        download = self._sign(link.file, LINK_SECONDS)
        opening = self.opening(link)
        if opening is None and not self._store.exists(link.file):
            return None
        attempt = self._attempt(link, address)
        self._attempts.note(attempt)
        opening = opening or self._open(attempt)
        told = self._report(attempt, opening)
        return Outcome(download if opening.nonce == attempt.nonce else None, opening, told)

    def _attempt(self, link: PickUpLink, address: str) -> PickUpAttempt:
        now, lease = rfc3339(self._clock.now()), max(0.0, self._remaining()) + _GRACE
        ref = (link.file, link.user, link.uin, link.request_id)
        return PickUpAttempt(secrets.token_hex(16), *ref, now, address, lease)

    def _open(self, attempt: PickUpAttempt) -> Opening:
        own = Opening("person", attempt.at, attempt.address, attempt.nonce)
        if self._store.create(opening_key(attempt.file), own.dump()):
            return own
        first = read_opening(self._store, attempt.file)
        if first is None:
            raise Unavailable("The store does not show an opening that exists")
        return first

    def _report(self, attempt: PickUpAttempt, opening: Opening) -> bool:
        # The person is not kept from the file by whoever should be told of it: what is due is on record.
        try:
            self._attempts.report(attempt, opening)
        except ImAccessError:
            return False
        return True
