"""A change at SCIM that was left, taken up by the sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.entrypoints.scim_service import Service

if TYPE_CHECKING:
    from shared.bootstrap.container import Container


def finish_scim(key: str, container: Container) -> str:
    """Do what the note of a key asks for: `done`, `waits` where CAM is to be looked at once more, `gone`.

    Raises ImAccessError: it is still due.
    """
    service = Service(container, "", "")
    found = service.due.read(key)
    if found is None:
        return "gone"
    note, state = found
    if not service.effects.bring_about(note):
        return "waits"
    service.due.done(note, state)
    container.log("scim_change", of=note.kind, id=note.id, caller=note.caller)
    return "done"
