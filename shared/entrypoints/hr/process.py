"""Processes events of the inbox, for the COS trigger, for the sweep, and when a dead letter is redriven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.bootstrap.hr import work_event
from shared.entrypoints import person_events

if TYPE_CHECKING:
    from collections import Counter

    from shared.bootstrap.container import Container
    from shared.people.inbox import Item
    from shared.people.person import PersonEvent
    from shared.use_cases.process_event import ProcessEvent


def work(key: str, container: Container) -> Counter[str]:
    """Process the event with this object key. Returns and raises as `ProcessEvent.work`."""
    return _use_case(container).work(key)


def work_again(item: Item, container: Container) -> str:
    """Apply an event about one person that became a dead letter. Returns and raises as `ProcessEvent.apply`."""
    return _use_case(container).apply(item)


def _use_case(container: Container) -> ProcessEvent:
    def apply(event: PersonEvent) -> str:
        return person_events.apply_event(event, container).outcome

    return work_event(container, apply)
