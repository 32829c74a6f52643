"""Dead letters of the function of HR systems: for an event that could not be applied, or for a person whose due action
failed.

source "hr"     an event about one person, as in the inbox source "due"    {"v": 1, "person": "<source>/<employee>"}:
the person for whom the due action failed
"""

from __future__ import annotations

import json

from shared.errors import ImAccessError, Verdict
from shared.event_sources.dead_letters import DeadLetter
from shared.people import life
from shared.people.inbox import Item
from shared.people.person_key import PersonKey

EVENT = "hr"
"""The source of a letter that holds an event."""
DUE = "due"
"""The source of a letter that names a person."""


def event_letter(function: str, item: Item, error: ImAccessError) -> DeadLetter:
    """The dead letter of an event about one person; it holds the whole event."""
    event = item.event
    about = (function, ("hr", event.source, event.id), error.code, error.detail, _is_retried(error), item.dump())
    return DeadLetter(*about, item.received, EVENT)


def due_letter(function: str, person: PersonKey, error: ImAccessError, since: float) -> DeadLetter:
    """The dead letter of a person whose due action failed; `since`: when it failed first (seconds since the epoch)."""
    message = json.dumps({"v": life.VERSION, "person": person.text})
    identity = ("hr", DUE, person.text)
    return DeadLetter(function, identity, error.code, error.detail, _is_retried(error), message, since, DUE)


def person_of(message: str) -> PersonKey:
    """The person in the message of a `due_letter`. Raises ImAccessError `record_unreadable`."""
    return PersonKey(str(life.read(message.encode(), "letter of a person").get("person")))


def _is_retried(error: ImAccessError) -> bool:
    return error.meaning.verdict is not Verdict.PARK
