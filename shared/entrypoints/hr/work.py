"""Works on an event of the inbox: looks up what it tells of each person, applies that, and deletes the event.

What can never be done, or only after somebody has acted, becomes a dead letter; what may be done later stays in the
inbox, for a week. An event about several persons is done for each by itself.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from shared.errors import ImAccessError, Verdict
from shared.event_sources.dead_letters import DeadLetter
from shared.event_sources.hr.parts import parts
from shared.event_sources.hr.received import HrEvent
from shared.hr_settings import HrSettings
from shared.hr_systems.reading import HrReading
from shared.hr_systems.told import WHOLE_SECONDS
from shared.operations import HR
from shared.people import life
from shared.people.identity import PersonKey
from shared.people.inbox import FOR_GOOD, FOR_WEEKS, Inbox, Item
from shared.unforeseen import EXITS, unexpected

if TYPE_CHECKING:
    from shared.bootstrap.container import Container

KEPT = 7 * 24 * 3600.0
"""Seconds for which an event is tried before it becomes a dead letter."""
LETTER = "hr"
"""The source of a dead letter that holds an event as the inbox has it."""
DUE = "due"
"""The source of one that says for whom something is due that could not be done."""


def work(key: str, container: Container) -> Counter[str]:
    """The number of persons by outcome (those of `Applied`, `nothing`, `parked`); empty for an event that is gone.

    Raises ImAccessError where some of it is to be done later: the event stays. Misconfigured, as soon as it is known.
    """
    inbox = Inbox(container.store(container.deadline()))
    item = inbox.read(key)
    if item is None:
        return Counter()
    outcomes: Counter[str] = Counter()
    later: ImAccessError | None = None
    for part in parts(item.event):
        try:
            outcomes[apply_part(item._replace(event=part), container)] += 1
        except ImAccessError as error:
            if error.meaning.verdict is Verdict.RAISE:
                raise
            if error.meaning.verdict is Verdict.LATER and container.clock.now() - item.received < KEPT:
                later = error
                continue
            container.park(letter_of(item._replace(event=part), error))
            outcomes["parked"] += 1
            _log(part, container, error)
    if later:
        raise later
    inbox.remove(key)
    return outcomes


def apply_part(item: Item, container: Container) -> str:
    """What came of an event about one person. Raises ImAccessError."""
    from shared.entrypoints.people import apply_event

    try:
        settings, instance = HrSettings(container.env), container.instance
        reading = HrReading(settings, instance.http, instance.hr_tokens, container.deadline(), blind=not item.looks_up)
        told = reading.read(item.event, _first_receipt(item, container))
        return "nothing" if told is None else apply_event(told, container).outcome
    except (ImAccessError, *EXITS):
        raise
    except BaseException as error:  # noqa: BLE001 - the other persons are to be done all the same
        raise unexpected(error) from None


def _first_receipt(item: Item, container: Container) -> float:
    """When an event was received first, also if it was done and deleted since; for events without an exact time."""
    if item.event.time is not None and item.event.source not in WHOLE_SECONDS:
        return item.received
    kept = FOR_GOOD if item.event.time is None else FOR_WEEKS
    return Inbox(container.store(container.deadline())).first_receipt(item, kept)


def letter_of(item: Item, error: ImAccessError) -> DeadLetter:
    """The dead letter of an event that could not be done; it holds the whole event."""
    event = item.event
    retry = error.meaning.verdict is not Verdict.PARK
    about = (HR, ("hr", event.source, event.id), error.code, error.detail, retry, item.dump())
    return DeadLetter(*about, item.received, LETTER)


def give_up(person: PersonKey, error: ImAccessError, since: float, container: Container) -> None:
    """Write a dead letter for a person for whom something is due that cannot be done, with the time since when.

    Raises Unavailable, CloudError.
    """
    meaning, message = error.meaning, json.dumps({"v": life.VERSION, "person": person.text})
    retry = meaning.verdict is not Verdict.PARK
    about = (HR, ("hr", DUE, person.text), error.code, error.detail, retry, message, since, DUE)
    container.park(DeadLetter(*about))
    container.log("parked", level=meaning.level, outcome="parked", code=error.code, detail=error.detail, source=DUE)


def person_of(message: str) -> PersonKey:
    """The person of a dead letter that `give_up` wrote. Raises ImAccessError `record_unreadable`."""
    return PersonKey(str(life.read(message.encode(), "letter of a person").get("person")))


def _log(event: HrEvent, container: Container, error: ImAccessError) -> None:
    told = {"source": event.source, "kind": event.kind, "event_id": event.id}
    meaning = error.meaning
    container.log("parked", level=meaning.level, outcome="parked", code=error.code, detail=error.detail, **told)
