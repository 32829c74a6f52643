"""The form of what is stored: JSON objects that carry the version of their form.

    {"v": 1, ...}

Members that this version does not know are ignored. A version that it does not know is refused and never guessed, and
whoever meets it leaves the object as it is: it may belong to a newer release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.errors import ImAccessError

VERSION = 1


def dump(members: Mapping[str, object]) -> bytes:
    """What is stored."""
    return json.dumps({"v": VERSION, **members}).encode()


def load(body: bytes) -> dict[str, Any] | None:
    """The members of what was stored; None for what carries no version. Raises ImAccessError `record_unreadable`."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or "v" not in record:
        return None
    if isinstance(record["v"], bool) or record["v"] != VERSION:
        raise ImAccessError("record_unreadable")
    return record
