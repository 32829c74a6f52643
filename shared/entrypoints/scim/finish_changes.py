"""Finishes a SCIM change that its request has left, for the sweep; and redrives one that became a dead letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.bootstrap.scim import scim_service
from shared.entrypoints.own_commands import OwnCommands
from shared.errors import ImAccessError, Verdict
from shared.event_sources.dead_letters import DeadLetter

if TYPE_CHECKING:
    from shared.bootstrap.container import Container


def finish_scim(key: str, container: Container) -> str:
    """Apply the change of a note, by its object key. Returns `done`; `waits` where CAM does not show everything yet; or
    `gone`.

    Raises ImAccessError: it is still due.
    """
    service = scim_service(container, OwnCommands(container))
    found = service.due.read(key)
    if found is None:
        return "gone"
    note, state = found
    if not service.changes.apply(note):
        return "waits"
    service.due.done(note, state)
    container.log("scim_change", resource=note.kind.capitalize(), id=note.id, caller=note.caller)
    return "done"


def redrive_scim(letter: DeadLetter, container: Container) -> str:
    """Returns `applied` after the letter was deleted; or the code of the error, and the letter stays.

    The change is due again, so the sweep continues what is not done now. Raises Misconfigured, Unavailable.
    """
    store, key = container.store(container.deadline()), letter.identity[-1]
    store.create(key, letter.message.encode())
    try:
        finish_scim(key, container)
    except ImAccessError as error:
        if error.meaning.verdict is Verdict.RAISE:
            raise
        return error.code
    store.delete(letter.key)
    return "applied"
