"""What the records of queue triggers have in common: members that may be text or number, or not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def word(members: Mapping[str, Any], *names: str) -> str | None:
    """The first of these members that is a text or a whole number, as text; None where there is none.

    Sources disagree: the docs print `Partition` and `topicOwner` as numbers, console templates as texts, also empty.
    """
    for name in names:
        value = members.get(name)
        if type(value) is int or (isinstance(value, str) and value):
            return str(value)
    return None


def place(*words: str | None) -> tuple[str, ...] | None:
    """Where a message is in its queue, or None unless every word of that is there."""
    known = tuple(one for one in words if one is not None)
    return known if len(known) == len(words) else None
