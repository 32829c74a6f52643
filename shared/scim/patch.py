"""Applies a PATCH (RFC 7644, 3.5.2): all operations to a copy of the resource, or none.

The special forms of Entra are accepted: `Add` for `add`, booleans as texts; in a value without a path keys with dots,
URNs and value paths; members that are removed by a list of values. If a value path matches nothing, add and replace
create the value, as Entra expects; by the standard it would be an error.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.scim.attributes import RESERVED, SET_HERE, Schema, extension
from shared.scim.errors import ScimError, bad_value
from shared.scim.filter_matching import find
from shared.scim.filter_parser import Path, parse_path
from shared.scim.input_values import Values
from shared.scim.patch_target import PatchTarget, Verb

MESSAGE = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_MOST = 1000


class PatchOperation(BaseModel):
    """One operation. `value` may be anything; `path` is absent where the value names the attributes."""

    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)

    op: str
    path: str | None = None
    value: Any = None  # JSON

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
        # A path that is only the URN of the resource means: the value names the attributes.
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
        """Apply an operation at a path. `named`: the client wrote this path itself, so a wrong one is an error."""
        row, urn = find(self._schema, path)
        if row is None or path.name.casefold() in RESERVED:
            # Attributes that are not stored are ignored everywhere on input.
            if named and path.name.casefold() in SET_HERE:
                raise ScimError(400, "This attribute is set by the service", "mutability")
            return
        if path.part and row.part(path.part) is None:
            raise ScimError(400, f"{row.name} has no such part", "invalidPath")
        holder = self.values.setdefault(urn, {}) if urn else self.values
        PatchTarget(holder, row, path).do(verb, value)
        if urn and not holder:
            del self.values[urn]


def _readable(key: str) -> Path:
    """A name inside a value, read as a path; an unreadable one counts as an unknown attribute."""
    try:
        return parse_path(key)
    except ScimError:
        return Path("", "")
