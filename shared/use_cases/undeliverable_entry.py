"""Handles an outbox entry that cannot be delivered: its receiver never accepts it, or its credentials file is deleted.

Credentials that reached nobody are disabled. A person whose link would not work any more gets new credentials, if
that is possible.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from shared.credentials.pick_up_records import note_key, read_opening
from shared.errors import ImAccessError
from shared.event_sources.dead_letters import OUTBOX_ENTRY, DeadLetter
from shared.idempotency.stored_attempts import newest_lease
from shared.notifications.outbox import OutboxEntry, Parcel
from shared.ports import Store

_CALLERS = ("cloudevents", "webhook-id", "idempotency-key")
"""The first parts of identities that callers choose. Commands of the product itself are answered to nobody."""


class EntryServices(NamedTuple):
    """What the use case works with.

    `answers_hold_links`: whether the HTTP answer of a request had the link to its credentials. `at_page`: whether
    credentials wait at the credentials page, where another duty handles those that nobody picks up. `notify`: sends a
    notification with more content. `replace`: gives the person of a parcel new credentials; returns the outcome, ""
    where that is not possible. `disable`: disables the credentials of a parcel; the second argument is the key of the
    entry's request. `park`: writes a dead letter of `function`.
    """

    store: Store
    function: str
    answers_hold_links: Callable[[], bool]
    at_page: Callable[[], bool]
    notify: Callable[[OutboxEntry, dict[str, Any]], None]
    replace: Callable[[Parcel], str]
    disable: Callable[[Parcel, str], object]
    park: Callable[[DeadLetter], object]


class UndeliverableEntry:
    """The use case, for one run of the sweep."""

    def __init__(self, services: EntryServices) -> None:
        self._services = services

    def give_up(self, entry: OutboxEntry, error: ImAccessError) -> None:
        """Make an entry that its receiver has not accepted for too long a dead letter. Raises Unavailable."""
        if entry.parcel is not None and self._reached_nobody(entry, entry.parcel):
            self._services.disable(entry.parcel, entry.key)
        self._park(entry, error, retry=True)

    def too_late(self, entry: OutboxEntry, error: ImAccessError) -> str:
        """Handle an entry whose file is deleted; returns the outcome. Raises ImAccessError where it can be done later.

        The organisation gets the notification without a link. If the person has picked the file up, that is all.
        Otherwise the person gets new credentials, after the receiver has accepted the notification.
        """
        parcel, services = entry.parcel, self._services
        assert parcel is not None  # noqa: S101 - for the type checker: only an entry with a parcel has a file
        if not entry.is_mail:
            services.notify(entry, {"credentials": None})
        opening = read_opening(services.store, parcel.file)
        if opening is not None and opening.by == "person":
            return "sent"
        outcome = services.replace(parcel)
        if outcome:
            return outcome
        services.disable(parcel, entry.key)
        self._park(entry, error, retry=False)
        return "disabled"

    def _reached_nobody(self, entry: OutboxEntry, parcel: Parcel) -> bool:
        """Whether the credentials reached nobody, neither by an HTTP answer nor by this entry, and are still the
        user's.
        """
        services = self._services
        if entry.is_mail or services.at_page():
            return False
        asked = newest_lease(services.store, parcel.request_id)
        answered = asked.origin == "http" and asked.identity[0] in _CALLERS and services.answers_hold_links()
        return not answered and services.store.get(note_key(parcel.file, "closed")) is None

    def _park(self, entry: OutboxEntry, error: ImAccessError, *, retry: bool) -> None:
        # A letter is never changed, so one that is not to be tried again has its own key.
        identity = ("outbox", entry.key) if retry else ("outbox", entry.key, "disabled")
        why, message = (error.code, error.detail, retry), entry.dump().decode()
        self._services.park(DeadLetter(self._services.function, identity, *why, message, entry.first_at, OUTBOX_ENTRY))
