"""EventBridge: an event is a CloudEvents envelope, or a queue's message inside one; it comes alone or in a list
(https://cloud.tencent.com/document/product/248/87558).

    {"specversion": "1.0.2", "id": "...", "source": "...", "type": "imaccess.user.create", "time": "1615430559146",
     "data": {the command}}
    {"type": "connector:tdmq", ..., "data": {"topic": "persistent://...", "msgId": "123345346", "msgBody": "..."}}
    {"type": "connector:kafka", ..., "data": {"topic": "t", "partition": 1, "offset": 37, "msgBody": "..."}}
    {"EventList": [{...}, {...}]}

If the function raises, the event is not tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.event_sources.message import Message
from shared.event_sources.record_fields import place, word
from shared.event_sources.strict_json import dump

SOURCE = "eventbridge"
CONNECTOR = "connector:"
"""The beginning of the types of EventBridge's wrappers around messages of other systems."""
_QUEUES = {"connector:tdmq": "tdmq", "connector:kafka": "kafka"}
"""The wrappers that always hold a message; other wrappers may hold one."""


def messages(events: Sequence[Any]) -> list[Message]:
    """The messages of a batch, in order."""
    return [_message(event) for event in events]


def _message(event: Any) -> Message:  # noqa: ANN401 - JSON
    if not isinstance(event, dict):
        return Message.broken(SOURCE, event)
    kind = event.get("type")
    wrapped = isinstance(kind, str) and kind.startswith(CONNECTOR)
    members = event.get("data")
    if not wrapped or (kind not in _QUEUES and not (isinstance(members, dict) and "msgBody" in members)):
        return Message(dump(event), event=event, source=SOURCE)
    return _unwrapped(event, _QUEUES.get(str(kind), str(kind).removeprefix(CONNECTOR)), members)


def _unwrapped(event: dict[str, Any], queue: str, members: Any) -> Message:  # noqa: ANN401 - JSON
    if not isinstance(members, dict):
        return Message.broken(queue, event)
    topic, offset = word(members, "topic"), word(members, "offset")
    where = place(queue, topic or "", word(members, "msgId"))
    if offset is not None:
        where = place(queue, topic, word(members, "partition", "Partition"), offset)
    body = members.get("msgBody")
    return Message(body, where, source=queue) if isinstance(body, str) else Message.broken(queue, event, where)
