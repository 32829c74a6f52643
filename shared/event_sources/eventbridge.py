"""EventBridge: an event that is the CloudEvents envelope itself, or a TDMQ message in one; alone or in a list
(https://cloud.tencent.com/document/product/248/87558).

    {"specversion": "1.0.2", "id": "...", "source": "...", "type": "imaccess.user.create", "time": "1615430559146",
     "data": {the command}}
    {"type": "connector:tdmq", ..., "data": {"topic": "persistent://...", "msgId": "123345346", "msgBody": "..."}}
    {"EventList": [{...}, {...}]}

An event whose function raises is not tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.event_sources.message import Message
from shared.event_sources.record_fields import place, word
from shared.event_sources.strict_json import dump

TDMQ = "connector:tdmq"


def messages(events: Sequence[Any]) -> list[Message]:
    """The messages of a batch, in their order."""
    return [_message(event) for event in events]


def _message(event: Any) -> Message:  # noqa: ANN401 - JSON
    if not isinstance(event, dict):
        return Message.broken(event)
    if event.get("type") != TDMQ:
        return Message(dump(event), event=event)
    members = event.get("data")
    if not isinstance(members, dict):
        return Message.broken(event)
    where = place("tdmq", word(members, "topic") or "", word(members, "msgId"))
    body = members.get("msgBody")
    return Message(body, where) if isinstance(body, str) else Message.broken(event, where)
