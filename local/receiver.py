"""A receiver of notifications that keeps only those with a valid signature (https://www.standardwebhooks.com)."""

import json
from http.server import ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from local.background_server import BackgroundServer, JsonHandler

TAKEN, REFUSED = 204, 401


class Receiver:
    """Listens on a free port of loopback after `start`: a POST is a notification, a GET answers the received ones as
    JSON.

    `events` are the notifications with a valid signature, oldest first. `refused` counts those without one; they were
    answered with 401, so that their sender repeats them.
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.events: list[dict[str, Any]] = []
        self.refused = 0
        # The signature is verified by a library, not by this project's own code.
        self._webhook = Webhook(secret)
        self._server = BackgroundServer(lambda: ThreadingHTTPServer(("127.0.0.1", 0), handler(self)), "receiver")

    @property
    def url(self) -> str:
        """The address for notifications. Raises RuntimeError before `start`."""
        if self._server.port is None:
            raise RuntimeError("the receiver is not running")
        return f"http://127.0.0.1:{self._server.port}/im-access"

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Verify a notification and keep it; returns the HTTP status of the answer."""
        try:
            event: dict[str, Any] = self._webhook.verify(body, headers)
        except (WebhookVerificationError, ValueError):
            self.refused += 1
            return REFUSED
        self.events.append(event)
        return TAKEN

    def of(self, user: str, kind: str) -> list[dict[str, Any]]:
        """The notifications of one type about one user."""
        return [event for event in self.events if event["type"] == kind and event["data"]["user"]["name"] == user]

    def start(self) -> None:
        """Begin to listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening and free the port; the events stay readable."""
        self._server.stop()


def handler(receiver: Receiver) -> type[JsonHandler]:
    """The HTTP side of a receiver."""

    class Handler(JsonHandler):
        def do_POST(self) -> None:  # noqa: N802 - http.server calls it by this name
            body = self.read_body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.answer(receiver.take(body, headers))

        def do_GET(self) -> None:  # noqa: N802 - http.server calls it by this name
            self.answer(200, json.dumps(receiver.events, ensure_ascii=False, indent=2).encode() + b"\n")

    return Handler
