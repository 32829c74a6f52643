"""Converts fields of an HR system into fields of the common form of a person (`shared/people/person.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from shared.clock import rfc3339
from shared.errors import Rejected
from shared.event_sources.hr.received import WHOLE_SECONDS, HrEvent
from shared.people.person import Person, PersonEvent

_DAY = 86_400.0
_TEXT, _DEPARTMENTS, _ATTRIBUTES = 200, 200, 100
"""The most that the common form takes."""


def person_event(
    event: HrEvent,
    received: float,
    employee: str,
    fields: Mapping[str, Any],
    renamed_from: str | None = None,
    also: str | None = None,
) -> PersonEvent:
    """The person's event with these `fields` of the common form; a field that is not among them stays as it was.

    Without a status the person keeps the one they had; somebody new is active.
    """
    if not employee:
        raise Rejected("details_missing", "The event names nobody")
    members = {"employee": employee, **{name: _fit(value) for name, value in fields.items()}}
    person = Person.parse({"status": "active", **members})
    person = person if "status" in members else person.keeping_status()
    return PersonEvent(
        event.source, event.id, event_time(event, received), person, renamed_from, partial=True, also=also
    )


def event_time(event: HrEvent, received: float) -> float:
    """The time of an event, in seconds since the epoch; never later than its first receipt.

    Some systems give the time in whole seconds. Of such events of one second, the one that was received first counts as
    the older one. An event that comes more than a day late was probably sent before, and counts as the oldest.
    """
    if event.time is None or event.time >= received:
        return received
    late = received - event.time
    return event.time + late / (late + 1) if event.source in WHOLE_SECONDS and late < _DAY else event.time


def missing(what: str) -> Rejected:
    """The error for a person who cannot be looked up because a setting is missing; `what` names the settings."""
    return Rejected("details_missing", f"The event holds an id alone: {what} is not set")


def text(members: Mapping[str, Any], *names: str) -> str | None:
    """The first of these members that is not empty, as text."""
    for name in names:
        value = members.get(name)
        if isinstance(value, bool) or value is None or isinstance(value, (dict, list)):
            continue
        if stripped := str(value).strip():
            return stripped
    return None


def texts(value: object) -> list[str]:
    """The texts in a list, in a text with commas, or in a list that was written as a text; each once."""
    if isinstance(value, str):
        value = value.strip("[]").replace('"', "").split(",")
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return list(dict.fromkeys(one for one in (str(one).strip() for one in listed) if one))


def is_true(value: object) -> bool:
    """Whether a flag is set; it may come as a text."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def as_moment(value: float | None) -> str | None:
    """A moment as the common form has it, in RFC 3339."""
    return None if value is None else rfc3339(value)


def day(value: object) -> str | None:
    """A date such as `2026-01-31`; None for no date, which some systems write as zeros."""
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return None


def present_texts(members: Mapping[str, Any], names: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, Any]:
    """For each field, the first of its members that is not empty, as text. Fields of which no member exists are left
    out.
    """
    return {field: text(members, *given) for field, given in names if any(name in members for name in given)}


def _fit(value: Any) -> Any:  # noqa: ANN401 - of any field
    if isinstance(value, str):
        return value[:_TEXT]
    if isinstance(value, list):
        return [_fit(one) for one in value[:_DEPARTMENTS]]
    if isinstance(value, dict):
        return {str(name)[:_TEXT]: _fit(one) for name, one in list(value.items())[:_ATTRIBUTES]}
    return value
