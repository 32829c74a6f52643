"""CloudEvents 1.0 (https://github.com/cloudevents/spec): who a request is, when it happened, what it asks.

    {"specversion": "1.0", "type": "imaccess.user.create", "source": "/hr", "id": "42",
     "time": "2026-01-02T03:04:05Z", "datacontenttype": "application/json", "data": {the command}}

Each part is validated where it is asked for, so that a queue can ignore another function's event whatever else is
wrong with it, and a refusal can already be named after the event's identity. Details name attributes, never values.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.clock import parse_rfc3339
from shared.errors import Rejected
from shared.event_sources.strict_json import parse_object

PERSON_CHANGED = "imaccess.person.changed"
"""The `type` of an event that tells of a person as a whole; no command has it."""
MAX_ATTRIBUTE = 1024
MAX_AHEAD = 300.0
"""Seconds by which an event may come from the future: clocks differ. Later ones would win over every later event."""
EARLIEST = 1_577_836_800.0
"""2020-01-01T00:00:00Z. Before it lie clocks that were never set, and seconds that are taken for milliseconds."""

_JSON_TYPE = r"(?is)[^/;\s]+/([^/;\s]+\+)?json\s*(;.*)?"
_OURS = r"(?i)\s*imaccess([^a-z0-9]|$)"
_EPOCH_MS = r"(?a)\d{1,15}"


def reasonable(text: object) -> bool:
    """Whether this can name something: a text of 1 to 1024 characters, none of them a control character."""
    return (
        isinstance(text, str)
        and 1 <= len(text.strip()) <= len(text) <= MAX_ATTRIBUTE
        and not any(_is_control(character) for character in text)
    )


def _is_control(character: str) -> bool:
    """A control character, or half of a surrogate pair."""
    return character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"


def is_envelope(body: Mapping[str, Any]) -> bool:
    """Whether a JSON object is meant as an envelope: no command has such fields."""
    return "specversion" in body or ("type" in body and "data" in body)


def is_foreign(body: Mapping[str, Any]) -> bool:
    """Whether a JSON object is another system's: it has a type, and that is none of ours, even misspelled."""
    kind = body.get("type")
    bare = not is_envelope(body) and "user" in body and "policies" in body
    return isinstance(kind, str) and bool(kind.strip()) and not bare and not re.match(_OURS, kind)


def foreign_text(text: str) -> bool:
    """Whether a text that is no strict JSON, such as one with a key twice, is certainly another system's."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(body, dict) and is_foreign(body) and "imaccess" not in text.lower()


class Envelope(NamedTuple):
    """The attributes and data of one event.

    `from_bus`: EventBridge's dialect, with `specversion` `"0"` or `"1.0.2"` and a `time` in epoch milliseconds.
    """

    attributes: Mapping[str, Any]
    from_bus: bool = False

    @property
    def type(self) -> str:
        """Which command it is. Raises Rejected `invalid_event`."""
        return self._text("type")

    @property
    def identity(self) -> tuple[str, ...]:
        """`source` and `id`, which are unique together. Raises Rejected `invalid_event`."""
        return ("cloudevents", self._text("source"), self._text("id"))

    def time(self, now: float) -> float | None:
        """The event's time in seconds since the epoch, None without one. Raises Rejected `invalid_time`."""
        value = self.attributes.get("time")
        if value is None:
            return None
        try:
            moment = self._moment(value)
        except (ValueError, OverflowError):
            raise Rejected("invalid_time", "time is not RFC 3339") from None
        if moment - now > MAX_AHEAD:
            raise Rejected("invalid_time", "time is more than 5 minutes in the future")
        if moment < EARLIEST:
            raise Rejected("invalid_time", "time lies before 2020: it was never set, or is in another unit")
        return moment

    def young_time(self, received: float, now: float, days: int) -> float | None:
        """As `time`; and not older than so many days, whenever it was received: nobody knows any more then whether it
        was done.
        """
        moment = self.time(received)
        if moment is not None and now - moment > days * 86_400:
            raise Rejected("invalid_time", f"time is more than {days} days ago")
        return moment

    def data(self) -> Any:  # noqa: ANN401 - JSON, which the command checks
        """The command, decoded. Raises Rejected `invalid_event`, `malformed_json`."""
        self._check_form()
        plain, encoded = (self.attributes.get(name) for name in ("data", "data_base64"))
        if plain is not None and encoded is not None:
            raise Rejected("invalid_event", "data and data_base64 are both there")
        if encoded is None:
            if plain is None:
                raise Rejected("invalid_event", "data is missing")
            return plain
        try:
            return parse_object(base64.b64decode(encoded, validate=True))
        except (TypeError, ValueError):
            raise Rejected("invalid_event", "data_base64 is no base64") from None

    def _check_form(self) -> None:
        versions = ("0", "1.0", "1.0.2") if self.from_bus else ("1.0",)
        if self.attributes.get("specversion") not in versions:
            raise Rejected("invalid_event", "specversion is not 1.0")
        content_type = self.attributes.get("datacontenttype")
        if content_type is None:
            return
        if not (isinstance(content_type, str) and re.fullmatch(_JSON_TYPE, content_type)):
            raise Rejected("invalid_event", "datacontenttype is no JSON")

    def _text(self, name: str) -> str:
        value = self.attributes.get(name)
        if not isinstance(value, str) or not reasonable(value):
            raise Rejected("invalid_event", f"{name} is no text of 1 to {MAX_ATTRIBUTE} characters")
        return value

    def _moment(self, value: object) -> float:
        text = str(value) if type(value) is int else value
        if not isinstance(text, str):
            raise ValueError("no text")
        if self.from_bus and re.fullmatch(_EPOCH_MS, text):
            return int(text) / 1000
        return parse_rfc3339(text)
