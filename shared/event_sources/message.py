"""One message of a queue, as its event source delivered it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.event_sources.strict_json import dump


class Message(NamedTuple):
    """A message as its queue delivered it.

    `text`: the body, which a dead letter keeps. `place`: the position in the queue, which is the identity of a message
    that has no other; None where the record lacks it, because two messages must never share an identity. `event`: the
    envelope, where the queue has decoded it (EventBridge). `fault`: the error code of a broken record. `source`: the
    trigger.
    """

    text: str
    place: tuple[str, ...] | None = None
    event: Mapping[str, Any] | None = None
    fault: str = ""
    source: str = ""

    @classmethod
    def broken(cls, source: str, record: Any, place: tuple[str, ...] | None = None) -> Message:  # noqa: ANN401 - JSON
        """A record that does not hold its message where the trigger should put it."""
        return cls(dump(record), place, fault="malformed_json", source=source)
