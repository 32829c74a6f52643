"""The input and output of the modules of HR systems: HTTP requests, events and replies; and helpers to read them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.errors import Rejected
from shared.event_sources.cloudevents import EARLIEST
from shared.event_sources.strict_json import parse_object

MAX_BODY = 256 * 1024
"""The most bytes of a body."""
WHOLE_SECONDS = ("wecom", "bamboohr")
"""Systems that give the time of an event in whole seconds."""


class Incoming(NamedTuple):
    """One HTTP request. Header names are in lower case, query values are decoded; `now` is when it was received."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    now: float


class Reply(NamedTuple):
    """The body of the answer that the HR system expects; its status is 200."""

    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class HrEvent(NamedTuple):
    """A verified event, in the form in which it is stored until it is processed.

    `id`: the same each time the event is sent; `kind`: the system's own name of the event type; `time`: seconds since
    the epoch, None where the system does not give it; `data`: the content, without tokens.
    """

    source: str
    id: str
    kind: str
    time: float | None
    data: dict[str, Any]


class UnreadableEvent(NamedTuple):
    """A verified request that can never be read: its text, and what is wrong."""

    id: str
    text: str
    code: str
    reason: str


class Received(NamedTuple):
    """The result for a verified request: the reply, and the event, an unreadable event, or neither."""

    reply: Reply
    event: HrEvent | None = None
    unreadable: UnreadableEvent | None = None


def json_reply(members: Mapping[str, str]) -> Reply:
    """A reply in JSON."""
    return Reply(json.dumps(members), "application/json")


def unreadable(text: bytes, code: str, reason: str, reply: Reply | None = None) -> Received:
    """The result for a verified request that can never be read."""
    found = UnreadableEvent(digest(text.hex()), text.decode("utf-8", "replace"), code, reason)
    return Received(reply or Reply(), unreadable=found)


def digest(*words: object) -> str:
    """An id that is a hash of these words, unambiguous for all characters."""
    return hashlib.sha256(json.dumps([str(word) for word in words]).encode()).hexdigest()


def decoded(text: bytes) -> dict[str, Any] | None:
    """The JSON object in a text, or None."""
    try:
        return parse_object(text)
    except Rejected:
        return None


def seconds(value: object, per: int = 1) -> float | None:
    """A time in whole units since the epoch, as a number or a text; None for anything else.

    `per`: units in a second. A time before 2020 was never set, or is in another unit.
    """
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) <= 16):
        return None
    moment = int(text) / per
    return moment if EARLIEST <= moment < 2**34 else None


def word(members: Mapping[str, Any], *names: str) -> str:
    """The first of these members that is a text or a whole number, as text; "" where there is none."""
    for name in names:
        value = members.get(name)
        if type(value) is int or (isinstance(value, str) and value.strip()):
            return str(value).strip()
    return ""
