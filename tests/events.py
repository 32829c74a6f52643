"""The events with which the platform calls functions: HTTP, a queue, a link, an identity provider, a timer."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from shared.clock import rfc3339
from shared.operations import OPERATIONS
from tests.processes import WorldClock

START = 1_790_000_000.0
"""When every world begins, in seconds since the epoch."""
SCIM_TOKEN, OTHER_TOKEN = "scim-token-of-okta", "scim-token-of-another"


class Events:
    """Makes events with the times of one clock."""

    def __init__(self, clock: WorldClock) -> None:
        self.clock = clock

    def http(self, function: str, command: dict[str, Any], *, id: str, time: float | None = None) -> dict[str, Any]:
        """A Function URL event with a bare command, or with `time` (seconds since START) an envelope. It is signed when
        sent.
        """
        body = command if time is None else self.envelope(function, command, id=id, time=time)
        return {
            "httpMethod": "POST",
            "path": "/",
            "headers": {"webhook-id": f"msg_{id}"},
            "body": json.dumps(body),
        }

    def envelope(self, function: str, command: dict[str, Any], *, id: str, time: float | None = None) -> dict[str, Any]:
        """The CloudEvent of a command; `time` is in seconds since START."""
        event = {
            "specversion": "1.0",
            "type": OPERATIONS[function].command.TYPE,
            "source": "/tests",
            "id": id,
            "data": command,
        }
        moment = None if time is None else datetime.fromtimestamp(START + time, timezone.utc)
        return event if moment is None else event | {"time": moment.isoformat().replace("+00:00", "Z")}

    def kafka(self, *messages: object, first: int = 0) -> dict[str, Any]:
        """A CKafka event with these messages, which are envelopes or texts."""
        rows = [one if isinstance(one, str) else json.dumps(one) for one in messages]
        shared = {"topic": "im-access", "partition": 0, "msgKey": "None"}
        return {"Records": [{"Ckafka": {**shared, "offset": first + n, "msgBody": row}} for n, row in enumerate(rows)]}

    def visit(self, method: str, url: str, **headers: str) -> dict[str, Any]:
        """A Function URL event of a person who follows a link of the credentials page; `_` in a header's name means
        `-`.
        """
        sent = {"accept": "text/html", "x-scf-remote-addr": "203.0.113.7:52100"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return {"httpMethod": method, "path": urlsplit(url).path, "headers": sent, "queryString": {}, "body": ""}

    def scim(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = SCIM_TOKEN,
        query: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """A Function URL event of an identity provider, with a path below `/scim/v2` and a body of JSON or bytes."""
        headers = {"host": "im.example.com", "content-type": "application/scim+json"}
        headers |= {"authorization": f"Bearer {token}"} if token is not None else {}
        text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        target = {"httpMethod": method, "path": f"/scim/v2{path}", "queryString": query or {}}
        return target | {"headers": headers, "body": text}

    def timer(self) -> dict[str, Any]:
        """The event of a timer that fires now."""
        return {"Type": "Timer", "TriggerName": "hourly", "Time": rfc3339(self.clock.now()), "Message": ""}
