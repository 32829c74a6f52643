"""Resources in the form for clients: in lists, and with the requested attributes (RFC 7644, 3.4 and 3.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.scim.attributes import Schema
from shared.scim.errors import bad_value
from shared.scim.filter_matching import find
from shared.scim.filter_parser import Path, parse_path
from shared.scim.input_values import Values

PAGE = 100
"""The most resources in an answer."""
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_ALWAYS = ("schemas", "id")
_MOST = 100


class Selection:
    """Selects attributes: those that a request names, or all except those. Raises ScimError."""

    def __init__(self, attributes: str = "", excluded: str = "") -> None:
        self._only = _paths(attributes)
        self._but = _paths(excluded)

    def shown(self, schema: Schema, resource: Values) -> Values:
        """The selected attributes of a resource."""
        if self._only:
            return {name: resource[name] for name in _ALWAYS if name in resource} | self._chosen(schema, resource)
        shown = dict(resource)
        for path in self._but:
            _leave_out(schema, shown, path)
        return shown

    def leaves_out(self, name: str) -> bool:
        """Whether a whole attribute is not requested, so that it need not be looked up."""
        wanted = name.casefold()
        if self._only:
            return all(path.name.casefold() != wanted for path in self._only)
        return any(path.name.casefold() == wanted and not path.part for path in self._but)

    def _chosen(self, schema: Schema, resource: Values) -> Values:
        chosen: Values = {}
        for path in self._only:
            row, urn = find(schema, path)
            holder = resource.get(urn, {}) if urn else resource
            if row is None or row.name not in holder:
                continue
            value = holder[row.name]
            if path.part and (part := row.part(path.part)) is not None:
                value = _parts(value, part.name)
            if not urn:
                chosen[row.name] = _merged(chosen.get(row.name), value)
            else:
                inner = chosen.setdefault(urn, {})
                inner[row.name] = _merged(inner.get(row.name), value)
        return chosen


def page(query: Mapping[str, str]) -> tuple[int, int]:
    """The position of the first resource, from 1, and the most resources. Raises ScimError `invalidValue`."""
    start, count = _number(query, "startindex", 1), _number(query, "count", PAGE)
    return max(1, start), max(0, min(count, PAGE))


def listed(resources: Sequence[Values], total: int, start: int = 1) -> Values:
    """The ListResponse with some resources; `total`: the number of all."""
    counts = {"totalResults": total, "startIndex": start, "itemsPerPage": len(resources)}
    return {"schemas": [LIST], **counts, "Resources": list(resources)}


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    digits = text[1:] if text[0] in "+-" else text
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise bad_value(f"{name} is no whole number")
    return int(text)


def _paths(text: str) -> list[Path]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) > _MOST:
        raise bad_value("Too many attributes are named")
    return [parse_path(name) for name in names]


def _leave_out(schema: Schema, shown: Values, path: Path) -> None:
    row, urn = find(schema, path)
    if row is None or row.name in _ALWAYS:
        return
    if urn:
        inner = dict(shown.get(urn) or {})
        _drop(inner, row.name, path, schema)
        shown.pop(urn, None)
        if inner:
            shown[urn] = inner
    else:
        _drop(shown, row.name, path, schema)


def _drop(holder: Values, name: str, path: Path, schema: Schema) -> None:
    row, _ = find(schema, path)
    part = row.part(path.part) if row is not None and path.part else None
    if part is None:
        holder.pop(name, None)
    elif name in holder:
        value = holder[name]
        items = value if isinstance(value, list) else [value]
        left = [{key: inner for key, inner in item.items() if key != part.name} for item in items]
        holder[name] = left if isinstance(value, list) else left[0]


def _parts(value: Any, part: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [{part: item[part]} for item in value if part in item]
    return {part: value[part]} if part in value else {}


def _merged(before: Any, value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(before, dict) and isinstance(value, dict):
        return before | value
    if isinstance(before, list) and isinstance(value, list) and len(before) == len(value):
        return [one | other for one, other in zip(before, value, strict=True)]
    return value
