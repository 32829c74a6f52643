"""What the duties share in one run of the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

from shared.bootstrap.container import Container
from shared.clock import rfc3339
from shared.credentials.pick_up_records import digest
from shared.event_sources.dead_letters import PREFIX as LETTERS
from shared.idempotency.stored_attempts import OPEN
from shared.idempotency.user_turns import Turns
from shared.notifications.outbox import PREFIX as OUTBOX
from shared.notifications.outbox import OutboxEntry
from shared.people.inbox import PREFIX as INBOX
from shared.people.life import Lives
from shared.people.offboarding import PREFIX as DELETIONS
from shared.tencent.cam import Cam
from shared.use_cases.disable_undelivered import DisableUndelivered
from shared.use_cases.duties.cursor import Cursor, Positions, Round
from shared.use_cases.duties.finish_scim_changes import PREFIX as SCIM
from shared.use_cases.duties.listing_cache import ListingCache

_LISTED_ONCE = (DELETIONS, LETTERS, INBOX, OPEN, OUTBOX, SCIM)
"""Prefixes that both duties and the measures list. Each is listed once in a run."""
_FOR_POSITIONS = 5.0
"""Seconds at the end of a run in which its positions are stored; a sixth of a time limit that is short."""


class Sweep:
    """One run of the sweep: its invocation, and the objects that its duties share. Raises Misconfigured."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self.clock = container.clock
        self.settings = container.settings
        # Whatever the duties do, and however slow that is, there is time left to note where the next run goes on.
        self.positions = Positions(container.store(container.deadline()), self.clock, at_once=False)
        container.end_sooner(min(_FOR_POSITIONS, container.remaining() / 6))
        self.deadline = container.deadline()
        self.store = container.store(self.deadline)
        container.check_bucket(self.store)
        self.listings = ListingCache(self.store, _LISTED_ONCE)
        self.api = api = container.api(self.deadline)
        self.cam = Cam(api)
        self.lives = Lives(self.store)
        self.authorization = container.authorization(lambda: container.own_uin(api))
        self.disable = DisableUndelivered(self.cam, self.store, self.authorization, self.lives.rows)

    def cursor(self, duty: str) -> Cursor:
        """The cursor of a duty."""
        return Cursor(self.positions, duty)

    def round(self, duty: str, prefix: str, most: int) -> Round:
        """A walk over the objects with a prefix, at most `most` in one run."""
        return Round(self.listings, self.cursor(duty), prefix, most)

    @contextmanager
    def turn(self, name: str) -> Iterator[float]:
        """The turn of a user name, under a new identity, because two sweeps may run at once.

        Only writes that are sent in this turn can prolong it; an answer that was lost earlier in the run concerns
        another user.
        """
        before, self.deadline.unsettled = self.deadline.unsettled, False
        try:
            with Turns(self.store, self.deadline).turn(name, token_hex(32)) as unsettled:
                yield unsettled
        finally:
            self.deadline.unsettled = self.deadline.unsettled or before

    def announce(self, type_: str, about: str, data: dict[str, Any]) -> None:
        """Send a notification, or store it in the outbox. Its id is made from `about`."""
        if self.settings.receiver is not None:
            now = self.clock.now()
            entry = OutboxEntry(self.container.function, type_, digest(about), rfc3339(now), data, None, first_at=now)
            self.container.announcer(self.store, self.deadline).announce(entry)
