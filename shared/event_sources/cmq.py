"""CMQ topic trigger (https://cloud.tencent.com/document/product/583/11517).

    {"Records": [{"CMQ": {"type": "topic", "topicName": "t", "msgId": "135...", "msgBody": "...", ...}}]}

If the function raises, the event is tried twice more, and then it is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.event_sources.message import Message
from shared.event_sources.record_fields import place, word

SOURCE = "cmq"


def messages(records: Sequence[Any]) -> list[Message]:
    """The messages of a batch, in order."""
    return [_message(record) for record in records]


def _message(record: Any) -> Message:  # noqa: ANN401 - JSON
    members = record.get("CMQ") if isinstance(record, dict) else None
    if not isinstance(members, dict):
        return Message.broken(SOURCE, record)
    where = place("cmq", word(members, "topicName") or "", word(members, "msgId"))
    body = members.get("msgBody")
    return Message(body, where, source=SOURCE) if isinstance(body, str) else Message.broken(SOURCE, record, where)
