"""Composes the duties about unfinished work: HR events, dead letters, abandoned requests, SCIM changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from shared.bootstrap.container import Container
from shared.errors import ImAccessError
from shared.event_sources.dead_letters import PREFIX, SCIM_CHANGE, DeadLetter
from shared.idempotency.stored_attempts import OPEN, LeaseRecord
from shared.notifications.outbox import OutboxEntry
from shared.people.inbox import PREFIX as INBOX
from shared.sweeping.credential_duties import Replace, send_again, undo
from shared.sweeping.sweep import Sweep
from shared.use_cases.duties import finish_scim_changes as scim
from shared.use_cases.duties.finish_abandoned_requests import MOST, FinishAbandonedRequests
from shared.use_cases.duties.finish_scim_changes import FinishScimChanges
from shared.use_cases.duties.process_inbox import ProcessInbox
from shared.use_cases.duties.redrive_letters import RedriveLetters

Undo = Callable[[str, str, str], object]
Resume = Callable[[LeaseRecord, bool, Container, Undo], str]
"""Resumes an abandoned request."""
Redrive = Callable[[str, Container, Callable[[OutboxEntry], str]], str]
"""Redrives the letter of a key; the function in it sends entries that no receiver accepted."""
Work = Callable[[str, Container], Mapping[str, int]]
"""Processes the event of a key; returns the numbers of persons by outcome. Raises ImAccessError: the event
has to stay.
"""
Finish = Callable[[str, Container], str]
"""Applies the change of a note, by its object key."""


def process_inbox(sweep: Sweep, work: Work) -> ProcessInbox:
    """The duty for HR events whose invocation was lost, or that have to wait."""
    cursor = sweep.cursor(ProcessInbox.name)
    return ProcessInbox(sweep.listings, sweep.clock, cursor, INBOX, lambda key: work(key, sweep.container))


def redrive_letters(sweep: Sweep, redrive: Redrive, replace: Replace) -> RedriveLetters:
    """The duty for dead letters that may succeed by now."""
    cursor, notify = sweep.cursor(RedriveLetters.name), send_again(sweep, replace)

    def again(key: str) -> str:
        return redrive(key, sweep.container, notify)

    return RedriveLetters(sweep.listings, sweep.clock, cursor, PREFIX, again)


def finish_abandoned_requests(sweep: Sweep, resume: Resume) -> FinishAbandonedRequests:
    """The duty for requests whose sender did not come back."""

    def take_up(record: LeaseRecord, last: bool) -> str:
        return resume(record, last, sweep.container, partial(undo, sweep))

    notes = sweep.round(FinishAbandonedRequests.name, OPEN, MOST)
    records = sweep.cursor(f"{FinishAbandonedRequests.name}_unnoted")
    return FinishAbandonedRequests(sweep.store, sweep.clock, notes, records, take_up)


def finish_scim_changes(sweep: Sweep, finish: Finish) -> FinishScimChanges:
    """The duty for SCIM changes that have not reached CAM yet."""
    notes = sweep.round(FinishScimChanges.name, scim.PREFIX, scim.MOST)

    def give_up(key: str, error: ImAccessError) -> None:
        found = sweep.store.get(key)
        about = (sweep.container.function, ("scim", key), error.code, error.detail, False)
        text = found.body.decode("utf-8", "replace") if found else ""
        sweep.container.park(DeadLetter(*about, text, sweep.clock.now() - scim.KEPT, source=SCIM_CHANGE))
        sweep.store.delete(key)

    return FinishScimChanges(notes, lambda key: finish(key, sweep.container), give_up)
