"""Reads fields of the records of queue triggers: they may be text, a number, or missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def word(members: Mapping[str, Any], *names: str) -> str | None:
    """The first of these members that is a text or a whole number, as text; None where there is none.

    The documentation shows `Partition` and `topicOwner` as numbers, console templates as texts, sometimes empty.
    """
    for name in names:
        value = members.get(name)
        if type(value) is int or (isinstance(value, str) and value):
            return str(value)
    return None


def place(*words: str | None) -> tuple[str, ...] | None:
    """The position of a message in its queue; None if any part of it is missing."""
    known = tuple(one for one in words if one is not None)
    return known if len(known) == len(words) else None
