"""Strict JSON: UTF-8, one object, no key twice, no NaN or infinite numbers.

Python's parser keeps the last of two equal keys. Then a caller could show one command to a reviewer and send another.
It also accepts `NaN` and other encodings. A UTF-8 byte order mark before the object is ignored, because some systems
write it and RFC 8259 (section 8.1) allows that.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from shared.errors import Rejected

MAX_BODY = 64 * 1024
"""The most bytes of a body, from any source."""
_MARK = b"\xef\xbb\xbf"


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in these bytes. Raises Rejected `malformed_json` for anything else."""
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
        # The parser's own error texts quote the body, so they are not passed on.
        raise Rejected("malformed_json") from None
    if not isinstance(value, dict):
        raise Rejected("malformed_json")
    return value


def encode(text: object) -> bytes | None:
    """The bytes of a text from the platform; None where it is no text, or cannot be encoded."""
    try:
        return text.encode("utf-8") if isinstance(text, str) else None
    except UnicodeEncodeError:
        return None


def dump(value: Any) -> str:  # noqa: ANN401 - JSON
    """Compact JSON of a decoded value; "" where that is not possible."""
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
