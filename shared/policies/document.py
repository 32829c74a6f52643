"""What a CAM policy document allows (https://cloud.tencent.com/document/product/598/10604), read with suspicion.

    {"version": "2.0", "statement": [{"effect": "allow", "action": ["name/im:*"], "resource": ["*"]}]}

Only the documented form is understood; `allowed_actions` says None to everything else, so that whoever asks refuses
what CAM might read in another way than this does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

_STATEMENT = frozenset(("effect", "action", "resource", "condition", "sid"))
_ACTION = re.compile(r"(?:name/)?(\*|[a-z0-9*-]+:[a-z0-9_*]+)", re.ASCII)
_TOO_LONG = 64 * 1024
"""Characters; CAM takes 6144."""


def allowed_actions(text: str) -> list[str] | None:
    """The action patterns that a document's allow statements name, in lower case and without `name/`; None if odd.

    What its deny statements take away is not counted: a pattern is named here though half of it may be denied.
    """
    try:
        document = json.loads(text, object_pairs_hook=_distinct) if len(text) <= _TOO_LONG else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or set(document) != {"version", "statement"} or document["version"] != "2.0":
        return None
    statements = document["statement"]
    listed = statements if isinstance(statements, list) else [statements]
    found = [_actions(one) for one in listed]
    return None if None in found else [action for actions in found for action in actions or ()]


def beyond(actions: Iterable[str], product: str) -> list[str]:
    """Those patterns that can match an action of another product."""
    return [action for action in actions if not action.startswith(f"{product}:")]


def pattern_covers(pattern: str, action: str) -> bool:
    """Whether a pattern with `*` covers an action, however either is spelled; in one pass, without backtracking."""
    text, (head, *parts) = action.lower(), pattern.lower().split("*")
    if not parts:
        return head == text
    *middle, tail = parts
    at = len(head) if text.startswith(head) else -1
    for part in middle:
        found = text.find(part, at) if at >= 0 else -1
        at = found + len(part) if found >= 0 else -1
    return 0 <= at <= len(text) - len(tail) and text.endswith(tail)


def _actions(statement: Any) -> list[str] | None:  # noqa: ANN401 - JSON
    """The patterns of one statement, none for a deny; None for a statement that is not as documented."""
    if not isinstance(statement, dict) or not {"effect", "action", "resource"} <= set(statement) <= _STATEMENT:
        return None
    effect, resources = statement["effect"], _texts(statement["resource"])
    actions = [_ACTION.fullmatch(one.lower()) if one.isascii() else None for one in _texts(statement["action"]) or ()]
    patterns = [match[1] for match in actions if match]
    if not patterns or len(patterns) != len(actions) or not resources or not isinstance(effect, str):
        return None
    if effect.lower() not in ("allow", "deny"):
        return None
    return patterns if effect.lower() == "allow" else []


def _texts(value: Any) -> list[str] | None:  # noqa: ANN401 - JSON
    listed = value if isinstance(value, list) else [value]
    return listed if all(isinstance(one, str) for one in listed) else None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members
