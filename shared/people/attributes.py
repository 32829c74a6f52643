"""What rules and templates may ask of a person: the fields of the common form, and `attributes.<name>`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from shared.people.person import Person, Value

FIELDS = tuple(name for name in Person.model_fields if name != "attributes")
"""The fields of the common form that can be asked for by their own name."""
OWN = "attributes."
"""What the name of an attribute of the organisation's own begins with."""


def known(name: str) -> bool:
    """Whether a rule may ask for this."""
    return name in FIELDS or (name.startswith(OWN) and len(name) > len(OWN))


def values(person: Person, name: str) -> list[str]:
    """What a person has of it, as texts; none for what is absent, null or empty."""
    found = person.attributes.get(name.removeprefix(OWN)) if name.startswith(OWN) else getattr(person, name)
    listed: Iterable[Value] = found if isinstance(found, list) else [found]
    return [text for text in map(as_text, listed) if text]


def as_text(value: Value) -> str:
    """How a value is compared: trimmed, in one of Unicode's ways to write it; a table has `3` where JSON has 3."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value)).strip()
