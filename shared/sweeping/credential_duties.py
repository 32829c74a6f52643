"""Composes the duties about credentials: unclaimed files, old files, and the outbox."""

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
"""Gives a person new credentials in place of those that are deleted. Returns the outcome, "" where that is not
possible.

Raises ImAccessError where it can be done later.
"""
_CALLERS = ("cloudevents", "webhook-id", "idempotency-key")
"""The first parts of identities that callers choose. A command of the product itself has no caller who gets
an answer.
"""


def credentials_file_duties(sweep: Sweep) -> tuple[Duty, Duty]:
    """The duties `CloseUnclaimed` and `TidyCredentials`, which share one walk over the links."""
    container, store, clock, settings = sweep.container, sweep.store, sweep.clock, sweep.settings
    hours, rules = settings.unclaimed_hours, UnclaimedRules(cast("Mode", settings.sweep), settings.sweep_limit)
    files = ClaimLinks(store, clock, hours, sweep.cursor(CloseUnclaimed.name), f"{hours} {rules}")

    def close(link: PickUpLink) -> bool | None:
        with sweep.turn(link.user):
            # An earlier turn may have replaced this file's credentials, or may have been that of another sweep.
            seen_to = store.get(note_key(link.file, "closed")) is not None
            return None if seen_to else sweep.disable.close(link.user, link.uin)

    unclaimed = CloseUnclaimed(store, clock, files, rules, container.quick_notifier(), close, container.log)
    finish_attempts = container.pick_up_attempts(store).tidy
    all_files = sweep.round(TidyCredentials.name, FILES, MOST_FILES)
    return unclaimed, TidyCredentials(store, all_files, files, unclaimed.wants, hours, finish_attempts)


def undo(sweep: Sweep, user: str, nonce: str, request: str) -> bool:
    """Disable what a request has made, while holding the turn of the user. `nonce` and `request` identify the
    request.
    """
    with sweep.turn(user):
        return sweep.disable.undo(user, _mark(nonce), nonce, request)


def send_outbox(sweep: Sweep, replace: Replace) -> SendOutbox:
    """The duty that sends the outbox. If the file of an entry is deleted, `replace` gives the person new
    credentials.
    """
    send = sweep.container.sending(sweep.store)

    def give_up(entry: OutboxEntry, error: ImAccessError) -> None:
        if _reached_nobody(sweep, entry):
            _disable(sweep, entry)
        _park(sweep, entry, error, retry=True)

    def too_late(entry: OutboxEntry, error: ImAccessError) -> str:
        return _too_late(sweep, entry, error, replace)

    outbox = Outbox(sweep.listings, sweep.clock)
    return SendOutbox(outbox, sweep.clock, lambda entry: send(entry, sweep.deadline), give_up, too_late)


def send_again(sweep: Sweep, replace: Replace) -> Callable[[OutboxEntry], str]:
    """A function that sends an entry that became a dead letter. It raises ImAccessError where the entry is not
    accepted.
    """
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
    # A letter is never changed, so one that is not to be tried again has its own key.
    identity = ("outbox", entry.key) if retry else ("outbox", entry.key, "disabled")
    why = (error.code, error.detail, retry)
    container = sweep.container
    container.park(DeadLetter(container.function, identity, *why, entry.dump().decode(), entry.first_at, OUTBOX_ENTRY))


def _reached_nobody(sweep: Sweep, entry: OutboxEntry) -> bool:
    """Whether the credentials of an entry reached nobody, neither by an HTTP answer nor by this entry, and still belong
    to the user. Credentials that wait at the credentials page are left to another duty.
    """
    settings, parcel = sweep.settings, entry.parcel
    if parcel is None or entry.is_mail or settings.delivery == "claim":
        return False
    asked = newest_lease(sweep.store, parcel.request_id)
    answered = asked.origin == "http" and asked.identity[0] in _CALLERS and settings.answer_link
    return not answered and sweep.store.get(note_key(parcel.file, "closed")) is None


def _deal_with(sweep: Sweep, entry: OutboxEntry, replace: Replace) -> str:
    """Handle an entry whose file is deleted. Returns the outcome, or "" where the credentials had to be disabled.

    The organisation gets the notification without a link. If the person has picked the file up, that is all. Otherwise
    the person gets new credentials, after the receiver has accepted the notification.
    """
    parcel = entry.parcel
    assert parcel is not None  # noqa: S101 - for the type checker: nothing else is about a file
    if not entry.is_mail:
        sweep.container.notify(entry, {"credentials": None}, sweep.deadline)
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
    """The nonce of the request that made a file, which is part of its name; see `csv_file.file_name`."""
    return file.removeprefix(FILES).rpartition("-")[0]
