"""Reads the attributes of a resource from a client's body, in the form in which they are stored.

Names match in any case, unknown ones are ignored, null means absent. Entra sends booleans as texts, and a single value
as a list; both are accepted. Every other wrong type is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.scim.attributes import RESERVED, Attribute, Schema, extension, named, top_level
from shared.scim.errors import ScimError, bad_value

Values = dict[str, Any]
"""Attributes by their names in the schema; those of an extension are below its URN."""


def read_values(schema: Schema, body: Mapping[str, Any]) -> Values:
    """The attributes in a body. Raises ScimError `invalidValue`, `invalidSyntax`."""
    found: Values = {}
    for name, value in body.items():
        inner = extension(schema, name)
        if inner is not None:
            if taken := _complex(name, inner.attributes, value):
                _put(found, inner.urn, taken)
        elif name.casefold() not in RESERVED and (row := named(top_level(schema), name)) is not None:
            taken_value = value_of(row, value)
            if taken_value is not None:
                _put(found, row.name, taken_value)
    return found


def value_of(row: Attribute, value: Any) -> Any:  # noqa: ANN401 - JSON
    """A value of an attribute in its stored form; None for an absent one. Raises ScimError `invalidValue`."""
    if value is None or not row.writable:
        return None
    if row.many:
        return _list(row, value if isinstance(value, list) else [value]) or None
    return one_of(row, value)


def one_of(row: Attribute, value: Any) -> Any:  # noqa: ANN401 - JSON
    """One value, or one item of a list; None for an absent one. Raises ScimError `invalidValue`."""
    if value is None or not row.writable:
        return None
    if row.kind == "complex":
        return _one_complex(row, value)
    if row.kind == "boolean":
        return _boolean(row, value)
    if not isinstance(value, str) or len(value) > row.longest or not _storable(value):
        raise bad_value(f"{row.name} is no text of at most {row.longest} characters")
    if row.required and not value.strip():
        raise bad_value(f"{row.name} is empty")
    return value or None


def check_required(schema: Schema, values: Values) -> None:
    """Raise ScimError `invalidValue` where a required text is missing."""
    for row in schema.attributes:
        if row.required and row.kind == "string" and row.name not in values:
            raise bad_value(f"{row.name} is required")


def one_primary(items: list[Any], newest: Any = None) -> list[Any]:  # noqa: ANN401 - JSON
    """Leave `primary` on one item of a list only (RFC 7643, 2.4): on the last that has it."""
    chosen = [item for item in items if isinstance(item, dict) and item.get("primary") is True]
    keep = newest if any(newest is item for item in chosen) else (chosen[-1] if chosen else None)
    return [item | {"primary": False} if item in chosen and item is not keep else item for item in items]


def _list(row: Attribute, values: list[Any]) -> list[Any]:
    if len(values) > row.longest:
        raise bad_value(f"{row.name} has more than {row.longest} values")
    items = [taken for value in values if (taken := one_of(row, value)) is not None]
    distinct: dict[object, Any] = {}  # JSON, by what two equal values have in common
    for item in items:
        distinct.setdefault(_key(item), item)
    return one_primary(list(distinct.values()))


def _key(item: Any) -> Any:  # noqa: ANN401 - JSON
    return tuple(sorted((name, str(value)) for name, value in item.items())) if isinstance(item, dict) else item


def _one_complex(row: Attribute, value: Any) -> Values | None:  # noqa: ANN401 - JSON
    if isinstance(value, list) and not row.many:
        # Entra adds a manager as a list of one.
        value = value[0] if len(value) == 1 else value
    if isinstance(value, str) and row.part("value") is not None:
        value = {"value": value}
    return _complex(row.name, row.parts, value) or None


def _complex(name: str, rows: tuple[Attribute, ...], value: Any) -> Values:  # noqa: ANN401 - JSON
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_value(f"{name} is no object")
    found: Values = {}
    for key, inner in value.items():
        row = named(rows, key)
        taken = value_of(row, inner) if row is not None else None
        if row is not None and taken is not None:
            _put(found, row.name, taken)
    return found


def _boolean(row: Attribute, value: Any) -> bool:  # noqa: ANN401 - JSON
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise bad_value(f"{row.name} is neither true nor false")


def _storable(text: str) -> bool:
    """Whether it can be written as UTF-8 and holds no control characters."""
    return not any(
        (char < " " and char not in "\t\r\n") or "\ud800" <= char <= "\udfff" or char == "\x7f" for char in text
    )


def _put(found: Values, name: str, value: Any) -> None:  # noqa: ANN401 - JSON
    if name in found:
        raise ScimError(400, f"{name} stands there twice", "invalidSyntax")
    found[name] = value
