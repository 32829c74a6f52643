"""One message of a queue, as its source gave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.event_sources.strict_json import dump


class Message(NamedTuple):
    """A message as its queue gave it.

    `text` is the body, and what a dead letter keeps. `place` says where in the queue it is: the identity of a message
    that brings none; None where the record does not say, as no two messages may be taken for one. `event` is the
    envelope where the queue has decoded it (EventBridge). `fault` is the code of what is wrong with the record;
    `source` is the trigger that brought it.
    """

    text: str
    place: tuple[str, ...] | None = None
    event: Mapping[str, Any] | None = None
    fault: str = ""
    source: str = ""

    @classmethod
    def broken(cls, source: str, record: Any, place: tuple[str, ...] | None = None) -> Message:  # noqa: ANN401 - JSON
        """The message of a record that has none where its trigger puts it."""
        return cls(dump(record), place, fault="malformed_json", source=source)
