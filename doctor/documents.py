"""Compares two policy documents by meaning: what one allows and the other does not.

The order, a single value in place of a list, `name/` before an action and the case of actions make no difference. Each
right of one document must be covered by a single right of the other; several rights that cover it only together are not
recognised.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

_KNOWN = {"effect", "action", "resource", "condition", "sid"}

Conditions = frozenset[tuple[str, str, frozenset[str]]]


class Right(NamedTuple):
    """One action on one resource, in the form `qcs:<project>:<service>:<region>:<account>:<resource>`, or `*`."""

    action: str
    resource: str
    conditions: Conditions

    def __str__(self) -> str:
        where = self.resource.split(":", 5)[-1]
        return self.action if where == "*" else f"{self.action} on {where}"

    def covers(self, other: Right) -> bool:
        """Whether this right allows everything that the other one allows."""
        return self.reaches(other) and self.conditions <= other.conditions

    def reaches(self, other: Right) -> bool:
        """Whether this right covers the other one's action and resource, whatever their conditions."""
        # The actions are compared first, because most rights differ in them.
        return matches(self.action.lower(), other.action.lower()) and all(
            map(_holds, range(6), _segments(self.resource), _segments(other.resource))
        )

    def meets(self, other: Right) -> bool:
        """Whether some action on some resource is covered by both rights."""
        pairs = zip(_segments(self.resource), _segments(other.resource), strict=True)
        return _meet(self.action.lower(), other.action.lower()) and all(_meet(a or "*", b or "*") for a, b in pairs)

    def contradicts(self, other: Right) -> bool:
        """Whether the two rights have different conditions on the same key."""
        differing = {key for _, key, _ in self.conditions - other.conditions}
        return bool(differing & {key for _, key, _ in other.conditions})


class Document(NamedTuple):
    """What is allowed and what is denied."""

    allowed: tuple[Right, ...] = ()
    denied: tuple[Right, ...] = ()

    def __add__(self, other: object) -> Document:
        if not isinstance(other, Document):
            return NotImplemented
        return Document(self.allowed + other.allowed, self.denied + other.denied)


class Differences(NamedTuple):
    """The rights that a role lacks, those that it has only under further conditions, and those beyond what it needs."""

    missing: list[str]
    bound: list[str]
    excess: list[str]


def parse(text: str) -> Document:
    """Parse a document. Raises ValueError if it does not have the form of CAM's syntax 2.0 that this module knows."""
    loaded = json.loads(text)
    statements = loaded.get("statement") if isinstance(loaded, dict) else None
    rights: dict[str, list[Right]] = {"allow": [], "deny": []}
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or not statement.keys() <= _KNOWN:
            raise ValueError("a statement of another form")
        effect = str(statement.get("effect")).lower()
        if effect not in rights:
            raise ValueError("an unknown effect")
        rights[effect] += _rights(statement)
    return Document(tuple(rights["allow"]), tuple(rights["deny"]))


def differences(wanted: Document, granted: Document) -> Differences:
    """Compare the granted rights with the wanted ones."""
    found = Differences([], [], [])
    for right in wanted.allowed:
        found.missing.extend([str(right)] * (not _allowed(right, granted, bound=True)))
        if _allowed(right, granted, bound=True) and not _allowed(right, granted, bound=False):
            found.bound.append(str(right))
    for right in granted.allowed:
        if not any(one.covers(right) for one in wanted.allowed):
            lax = any(one.reaches(right) for one in wanted.allowed)
            found.excess.append(f"{right} without the document's condition" if lax else str(right))
    return found


def _allowed(right: Right, granted: Document, *, bound: bool) -> bool:
    """Whether the right is granted. With `bound`, a right under further conditions counts too."""
    if any(one.meets(right) and not (bound and one.conditions) for one in granted.denied):
        return False
    reaching = [one for one in granted.allowed if one.reaches(right)]
    return any(one.covers(right) or (bound and not one.contradicts(right)) for one in reaching)


def _rights(statement: dict[str, Any]) -> Iterator[Right]:
    conditions = frozenset(
        (operator.lower(), key.lower(), frozenset(_texts(values)))
        for operator, keys in dict(statement.get("condition") or {}).items()
        for key, values in dict(keys).items()
    )
    for action, resource in product(_texts(statement.get("action")), _texts(statement.get("resource"))):
        if resource != "*" and (resource.count(":") < 5 or not resource.startswith("qcs:")):
            raise ValueError("a resource of another form")
        yield Right(action.removeprefix("name/"), resource, conditions)


def _texts(value: object) -> Iterable[str]:
    listed = value if isinstance(value, list) else [value]
    if not listed or None in listed:
        raise ValueError("an action, a resource or a condition is missing")
    return [str(one) for one in listed]


def _segments(resource: str) -> list[str]:
    return ["*"] * 6 if resource == "*" else resource.split(":", 5)


def _holds(place: int, ours: str, theirs: str) -> bool:
    if place == 4 and "" in (ours, theirs):
        return "*" not in ours + theirs or ours == "*"  # an empty account means the own account
    return matches(ours or "*", theirs or "*")


def matches(pattern: str, other: str) -> bool:
    """Whether a pattern with `*` covers another pattern; a `*` is covered only by a `*`."""
    return _matches(pattern, other) if "*" in pattern else pattern == other


@lru_cache(maxsize=4096)
def _matches(pattern: str, other: str) -> bool:
    if not pattern or not other:
        return not pattern.strip("*") and not other
    if pattern[0] == "*":
        return _matches(pattern[1:], other) or _matches(pattern, other[1:])
    return pattern[0] == other[0] and _matches(pattern[1:], other[1:])


@lru_cache(maxsize=4096)
def _meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    if not one or not other:
        return not (one + other).strip("*")
    if "*" in (one[0], other[0]):
        return _meet(one[1:], other) or _meet(one, other[1:])
    return one[0] == other[0] and _meet(one[1:], other[1:])
