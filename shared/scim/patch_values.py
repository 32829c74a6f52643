"""Helpers of PATCH for single values of an attribute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.scim.attributes import Attribute
from shared.scim.errors import ScimError
from shared.scim.filter_parser import Term
from shared.scim.input_values import Values, one_of, one_primary, value_of


def set_part(inner: Values, part: Attribute | None, value: Any) -> None:  # noqa: ANN401 - JSON
    """Set a sub-attribute of a complex value. Null removes it; one that clients may not write is not changed.

    Raises ScimError `invalidValue`.
    """
    if part is None or not part.writable:
        return
    taken = value_of(part, value)
    if taken is None:
        inner.pop(part.name, None)
    else:
        inner[part.name] = taken


def new_value(row: Attribute, terms: Sequence[Term]) -> Values:
    """A new item that matches a filter: Entra sets `emails[type eq "work"].value` of a user without such an address."""
    if row.name == "members":
        raise ScimError(400, "No value of the list is meant", "noTarget")
    given = {term.path.name: term.value for term in terms if term.value is not None}
    return dict(one_of(row, given) or {}) if given else {}


def has_content(item: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether an item holds more than `type` and `primary`."""
    return not isinstance(item, dict) or bool(item.keys() - {"type", "primary"})


def united(row: Attribute, items: list[Any], more: list[Any]) -> list[Any]:
    """The items of a list, with the added ones, each once."""
    known = [_identity(row, item) for item in items]
    fresh = [item for item in more if _identity(row, item) not in known]
    return one_primary([*items, *fresh], fresh[-1] if fresh else None)


def _identity(row: Attribute, item: Any) -> Any:  # noqa: ANN401 - JSON
    """What makes two items of a list equal: the id for members, otherwise all sub-attributes."""
    return item.get("value") if row.name == "members" else item


def is_meant(row: Attribute, item: Any, given: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether a client wants to remove this item: it has every sub-attribute that the client names."""
    if row.name == "members" or not isinstance(item, dict):
        return bool(_identity(row, item) == _identity(row, given))
    return isinstance(given, dict) and given.items() <= item.items()
