"""Reads what a CAM policy document allows (https://cloud.tencent.com/document/product/598/10604), strictly.

    {"version": "2.0", "statement": [{"effect": "allow", "action": ["name/im:*"], "resource": ["*"]}]}

Only the documented form is accepted. `allowed_actions` returns None for a document with any part in another form,
because CAM might read that part differently.
"""

import json
from typing import Any, NamedTuple

READS = ("describe", "get", "list", "head", "check", "query", "search", "inquiry")
"""The beginnings of the names of actions that change nothing, in all products."""
_ADMINISTRATION_READS = {
    "cam": ("describe", "get", "list"),
    "organization": ("describe", "get", "list"),
    "sts": ("describe", "getcalleridentity", "list"),
}
"""The products that give access, and the beginnings of their certain reads. (STS returns credentials for actions that
begin with Get.)
"""

_STATEMENT = frozenset(("effect", "action", "resource", "condition", "sid"))
_IN_ACTIONS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_*")
_IN_PRODUCTS = _IN_ACTIONS | {"-"}
_TOO_LONG = 64 * 1024
"""Characters; CAM takes 6144."""


class Pattern(NamedTuple):
    """The actions that a text such as `name/im:Describe*` matches, in lower case. Both parts may contain `*`."""

    product: str
    action: str

    def only_reads(self) -> bool:
        """Whether the part before its first `*` begins like a read, in any product."""
        return self.action.startswith(READS)

    def administers(self) -> bool:
        """Whether it may match an action of CAM, STS or Organization that is not certainly a read.

        A list of dangerous actions would not suffice: some are used only by the console, and new ones come every month.
        """
        return any(
            pattern_covers(self.product, product) and not self.action.startswith(reads)
            for product, reads in _ADMINISTRATION_READS.items()
        )


def allowed_actions(text: str) -> list[Pattern] | None:
    """The patterns in the allow statements of a document; None for a document that is not as documented in every part.

    Deny statements are ignored: a pattern is returned even if they deny a part of it.
    """
    try:
        document = json.loads(text, object_pairs_hook=_distinct) if len(text) <= _TOO_LONG else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or set(document) != {"version", "statement"} or document["version"] != "2.0":
        return None
    statements = document["statement"]
    listed = statements if isinstance(statements, list) else [statements]
    found = [_patterns(one) for one in listed]
    return None if None in found else [pattern for patterns in found for pattern in patterns or ()]


def pattern_covers(pattern: str, text: str) -> bool:
    """Whether a pattern with `*` matches a text, in any case; in one pass, without backtracking."""
    text, (head, *parts) = text.lower(), pattern.lower().split("*")
    if not parts:
        return head == text
    *middle, tail = parts
    at = len(head) if text.startswith(head) else -1
    for part in middle:
        found = text.find(part, at) if at >= 0 else -1
        at = found + len(part) if found >= 0 else -1
    return 0 <= at <= len(text) - len(tail) and text.endswith(tail)


def _patterns(statement: Any) -> list[Pattern] | None:  # noqa: ANN401 - JSON
    """The patterns of one statement, empty for a deny; None for a statement that is not as documented."""
    if not isinstance(statement, dict) or not {"effect", "action", "resource"} <= set(statement) <= _STATEMENT:
        return None
    effect, actions = statement["effect"], [_pattern(one) for one in _texts(statement["action"])]
    if not isinstance(effect, str) or effect.lower() not in ("allow", "deny"):
        return None
    if not actions or not _texts(statement["resource"]) or not isinstance(statement.get("condition", {}), dict):
        return None
    patterns = [one for one in actions if one is not None]
    if len(patterns) != len(actions):
        return None
    return patterns if effect.lower() == "allow" else []


def _pattern(action: str) -> Pattern | None:
    """The pattern of `*` or `product:action`, with or without `name/` before it; None for anything else."""
    if not action.isascii():
        return None
    name = action.lower().removeprefix("name/")
    product, _, verb = ("*", ":", "*") if name == "*" else name.partition(":")
    sound = product and verb and _IN_PRODUCTS.issuperset(product) and _IN_ACTIONS.issuperset(verb)
    return Pattern(product, verb) if sound else None


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """A text, or a list of texts, as a list; empty for anything else."""
    listed = value if isinstance(value, list) else [value]
    return listed if all(isinstance(one, str) and one for one in listed) else []


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # JSON
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members
