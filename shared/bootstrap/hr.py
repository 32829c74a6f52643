"""Composes the processing of HR events for one invocation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from shared.event_sources.dead_letters import DeadLetter
from shared.hr_settings import HrSettings
from shared.hr_systems.event_reader import HrEventReader
from shared.operations import HR
from shared.people.hr_dead_letters import DUE, due_letter, event_letter
from shared.people.inbox import Inbox
from shared.use_cases.process_event import ProcessEvent

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.errors import ImAccessError
    from shared.people.inbox import Item
    from shared.people.person import PersonEvent
    from shared.people.person_key import PersonKey
    from shared.use_cases.process_event import ApplyEvent


def work_event(container: Container, apply: ApplyEvent) -> ProcessEvent:
    """The use case for events of the inbox; `apply` does what a person's event asks for."""
    inbox = Inbox(container.store(container.deadline()))
    return ProcessEvent(inbox, container.clock, partial(_read, container), apply, partial(_give_up_event, container))


def give_up_due(person: PersonKey, error: ImAccessError, since: float, container: Container) -> None:
    """Write a dead letter for a person whose due action failed; `since`: since when.

    Raises Unavailable, CloudError.
    """
    _park(container, due_letter(HR, person, error, since), error, {"source": DUE})


def _read(container: Container, item: Item, received: float) -> PersonEvent | None:
    instance, deadline = container.instance, container.deadline()
    settings = HrSettings(container.env)
    reading = HrEventReader(settings, instance.http, instance.hr_tokens, deadline, blind=not item.looks_up)
    return reading.read(item.event, received)


def _give_up_event(container: Container, item: Item, error: ImAccessError) -> None:
    event = item.event
    about = {"source": event.source, "kind": event.kind, "event_id": event.id}
    _park(container, event_letter(HR, item, error), error, about)


def _park(container: Container, letter: DeadLetter, error: ImAccessError, about: Mapping[str, str]) -> None:
    container.park(letter)
    level = error.meaning.level
    container.log("parked", level=level, outcome="parked", code=error.code, detail=error.detail, **about)
