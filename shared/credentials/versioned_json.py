"""The form of stored records: JSON objects with the version of their form.

    {"v": 1, ...}

Unknown members are ignored. A record of an unknown version is refused and left as it is, because it may belong to a
newer release.
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
    """The members of a stored record; None for an object without a version. Raises ImAccessError
    `record_unreadable`.
    """
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or "v" not in record:
        return None
    if isinstance(record["v"], bool) or record["v"] != VERSION:
        raise ImAccessError("record_unreadable")
    return record
