"""Checks whether a resource matches a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.scim.attributes import Attribute, Schema, extension, named, top_level
from shared.scim.filter_parser import Path, Term

_OWN = (
    Attribute("id", "string", "", exact=True),
    Attribute("schemas", "string", "", many=True, exact=True),
    Attribute(
        "meta",
        "complex",
        "",
        parts=(
            Attribute("resourceType", "string", "", exact=True),
            Attribute("created", "string", "", exact=True),
            Attribute("lastModified", "string", "", exact=True),
            Attribute("location", "string", "", exact=True),
        ),
    ),
)
"""Attributes that the service sets. They are not in the table, but filters may use them."""


def matches(schema: Schema, resource: Mapping[str, Any], terms: Sequence[Term]) -> bool:
    """Whether all comparisons are true. An unknown attribute is absent, and equals only null."""
    return all(_holds(schema, resource, term) for term in terms)


def matches_value(row: Attribute, value: Any, terms: Sequence[Term]) -> bool:  # noqa: ANN401 - JSON
    """Whether one item of a list matches a value path such as `emails[type eq "work"]`."""
    return all(_value_holds(row, value, term) for term in terms)


def find(schema: Schema, path: Path) -> tuple[Attribute | None, str]:
    """The attribute of a path, and the URN of its extension, or ""."""
    if path.urn and path.urn.casefold() != schema.urn.casefold():
        inner = extension(schema, path.urn)
        return (named(inner.attributes, path.name), inner.urn) if inner else (None, "")
    return named(top_level(schema) + _OWN, path.name), ""


def _holds(schema: Schema, resource: Mapping[str, Any], term: Term) -> bool:
    row, urn = find(schema, term.path)
    if row is None:
        return term.value is None and not term.exists
    value = (resource.get(urn, {}) if urn else resource).get(row.name)
    items = value if isinstance(value, list) else [value]
    chosen = [item for item in items if term.path.terms is None or matches_value(row, item, term.path.terms)]
    if term.exists:
        return any(isinstance(item, dict) for item in chosen)
    part = term.path.part or ("value" if row.kind == "complex" and row.part("value") else "")
    return any(_equal(row, item, part, term.value) for item in chosen)


def _value_holds(row: Attribute, value: Any, term: Term) -> bool:  # noqa: ANN401 - JSON
    return _equal(row, value, term.path.name, term.value)


def _equal(row: Attribute, value: Any, part: str, wanted: Any) -> bool:  # noqa: ANN401 - JSON
    if part:
        inner = row.part(part)
        if inner is None or not isinstance(value, dict):
            return wanted is None
        row, value = inner, value.get(inner.name)
    if row.kind == "boolean" and isinstance(wanted, str) and wanted.lower() in ("true", "false"):
        wanted = wanted.lower() == "true"
    if isinstance(value, str) and isinstance(wanted, str) and not row.exact:
        return value.casefold() == wanted.casefold()
    return type(value) is type(wanted) and bool(value == wanted)
