"""What goes into an adapter of an HR system, and what comes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.errors import Rejected
from shared.event_sources.cloudevents import EARLIEST
from shared.event_sources.strict_json import parse_object

MAX_BODY = 256 * 1024
"""Bytes of a body."""
WHOLE_SECONDS = ("wecom", "bamboohr")
"""Systems whose events tell the second in which they happened, and no more."""


class Incoming(NamedTuple):
    """One HTTP request. Names of headers are lower case, values of the query are decoded; `now` is when it came."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    now: float


class Reply(NamedTuple):
    """What a system wants to be answered, with status 200."""

    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class HrEvent(NamedTuple):
    """A verified event, as it is kept until its work is done.

    `id` is the same however often it is sent; `kind` is the system's own word; `time` is when it happened, in seconds
    since the epoch, None where the system does not say; `data` is what it holds, without tokens.
    """

    source: str
    id: str
    kind: str
    time: float | None
    data: dict[str, Any]


class UnreadableEvent(NamedTuple):
    """What is verified and can never be read: its text, and what is wrong with it."""

    id: str
    text: str
    code: str
    reason: str


class Received(NamedTuple):
    """What a verified request is: an answer, and at most one event. One that concerns no person is neither."""

    reply: Reply
    event: HrEvent | None = None
    unreadable: UnreadableEvent | None = None


def json_reply(members: Mapping[str, str]) -> Reply:
    """An answer in JSON."""
    return Reply(json.dumps(members), "application/json")


def unreadable(text: bytes, code: str, reason: str, reply: Reply | None = None) -> Received:
    """A verified request that can never be read."""
    found = UnreadableEvent(digest(text.hex()), text.decode("utf-8", "replace"), code, reason)
    return Received(reply or Reply(), unreadable=found)


def digest(*words: object) -> str:
    """An id made from what tells an event apart, unambiguous whatever the words hold."""
    return hashlib.sha256(json.dumps([str(word) for word in words]).encode()).hexdigest()


def decoded(text: bytes) -> dict[str, Any] | None:
    """The JSON object in a text, or None where there is none."""
    try:
        return parse_object(text)
    except Rejected:
        return None


def seconds(value: object, per: int = 1) -> float | None:
    """A moment that is told in whole units since the epoch, as a number or a text; None for what cannot be one.

    What lies before 2020 was never set or is in another unit.
    """
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) <= 16):
        return None
    moment = int(text) / per
    return moment if EARLIEST <= moment < 2**34 else None


def word(members: Mapping[str, Any], *names: str) -> str:
    """The first of these members that is a text or a whole number, as text; empty where there is none."""
    for name in names:
        value = members.get(name)
        if type(value) is int or (isinstance(value, str) and value.strip()):
            return str(value).strip()
    return ""
