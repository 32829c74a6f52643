"""Makes user names from templates. The first template that gives a possible name is used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared.people.person import Person
from shared.people.person_attributes import OWN, known, values
from shared.settings_parsers import USER

LONGEST = 64
_LOCAL = "email.local"
_PLACE = re.compile(r"\{([^{}]*)\}")
_LISTS = ("departments",)
_MOST = 1000
"""The most numbers that are tried after a name."""


def fault(template: str) -> str:
    """What is wrong with a template, "" for nothing."""
    if not template.strip():
        return "is empty"
    if re.search(r"[{}]", _PLACE.sub("", template)):
        return "has a brace without its other half"
    places = _PLACE.findall(template)
    if not places:
        return "has no {field}, so everybody would get the same name"
    unknown = [place for place in places if place != _LOCAL and (not known(place) or place in _LISTS)]
    return f"asks for {{{unknown[0]}}}, which no person has" if unknown else ""


def names(person: Person, templates: Sequence[str]) -> Iterator[str]:
    """Possible names, the best first: the one from the HR system, else the first template's; then the same with
    numbers.

    A taken name gets a number instead of another template: if `wei.zhang` is taken, people will look for `wei.zhang2`.
    """
    best = next(filter(possible, (_source_says(person), *(_filled(one, person) for one in templates))), None)
    if best is None:
        return
    yield best
    for number in range(2, _MOST):
        yield f"{best[: LONGEST - len(str(number))]}{number}"


def possible(name: str) -> bool:
    """Whether CAM and the commands accept it as a user name."""
    return re.fullmatch(USER, name, re.ASCII) is not None


def _source_says(person: Person) -> str:
    return (person.user or "").strip()


def _filled(template: str, person: Person) -> str:
    """The template with the values of the person, "" where one of them is missing."""
    found = {place: _value(person, place) for place in _PLACE.findall(template)}
    if not all(found.values()):
        return ""
    return _PLACE.sub(lambda match: found[match[1]], template).strip()


def _value(person: Person, place: str) -> str:
    if place == _LOCAL:
        local, at, _ = "".join(values(person, "email")).rpartition("@")
        return local.partition("+")[0] if at else ""
    return "".join(values(person, place)[:1]) if place in Person.model_fields or place.startswith(OWN) else ""
