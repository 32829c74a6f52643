"""CKafka trigger: a batch of one partition, in order (https://cloud.tencent.com/document/product/583/17530).

    {"Records": [{"Ckafka": {"topic": "t", "partition": 1, "offset": 36, "msgKey": "None", "msgBody": "..."}}]}

If the function raises, the whole batch comes again a minute later; the partition is blocked until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.event_sources.message import Message
from shared.event_sources.record_fields import place, word

SOURCE = "ckafka"


def messages(records: Sequence[Any]) -> list[Message]:
    """The messages of a batch, in order."""
    return [_message(record) for record in records]


def _message(record: Any) -> Message:  # noqa: ANN401 - JSON
    members = record.get("Ckafka") if isinstance(record, dict) else None
    if not isinstance(members, dict):
        return Message.broken(SOURCE, record)
    where = place("ckafka", word(members, "topic"), word(members, "partition", "Partition"), word(members, "offset"))
    body = members.get("msgBody")
    return Message(body, where, source=SOURCE) if isinstance(body, str) else Message.broken(SOURCE, record, where)
