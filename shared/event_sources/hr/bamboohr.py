"""BambooHR: webhooks, event-based and field-based (https://documentation.bamboohr.com/docs/webhooks).

    POST {"type": "employee.updated", ...}    X-BambooHR-Signature: hex HMAC-SHA256 of the body and the timestamp header

Each webhook has its own key, so several keys may be valid. Events have no id: they are identified by type, employee,
time and the names of the changed fields. BambooHR does not retry after a 4xx, so only an unsigned request gets one. It
retries for hours, perhaps with the first signature: so no signature is too old, and an event that comes again changes
nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.clock import parse_rfc3339
from shared.errors import Rejected
from shared.event_sources.hr.received import (
    HrEvent,
    Incoming,
    Received,
    Reply,
    decoded,
    digest,
    seconds,
    unreadable,
    word,
)
from shared.secret import Secret

SOURCE = "bamboohr"
_EVENTS = re.compile(r"employee(_with_fields)?\.(created|updated|deleted)")


class BambooHr:
    """The private keys of the webhooks."""

    def __init__(self, keys: Sequence[Secret]) -> None:
        self._keys = tuple(keys)

    def receive(self, incoming: Incoming) -> Received:
        """Verify and read a request. Raises Rejected `unauthorized`."""
        timestamp = incoming.headers.get("x-bamboohr-timestamp", "")
        if moment(timestamp) is None or not self._is_signed(incoming, timestamp):
            raise Rejected("unauthorized")
        body = decoded(incoming.body)
        if body is None:
            return unreadable(incoming.body, "malformed_json", "The body is no JSON object")
        rows = employees(body)
        if rows is None:
            kind = word(body, "type")
            if kind and not kind.startswith("employee"):
                return Received(Reply())
            return unreadable(incoming.body, "invalid_event", "The body names no employee")
        identity = digest(*[(row["action"], row["id"], row["timestamp"], sorted(row["changed"])) for row in rows])
        moments = [row["time"] for row in rows if row["time"] is not None]
        at = min(moments) if moments else None
        return Received(Reply(), HrEvent(SOURCE, identity, "employees", at, {"employees": rows}))

    def _is_signed(self, incoming: Incoming, timestamp: str) -> bool:
        given = incoming.headers.get("x-bamboohr-signature", "").encode("utf-8", "surrogatepass")
        message = incoming.body + timestamp.encode("utf-8", "surrogatepass")
        expected = [hmac.new(key.reveal().encode(), message, hashlib.sha256).hexdigest().encode() for key in self._keys]
        return sum(hmac.compare_digest(one, given) for one in expected) > 0


def employees(body: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """What the body holds for each employee: `id`, `action` (created, updated, deleted), `timestamp` as it was sent,
    `time` in seconds since the epoch, `changed`, and `fields` where they were sent. None for any other body.
    """
    match = _EVENTS.fullmatch(word(body, "type"))
    data, listed = body.get("data"), body.get("employees")
    if match and isinstance(data, dict):
        row = _row(data, word(data, "employeeId"), match[2], word(body, "timestamp"))
        return [row] if row["id"] else None
    if not isinstance(listed, list) or not listed:
        return None
    rows = [_row(one, word(one, "id"), word(one, "action").lower(), word(one, "timestamp")) for one in _objects(listed)]
    return rows if len(rows) == len(listed) and all(row["id"] and row["action"] in _ACTIONS for row in rows) else None


_ACTIONS = ("created", "updated", "deleted")


def _objects(listed: Sequence[Any]) -> list[dict[str, Any]]:
    return [one for one in listed if isinstance(one, dict)]


def _row(members: Mapping[str, Any], employee: str, action: str, timestamp: str) -> dict[str, Any]:
    changed, fields = members.get("changedFields"), members.get("fields")
    row: dict[str, Any] = {"id": employee, "action": action, "timestamp": timestamp, "time": moment(timestamp)}
    row["changed"] = [one for one in changed if isinstance(one, str)] if isinstance(changed, list) else []
    if isinstance(fields, dict):
        row["fields"] = {name: _value(value) for name, value in fields.items()}
    return row


def _value(given: object) -> object:
    """The value of a field, which may come as `{"value": ...}`."""
    return given.get("value") if isinstance(given, dict) else given


def moment(text: str) -> float | None:
    """Seconds since the epoch, from unix seconds or milliseconds, from RFC 3339, or from the same form with an offset
    without a colon.
    """
    for per in (1, 1000):
        if (whole := seconds(text, per)) is not None:
            return whole
    for parse in (parse_rfc3339, _with_offset):
        try:
            return parse(text)
        except (ValueError, OverflowError):
            continue
    return None


def _with_offset(text: str) -> float:
    return datetime.strptime(re.sub(r"\.\d{1,9}", "", text), "%Y-%m-%dT%H:%M:%S%z").timestamp()
