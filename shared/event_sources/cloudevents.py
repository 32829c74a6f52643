"""CloudEvents 1.0 (https://github.com/cloudevents/spec): reads the identity, time and command of an envelope.

    {"specversion": "1.0", "type": "imaccess.user.create", "source": "/hr", "id": "42",
     "time": "2026-01-02T03:04:05Z", "datacontenttype": "application/json", "data": {the command}}

Each attribute is validated when it is used. So a queue can ignore another function's event although something else in
it is wrong, and a refusal can have the request id of the event. Details name attributes, never values.
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
"""The `type` of an event that holds a whole person; no command has it."""
MAX_ATTRIBUTE = 1024
MAX_AHEAD = 300.0
"""Seconds by which the time of an event may lie in the future, because clocks differ. An event with a later time would
win over all events after it.
"""
EARLIEST = 1_577_836_800.0
"""2020-01-01T00:00:00Z. An earlier time comes from a clock that was never set, or from seconds read as milliseconds."""

_JSON_TYPE = r"(?is)[^/;\s]+/([^/;\s]+\+)?json\s*(;.*)?"
_OURS = r"(?i)\s*imaccess([^a-z0-9]|$)"
_EPOCH_MS = r"(?a)\d{1,15}"


def reasonable(text: object) -> bool:
    """Whether this can be an identity: a text of 1 to 1024 characters, without control characters."""
    return (
        isinstance(text, str)
        and 1 <= len(text.strip()) <= len(text) <= MAX_ATTRIBUTE
        and not any(_is_control(character) for character in text)
    )


def _is_control(character: str) -> bool:
    """Whether it is a control character, or half of a surrogate pair."""
    return character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"


def is_envelope(body: Mapping[str, Any]) -> bool:
    """Whether a JSON object is meant as an envelope; no command has these fields."""
    return "specversion" in body or ("type" in body and "data" in body)


def is_foreign(body: Mapping[str, Any]) -> bool:
    """Whether a JSON object belongs to another system: it has a type, and the type is not this project's, even
    misspelled.
    """
    kind = body.get("type")
    bare = not is_envelope(body) and "user" in body and "policies" in body
    return isinstance(kind, str) and bool(kind.strip()) and not bare and not re.match(_OURS, kind)


def foreign_text(text: str) -> bool:
    """Whether a text that is no strict JSON (it has a key twice, for example) certainly belongs to another system."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(body, dict) and is_foreign(body) and "imaccess" not in text.lower()


class Envelope(NamedTuple):
    """The attributes and data of one event.

    `from_bus`: it has the form of EventBridge: `specversion` `"0"` or `"1.0.2"`, and `time` in epoch milliseconds.
    """

    attributes: Mapping[str, Any]
    from_bus: bool = False

    @property
    def type(self) -> str:
        """The type of the command. Raises Rejected `invalid_event`."""
        return self._text("type")

    @property
    def identity(self) -> tuple[str, ...]:
        """`source` and `id`, which together identify the event. Raises Rejected `invalid_event`."""
        return ("cloudevents", self._text("source"), self._text("id"))

    def time(self, now: float) -> float | None:
        """The time in seconds since the epoch, or None. Raises Rejected `invalid_time`."""
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
        """As `time`, but refused if it is more than `days` ago, whenever the event was received: the records that show
        whether it was done may be deleted by then.
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
