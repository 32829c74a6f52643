"""Redrives a dead letter of the function of HR systems: an event of the inbox, a due person, or a queue message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.entrypoints.hr.process import work_again
from shared.entrypoints.hr.queue import take
from shared.entrypoints.message_job import MessageJob
from shared.entrypoints.person_events import apply_due
from shared.errors import ImAccessError, Verdict
from shared.event_sources.dead_letters import DeadLetter, as_message
from shared.people.hr_dead_letters import DUE, EVENT, person_of
from shared.people.inbox import Item

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.commands.command import Command

_NOTHING_NEW = ("replayed", "unchanged", "superseded", "nothing")


def redrive_event(letter: DeadLetter, container: Container) -> str:
    """Returns `applied` or `replayed` after the letter was deleted; or the code of the error, and the letter stays.

    Raises Misconfigured, Unavailable where the letter cannot be deleted.
    """
    try:
        outcome = _again(letter, container)
    except ImAccessError as error:
        if error.meaning.verdict is Verdict.RAISE:
            raise
        return error.code
    if outcome == "ignored":
        return letter.code
    container.store(container.deadline()).delete(letter.key)
    return "replayed" if outcome in _NOTHING_NEW else "applied"


def _again(letter: DeadLetter, container: Container) -> str:
    if letter.source == EVENT:
        return work_again(Item.load(letter.message), container)
    if letter.source == DUE:
        return apply_due(person_of(letter.message), None, container)
    if letter.source.startswith(f"{EVENT}:"):
        return "ignored"  # It could not be read, and its stored text cannot be verified again.
    job: MessageJob[Command] = MessageJob(as_message(letter), letter.received, letter.caller, redriven=True)
    return take(job, container)
