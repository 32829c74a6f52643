"""PATCH (RFC 7644, 3.5.2): all operations on a copy, or none.

Both of Entra's dialects are read: `Add` and `add`, booleans as texts, keys with dots, URNs and value paths in a value
without a path, members that are removed by a list of values. Where a value path meets nothing, add and replace make the
value, as Entra expects; the standard would have it fail.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.scim.accept import Values, one_of, one_primary, value_of
from shared.scim.attributes import RESERVED, SET_HERE, Attribute, Schema, extension
from shared.scim.errors import ScimError, bad_value
from shared.scim.matching import find, matches_value
from shared.scim.paths import Path, Term, parse_path

MESSAGE = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_MOST = 1000
Verb = Literal["add", "replace", "remove"]


class PatchOperation(BaseModel):
    """One operation. `value` may be anything, and `path` is absent where the value names the attributes."""

    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)

    op: str
    path: str | None = None
    value: Any = None

    @property
    def verb(self) -> Verb:
        """`add`, `replace` or `remove`. Raises ScimError `invalidSyntax`."""
        for verb in ("add", "replace", "remove"):
            if self.op.lower() == verb:
                return verb
        raise ScimError(400, "op is none of add, replace, remove", "invalidSyntax")


def operations(body: dict[str, Any]) -> list[PatchOperation]:
    """The operations of a request. Raises ScimError `invalidSyntax`."""
    rows = next((value for name, value in body.items() if name.lower() == "operations"), None)
    if not isinstance(rows, list) or not 1 <= len(rows) <= _MOST:
        raise ScimError(400, f"Operations is no list of 1 to {_MOST} operations", "invalidSyntax")
    try:
        return [
            PatchOperation.model_validate({str(name).lower(): value for name, value in row.items()}) for row in rows
        ]
    except (ValidationError, AttributeError):
        raise ScimError(400, "An operation has no op, or a path that is no text", "invalidSyntax") from None


def patched(schema: Schema, values: Values, todo: Sequence[PatchOperation]) -> Values:
    """The attributes after all operations, as a copy. Raises ScimError."""
    target = _Target(schema, copy.deepcopy(values))
    for operation in todo:
        target.do(operation)
    return target.values


class _Target:
    """A resource that is being changed."""

    def __init__(self, schema: Schema, values: Values) -> None:
        self._schema = schema
        self.values = values

    def do(self, operation: PatchOperation) -> None:
        verb = operation.verb
        path = (operation.path or "").strip()
        # The URN of the resource itself is no attribute's path: the value names those.
        path = "" if path.casefold() == self._schema.urn.casefold() else path
        whole = extension(self._schema, path)
        if whole is not None:
            self._extension(verb, whole, operation.value)
        elif path:
            self._at(verb, parse_path(path), operation.value, named=True)
        elif verb == "remove":
            raise ScimError(400, "remove needs a path", "noTarget")
        elif isinstance(operation.value, dict):
            self._all(verb, operation.value)
        else:
            raise bad_value("Without a path the value has to be an object")

    def _all(self, verb: Verb, value: dict[str, Any]) -> None:
        for key, inner in value.items():
            whole = extension(self._schema, key)
            if whole is not None:
                self._extension(verb, whole, inner)
            elif key.casefold() not in RESERVED:
                self._at(verb, _readable(key), inner, named=False)

    def _extension(self, verb: Verb, inner: Schema, value: Any) -> None:  # noqa: ANN401 - JSON
        if verb == "remove":
            self.values.pop(inner.urn, None)
            return
        if not isinstance(value, dict):
            raise bad_value(f"{inner.name} is no object")
        for key, one in value.items():
            self._at(verb, _readable(key)._replace(urn=inner.urn), one, named=False)

    def _at(self, verb: Verb, path: Path, value: Any, *, named: bool) -> None:  # noqa: ANN401 - JSON
        """The place of a path. `named`: the client wrote this path itself, so that a wrong one is an error."""
        row, urn = find(self._schema, path)
        if row is None or path.name.casefold() in RESERVED:
            # Attributes that are not kept are left out on input everywhere.
            if named and path.name.casefold() in SET_HERE:
                raise ScimError(400, "This attribute is set by the service", "mutability")
            return
        if path.part and row.part(path.part) is None:
            raise ScimError(400, f"{row.name} has no such part", "invalidPath")
        holder = self.values.setdefault(urn, {}) if urn else self.values
        _Place(holder, row, path).do(verb, value)
        if urn and not holder:
            del self.values[urn]


class _Place:
    """An attribute in the object that holds it."""

    def __init__(self, holder: Values, row: Attribute, path: Path) -> None:
        self._holder = holder
        self._row = row
        self._path = path

    def do(self, verb: Verb, value: Any) -> None:  # noqa: ANN401 - JSON
        row, part = self._row, self._path.part
        if verb == "remove" and not part and self._path.terms is None:
            self._remove(value)
        elif row.many and (self._path.terms is not None or part):
            self._some(verb, value)
        elif part:
            self._part(verb, self._row.part(part), value)
        else:
            self._whole(verb, value)

    def _remove(self, value: Any) -> None:  # noqa: ANN401 - JSON
        row = self._row
        if row.required:
            raise ScimError(400, f"{row.name} is required", "mutability")
        if row.many and value not in (None, [], ""):
            given = [taken for one in (value if isinstance(value, list) else [value]) if (taken := one_of(row, one))]
            self._set([item for item in self._items() if not any(_meant(row, item, one) for one in given)])
        elif row.many and value == []:
            # None of the values: Entra names those that are to go.
            return
        else:
            self._holder.pop(row.name, None)

    def _whole(self, verb: Verb, value: Any) -> None:  # noqa: ANN401 - JSON
        row = self._row
        taken = value_of(row, value)
        if row.many:
            self._set(_united(row, self._items(), taken or []) if verb == "add" else taken or [])
        elif taken is None:
            self._clear(verb)
        elif row.kind == "complex":
            self._holder[row.name] = self._holder.get(row.name, {}) | taken
        else:
            self._holder[row.name] = taken

    def _clear(self, verb: Verb) -> None:
        """Apply a null or an empty text: `add` does nothing, `replace` removes the value."""
        if verb == "replace" and self._row.writable:
            if self._row.required:
                raise bad_value(f"{self._row.name} is required")
            self._holder.pop(self._row.name, None)

    def _part(self, verb: Verb, part: Attribute | None, value: Any) -> None:  # noqa: ANN401 - JSON
        inner = dict(self._holder.get(self._row.name) or {})
        _set_part(inner, part, None if verb == "remove" else value)
        if inner:
            self._holder[self._row.name] = inner
        else:
            self._holder.pop(self._row.name, None)

    def _some(self, verb: Verb, value: Any) -> None:  # noqa: ANN401 - JSON
        """The values of a list that a filter chooses, or all."""
        row, terms, items = self._row, self._path.terms or (), list(self._items())
        chosen = [place for place, item in enumerate(items) if matches_value(row, item, terms)]
        if not chosen and verb != "remove":
            items.append(_made(row, terms))
            chosen = [len(items) - 1]
        newest = None
        for place in chosen:
            items[place] = newest = self._changed(verb, items[place], value)
        self._set(one_primary([item for item in items if _worth(item)], newest))

    def _changed(self, verb: Verb, item: Values, value: Any) -> Values:  # noqa: ANN401 - JSON
        part = self._row.part(self._path.part) if self._path.part else None
        if part is not None:
            changed = dict(item)
            _set_part(changed, part, None if verb == "remove" else value)
            return changed
        if verb == "remove":
            return {}
        taken = one_of(self._row, value)
        return item if taken is None else item | taken

    def _items(self) -> list[Any]:
        return list(self._holder.get(self._row.name) or [])

    def _set(self, items: list[Any]) -> None:
        if len(items) > self._row.longest:
            raise bad_value(f"{self._row.name} has more than {self._row.longest} values")
        if items:
            self._holder[self._row.name] = items
        else:
            self._holder.pop(self._row.name, None)


def _readable(key: str) -> Path:
    """A name inside a value, read as a path; one that cannot be read is taken as an unknown attribute."""
    try:
        return parse_path(key)
    except ScimError:
        return Path("", "")


def _set_part(inner: Values, part: Attribute | None, value: Any) -> None:  # noqa: ANN401 - JSON
    if part is None or not part.writable:
        return
    taken = value_of(part, value)
    if taken is None:
        inner.pop(part.name, None)
    else:
        inner[part.name] = taken


def _made(row: Attribute, terms: Sequence[Term]) -> Values:
    """A new value that fits a filter: Entra sets `emails[type eq "work"].value` of a user without such an address."""
    if row.name == "members":
        raise ScimError(400, "No value of the list is meant", "noTarget")
    told = {term.path.name: term.value for term in terms if term.value is not None}
    return dict(one_of(row, told) or {}) if told else {}


def _worth(item: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether a value holds more than its `type` and `primary`."""
    return not isinstance(item, dict) or bool(item.keys() - {"type", "primary"})


def _united(row: Attribute, items: list[Any], more: list[Any]) -> list[Any]:
    known = [_identity(row, item) for item in items]
    fresh = [item for item in more if _identity(row, item) not in known]
    return one_primary([*items, *fresh], fresh[-1] if fresh else None)


def _identity(row: Attribute, item: Any) -> Any:  # noqa: ANN401 - JSON
    """What two equal values of a list have in common: members their id, other values all of their parts."""
    return item.get("value") if row.name == "members" else item


def _meant(row: Attribute, item: Any, given: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether a value is one that a client wants to remove: it has every part that the client names."""
    if row.name == "members" or not isinstance(item, dict):
        return bool(_identity(row, item) == _identity(row, given))
    return isinstance(given, dict) and given.items() <= item.items()
