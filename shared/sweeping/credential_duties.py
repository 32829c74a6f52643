"""Composes the duties about credentials files: unclaimed and finished ones, and notifications that are still due."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from shared.bootstrap.container import Container
from shared.credentials.csv_file import FILES
from shared.credentials.pick_up_records import PickUpLink, note_key, read_opening
from shared.errors import ImAccessError
from shared.event_sources.dead_letters import OUTBOX_ENTRY, DeadLetter
from shared.idempotency.lease import Lease
from shared.idempotency.stored_attempts import newest_lease
from shared.notifications.outbox import Outbox, OutboxEntry, Parcel
from shared.sweeping.sweep import Sweep
from shared.use_cases.duties.claim_links import ClaimLinks
from shared.use_cases.duties.close_unclaimed import CloseUnclaimed, Mode, UnclaimedRules
from shared.use_cases.duties.duty import Duty
from shared.use_cases.duties.send_outbox import GONE, SendOutbox
from shared.use_cases.duties.tidy_credentials import MOST_FILES, TidyCredentials
from shared.use_cases.issue_credentials import mark

Replace = Callable[[Parcel, Container], str]
"""Give a person fresh credentials in place of those that are gone; the outcome, a word, "" where that cannot be done.

Raises ImAccessError where it can be done later.
"""
_CALLERS = ("cloudevents", "webhook-id", "idempotency-key")
"""How identities begin that callers choose; whatever is done on the product's own account has nobody to answer."""


def handed_out(sweep: Sweep) -> tuple[Duty, Duty]:
    """The duties `CloseUnclaimed` and `TidyCredentials`, which share one walk over the links."""
    container, store, clock, settings = sweep.container, sweep.store, sweep.clock, sweep.settings
    hours, rules = settings.unclaimed_hours, UnclaimedRules(cast("Mode", settings.sweep), settings.sweep_limit)
    files = ClaimLinks(store, clock, hours, sweep.cursor(CloseUnclaimed.name), f"{hours} {rules}")

    def close(link: PickUpLink) -> bool | None:
        with sweep.turn(link.user):
            # The turn before may have replaced this file's credentials, or may have been another sweep's.
            seen_to = store.get(note_key(link.file, "closed")) is not None
            return None if seen_to else sweep.disable.close(link.user, link.uin)

    unclaimed = CloseUnclaimed(store, clock, files, rules, container.quick_notifier(), close, container.log)
    finish_attempts = container.pick_up_attempts(store).tidy
    all_files = sweep.round(TidyCredentials.name, FILES, MOST_FILES)
    return unclaimed, TidyCredentials(store, all_files, files, unclaimed.wants, hours, finish_attempts)


def undo(sweep: Sweep, user: str, nonce: str, request: str) -> bool:
    """Disable, in the user's turn, what a request has made. The request is known by its nonce and identity hash."""
    with sweep.turn(user):
        return sweep.disable.undo(user, _mark(nonce), nonce, request)


def send_outbox(sweep: Sweep, replace: Replace) -> SendOutbox:
    """The duty that sends the outbox. Where an entry's file is gone, `replace` gives the person new credentials."""
    send = sweep.container.sending(sweep.store)

    def give_up(entry: OutboxEntry, error: ImAccessError) -> None:
        if _reached_nobody(sweep, entry):
            _disable(sweep, entry)
        _park(sweep, entry, error, retry=True)

    def too_late(entry: OutboxEntry, error: ImAccessError) -> str:
        return _too_late(sweep, entry, error, replace)

    outbox = Outbox(sweep.listings, sweep.clock)
    return SendOutbox(outbox, sweep.clock, lambda entry: send(entry, sweep.deadline), give_up, too_late)


def tell_again(sweep: Sweep, replace: Replace) -> Callable[[OutboxEntry], str]:
    """Send an entry that became a dead letter. Raises ImAccessError where its receiver does not take it again."""
    send = sweep.container.sending(sweep.store)

    def again(entry: OutboxEntry) -> str:
        try:
            send(entry, sweep.deadline)
        except ImAccessError as error:
            if error.code != GONE:
                raise
            return _too_late(sweep, entry, error, replace)
        return "sent"

    return again


def _too_late(sweep: Sweep, entry: OutboxEntry, error: ImAccessError, replace: Replace) -> str:
    outcome = _deal_with(sweep, entry, replace)
    if not outcome:
        _park(sweep, entry, error, retry=False)
    return outcome or "disabled"


def _park(sweep: Sweep, entry: OutboxEntry, error: ImAccessError, *, retry: bool) -> None:
    # What is not to be tried again is a letter of its own: a letter is never changed.
    identity = ("outbox", entry.key) if retry else ("outbox", entry.key, "disabled")
    why = (error.code, error.detail, retry)
    container = sweep.container
    container.park(DeadLetter(container.function, identity, *why, entry.dump().decode(), entry.first_at, OUTBOX_ENTRY))


def _reached_nobody(sweep: Sweep, entry: OutboxEntry) -> bool:
    """Whether the credentials of an entry were delivered to nobody, neither in an HTTP answer nor by this entry, and
    are still the user's. Those that wait at the credentials page are left to another duty.
    """
    settings, parcel = sweep.settings, entry.parcel
    if parcel is None or entry.is_mail or settings.delivery == "claim":
        return False
    asked = newest_lease(sweep.store, parcel.request_id)
    answered = asked.origin == "http" and asked.identity[0] in _CALLERS and settings.answer_link
    return not answered and sweep.store.get(note_key(parcel.file, "closed")) is None


def _deal_with(sweep: Sweep, entry: OutboxEntry, replace: Replace) -> str:
    """Deal with an entry whose file is gone. Returns the outcome, "" where the credentials had to be disabled.

    The organisation is told without a link. A file that its person has picked up needs no more; otherwise the person
    gets new credentials, once the receiver has taken that notification.
    """
    parcel = entry.parcel
    assert parcel is not None  # noqa: S101 - for the type checker: nothing else is about a file
    if not entry.is_mail:
        sweep.container.tell(entry, {"credentials": None}, sweep.deadline)
    opening = read_opening(sweep.store, parcel.file)
    if opening is not None and opening.by == "person":
        return "sent"
    outcome = replace(parcel, sweep.container)
    if not outcome:
        _disable(sweep, entry)
    return outcome


def _disable(sweep: Sweep, entry: OutboxEntry) -> None:
    parcel = entry.parcel
    assert parcel is not None  # noqa: S101 - for the type checker: as above
    nonce = _nonce(parcel.file)
    with sweep.turn(parcel.user):
        sweep.disable.undo(parcel.user, _mark(nonce), nonce, entry.key, parcel.uin)


def _mark(nonce: str) -> str:
    return mark(Lease(0, 0, nonce))


def _nonce(file: str) -> str:
    """The nonce of the request that made a file, which is a part of its name; see `csv_file.file_name`."""
    return file.removeprefix(FILES).rpartition("-")[0]
