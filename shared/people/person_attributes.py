"""The names by which rules and templates refer to values of a person: the fields of the common form, and
`attributes.<name>`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from shared.people.person import Person, Value

FIELDS = tuple(name for name in Person.model_fields if name != "attributes")
"""The fields of the common form, which are used by their own name."""
OWN = "attributes."
"""The beginning of the names of custom attributes."""


def known(name: str) -> bool:
    """Whether a rule may use this name."""
    return name in FIELDS or (name.startswith(OWN) and len(name) > len(OWN))


def values(person: Person, name: str) -> list[str]:
    """The values of this name, as texts; empty where it is absent, null or ""."""
    found = person.attributes.get(name.removeprefix(OWN)) if name.startswith(OWN) else getattr(person, name)
    listed: Iterable[Value] = found if isinstance(found, list) else [found]
    return [text for text in map(as_text, listed) if text]


def as_text(value: Value) -> str:
    """The form in which values are compared: trimmed, in Unicode NFC; a number as a text, as in a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value)).strip()
