"""Composes the duties about credentials: unclaimed files, old files, and the outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from shared.bootstrap.container import Container
from shared.credentials.csv_file import FILES
from shared.credentials.pick_up_records import PickUpLink, note_key
from shared.errors import ImAccessError
from shared.idempotency.lease import Lease
from shared.notifications.outbox import Outbox, OutboxEntry, Parcel
from shared.sweeping.sweep import Sweep
from shared.use_cases.duties.claim_links import ClaimLinks
from shared.use_cases.duties.close_unclaimed import CloseUnclaimed, Mode, UnclaimedRules
from shared.use_cases.duties.duty import Duty
from shared.use_cases.duties.send_outbox import GONE, SendOutbox
from shared.use_cases.duties.tidy_credentials import MOST_FILES, TidyCredentials
from shared.use_cases.issue_credentials import mark
from shared.use_cases.undeliverable_entry import EntryServices, UndeliverableEntry

Replace = Callable[[Parcel, Container], str]
"""Gives a person new credentials in place of those that are deleted. Returns the outcome, "" where that is not
possible.

Raises ImAccessError where it can be done later.
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
    """The duty that sends the outbox. `replace` gives a person new credentials whose file is deleted."""
    send, undeliverable = sweep.container.sending(sweep.store), _undeliverable(sweep, replace)
    outbox = Outbox(sweep.listings, sweep.clock)
    deliver = (lambda entry: send(entry, sweep.deadline), undeliverable.give_up, undeliverable.too_late)
    return SendOutbox(outbox, sweep.clock, *deliver)


def send_again(sweep: Sweep, replace: Replace) -> Callable[[OutboxEntry], str]:
    """A function that sends an entry that became a dead letter. It raises ImAccessError where the entry is not
    accepted.
    """
    send, undeliverable = sweep.container.sending(sweep.store), _undeliverable(sweep, replace)

    def again(entry: OutboxEntry) -> str:
        try:
            send(entry, sweep.deadline)
        except ImAccessError as error:
            if error.code != GONE:
                raise
            return undeliverable.too_late(entry, error)
        return "sent"

    return again


def _undeliverable(sweep: Sweep, replace: Replace) -> UndeliverableEntry:
    container, settings = sweep.container, sweep.settings

    def disable(parcel: Parcel, request: str) -> None:
        nonce = _nonce(parcel.file)
        with sweep.turn(parcel.user):
            sweep.disable.undo(parcel.user, _mark(nonce), nonce, request, parcel.uin)

    services = EntryServices(
        store=sweep.store,
        function=container.function,
        answers_hold_links=lambda: settings.answer_link,
        at_page=lambda: settings.delivery == "claim",
        notify=lambda entry, more: container.notify(entry, more, sweep.deadline),
        replace=lambda parcel: replace(parcel, container),
        disable=disable,
        park=container.park,
    )
    return UndeliverableEntry(services)


def _mark(nonce: str) -> str:
    return mark(Lease(0, 0, nonce))


def _nonce(file: str) -> str:
    """The nonce of the request that made a file, which is part of its name; see `csv_file.file_name`."""
    return file.removeprefix(FILES).rpartition("-")[0]
