"""JSON as callers must write it: UTF-8, one object, no key twice, only numbers that exist.

A parser that keeps the last of two equal keys lets a caller show one command to a reviewer and another to this
function; Python's keeps the last, and takes `NaN` and other encodings as well. A UTF-8 byte order mark may stand
before the object: some systems write it, and RFC 8259 (section 8.1) lets a parser ignore it.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from shared.errors import Rejected

MAX_BODY = 64 * 1024
"""Bytes of a body, whatever brings it."""
_MARK = b"\xef\xbb\xbf"


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in these bytes. Raises Rejected `malformed_json`, whatever they are."""
    try:
        value = json.loads(
            raw.removeprefix(_MARK).decode("utf-8"),
            object_pairs_hook=_distinct,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except RecursionError:
        raise Rejected("malformed_json", "The body is nested too deeply") from None
    except ValueError:
        # The parser's own texts quote the body; a UnicodeDecodeError even carries it.
        raise Rejected("malformed_json") from None
    if not isinstance(value, dict):
        raise Rejected("malformed_json")
    return value


def encode(text: object) -> bytes | None:
    """The bytes of a text that a platform handed over, or None where it is no text or was no UTF-8."""
    try:
        return text.encode("utf-8") if isinstance(text, str) else None
    except UnicodeEncodeError:
        return None


def dump(value: Any) -> str:  # noqa: ANN401 - JSON
    """Compact JSON of a decoded value, or an empty text where there is none."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return ""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # JSON
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
