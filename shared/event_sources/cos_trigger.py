"""COS trigger: reads the keys of objects that were created (https://cloud.tencent.com/document/product/583/31927).

    {"Records": [{"cos": {"cosObject": {"key": "/<appid>/<bucket>/<object>", ...}, ...}, "event": {...}}]}

If the function raises, the event is tried twice more, a minute apart. The event holds the signature of the request that
created the object, so it is never logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def keys(event: Mapping[str, Any]) -> list[str] | None:
    """The keys of the created objects; None for an event of another trigger."""
    records = event.get("Records")
    if not isinstance(records, list) or not records:
        return None
    found = [_key(record) for record in records]
    return None if None in found else [key for key in found if key]


def _key(record: Any) -> str | None:  # noqa: ANN401 - JSON
    part = record.get("cos") if isinstance(record, dict) else None
    stored = part.get("cosObject") if isinstance(part, dict) else None
    key = stored.get("key") if isinstance(stored, dict) else None
    if not isinstance(key, str):
        return None
    return key.split("/", 3)[-1] if key.count("/") >= 3 and key.startswith("/") else ""
