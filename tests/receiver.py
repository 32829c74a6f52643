"""A receiver of notifications: a real HTTP server, with the same faults and journal as CAM and COS."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from local.clock import Clock
from local.faults import Fault
from local.http_messages import Answer, Request
from local.journal import Call


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of a Standard Webhook, written from the specification, apart from the code under test."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


class Receiver:
    """Takes notifications, and remembers those with a valid signature: event and `webhook-id`."""

    def __init__(self, clock: Clock, secret: str) -> None:
        self.clock = clock
        self.secret = secret
        self.url = ""
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.down = False
        self.refuses: Callable[[dict[str, Any]], bool] = lambda _event: False

    def describe(self, request: Request) -> Call:
        """The call in the journal: service `notify`, action `Notify`, target the user."""
        event = json.loads(request.body)
        return Call(0, "notify", "Notify", _user(event), "", self.clock.now())

    def answer(self, request: Request, call: Call) -> Answer:
        """Verify and remember, unless it is down."""
        if self.down or self.refuses(json.loads(request.body)):
            return Answer(503, {}, b"not now")
        message_id, timestamp, given = (
            request.headers.get(f"webhook-{n}", "") for n in ("id", "timestamp", "signature")
        )
        fresh = timestamp.isdecimal() and abs(self.clock.now() - int(timestamp)) <= 300
        if not fresh or given != signature(self.secret, message_id, timestamp, request.body):
            call.code = "BadSignature"
            return Answer(401, {})
        self.taken.append((message_id, json.loads(request.body)))
        return Answer(202, {"Content-Type": "application/json"}, b'{"taken": true}')

    def refuse(self, call: Call, fault: Fault, code: str, status: int) -> Answer:  # noqa: ARG002 - as a endpoint has it
        """Throttled, or broken inside."""
        return Answer(status or (429 if fault is Fault.THROTTLE else 500), {}, b"not now")

    def about(self, user: str) -> list[tuple[str, dict[str, Any]]]:
        """The notifications of one user, in the order of their arrival."""
        return [(message_id, event) for message_id, event in self.taken if _user(event) == user]

    def types(self) -> list[str]:
        """What kinds of events have come, in the order of their arrival."""
        return [event["type"] for _, event in self.taken]


def _user(event: dict[str, Any]) -> str:
    return str(event["data"].get("user", {}).get("name", ""))
