"""Redrives a dead letter: processes its message as its function would have done in the first delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.entrypoints.message_job import AnyMessageJob, MessageJob, read, run_of
from shared.errors import MEANINGS, ImAccessError, Verdict
from shared.event_sources.dead_letters import OUTBOX_ENTRY, SCIM_CHANGE, DeadLetter, as_message
from shared.notifications.outbox import Outbox, OutboxEntry
from shared.operations import HR, OPERATIONS
from shared.unexpected_errors import EXITS, unexpected

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.operations import AnyOperation

OTHER = "of another function"
"""The outcome of a letter whose message belongs to no command."""
_USED = (
    "bucket", "region", "policies", "allow_foreign_policies", "protected_users", "boundary_policy", "bare_messages",
    "notify_url", "notify_secret", "mail_url", "mail_from", "organisation", "contact", "delivery", "claim_url",
    "link_ttl", "credential_lifetime", "owner_uin", "api_endpoint", "cos_endpoint",
)  # fmt: skip
"""The settings that commands from a queue use. Other settings may be missing or wrong here."""


def redrive(letter: DeadLetter, container: Container) -> str:
    """Returns `applied` or `replayed` after the letter was deleted; or the code of the error, and the letter stays.

    The message keeps its identity, the time of its first receipt, its caller and the form of its source. Raises
    Misconfigured, which names the setting, before anything is done; Unavailable where the letter cannot be deleted.
    """
    outcome = _elsewhere(letter, container)
    if outcome is not None:
        return outcome
    for name in _USED:
        getattr(container.settings, name)
    found = _owner(letter, container)
    if found is None:
        return OTHER
    operation, job = found
    try:
        if job.error:
            raise job.error
        work = run_of(job, operation, container)
        with work.slot():
            finished = work.run()
    except ImAccessError as error:
        if error.meaning.verdict is Verdict.RAISE:
            raise
        return error.code
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - the other letters are to be done all the same
        return unexpected(error).code
    container.store(container.deadline()).delete(letter.key)
    return "replayed" if finished.replayed else "applied"


def _elsewhere(letter: DeadLetter, container: Container) -> str | None:
    """The outcome of a letter that holds no message of a command; None for one that does."""
    if letter.function == HR:
        from shared.entrypoints.hr.redrive import redrive_event

        return redrive_event(letter, container)
    if letter.source == SCIM_CHANGE:
        from shared.entrypoints.scim.finish_changes import redrive_scim

        return redrive_scim(letter, container)
    return _to_the_outbox(letter, container) if letter.source == OUTBOX_ENTRY else None


def _to_the_outbox(letter: DeadLetter, container: Container) -> str:
    """Put a notification back into the outbox as a new entry, so that the sweep sends it."""
    store = container.store(container.deadline())
    try:
        entry = OutboxEntry.load(letter.message.encode())
    except ImAccessError as error:
        return error.code
    Outbox(store, container.clock).put(entry._replace(first_at=container.clock.now(), tries=0))
    store.delete(letter.key)
    return "applied"


def redrive_by_key(key: str, container: Container, send_again: Callable[[OutboxEntry], str]) -> str:
    """The outcome of the letter with this key; "" for one that was deleted, or waits for a person. `send_again`: sends
    an outbox entry.

    Raises ImAccessError where it failed again, and Misconfigured, Unavailable, `record_unreadable`: then the letter
    stays.
    """
    store = container.store(container.deadline())
    found = store.get(key)
    letter = DeadLetter.load(found.body) if found else None
    if letter and letter.retry and letter.source == OUTBOX_ENTRY:
        outcome = send_again(OutboxEntry.load(letter.message.encode()))
        store.delete(key)
        return outcome
    outcome = redrive(letter, container) if letter and letter.retry else OTHER
    if outcome in MEANINGS:
        raise ImAccessError(outcome, "The letter was wrong again")
    return "" if outcome == OTHER else outcome


def _owner(letter: DeadLetter, container: Container) -> tuple[AnyOperation, AnyMessageJob] | None:
    """The command for which the message is. An unowned letter may belong to a command of this version."""
    rows = [OPERATIONS[letter.function]] if letter.function in OPERATIONS else []
    if rows and not letter.owned:
        rows += [row for row in OPERATIONS.values() if row is not rows[0]]
    read_by = [(row, _examined(letter, row, container)) for row in rows]
    own = [(row, job) for row, job in read_by if job.request or (job.error and (job.owned or letter.owned))]
    wrong = [(row, job) for row, job in read_by if job.error]
    return next(iter(own + wrong), None)


def _examined(letter: DeadLetter, operation: AnyOperation, container: Container) -> AnyMessageJob:
    job: AnyMessageJob = MessageJob(as_message(letter), letter.received, letter.caller, redriven=True)
    job.identity = letter.identity
    return read(job, operation, container)
