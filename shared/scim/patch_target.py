"""Applies one PATCH operation to the attribute of its path."""

from __future__ import annotations

from typing import Any, Literal

from shared.scim.attributes import Attribute
from shared.scim.errors import ScimError, bad_value
from shared.scim.filter_matching import matches_value
from shared.scim.filter_parser import Path
from shared.scim.input_values import Values, one_of, one_primary, value_of
from shared.scim.patch_values import has_content, is_meant, new_value, set_part, united

Verb = Literal["add", "replace", "remove"]


class PatchTarget:
    """An attribute of an object, which one operation changes."""

    def __init__(self, holder: Values, row: Attribute, path: Path) -> None:
        self._holder = holder
        self._row = row
        self._path = path

    def do(self, verb: Verb, value: Any) -> None:  # noqa: ANN401 - JSON
        """Apply the operation. Raises ScimError."""
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
            self._set([item for item in self._items() if not any(is_meant(row, item, one) for one in given)])
        elif row.many and value == []:
            # An empty list removes nothing: Entra lists the values to remove.
            return
        else:
            self._holder.pop(row.name, None)

    def _whole(self, verb: Verb, value: Any) -> None:  # noqa: ANN401 - JSON
        row = self._row
        taken = value_of(row, value)
        if row.many:
            self._set(united(row, self._items(), taken or []) if verb == "add" else taken or [])
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
        set_part(inner, part, None if verb == "remove" else value)
        if inner:
            self._holder[self._row.name] = inner
        else:
            self._holder.pop(self._row.name, None)

    def _some(self, verb: Verb, value: Any) -> None:  # noqa: ANN401 - JSON
        """Apply it to the items of a list that the filter matches, or to all."""
        row, terms, items = self._row, self._path.terms or (), list(self._items())
        chosen = [place for place, item in enumerate(items) if matches_value(row, item, terms)]
        if not chosen and verb != "remove":
            items.append(new_value(row, terms))
            chosen = [len(items) - 1]
        newest = None
        for place in chosen:
            items[place] = newest = self._changed(verb, items[place], value)
        # Changed items may have become equal, but a list has no item twice (RFC 7643, 2.4).
        different = [item for place, item in enumerate(items) if item not in items[:place]]
        newest = next((item for item in different if item == newest), newest)
        self._set(one_primary([item for item in different if has_content(item)], newest))

    def _changed(self, verb: Verb, item: Values, value: Any) -> Values:  # noqa: ANN401 - JSON
        part = self._row.part(self._path.part) if self._path.part else None
        if part is not None:
            changed = dict(item)
            set_part(changed, part, None if verb == "remove" else value)
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
