"""A receiver of notifications that keeps only those with a valid signature (https://www.standardwebhooks.com)."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from local.background_server import BackgroundServer

TAKEN, REFUSED = 204, 401


class Receiver:
    """Listens on a free port of loopback, from `start` on: a POST is a notification, a GET answers those taken as JSON.

    `events` holds what came with a valid signature, oldest first. `refused` counts what came without one; it was
    answered with 401, so it would have been sent again.
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.events: list[dict[str, Any]] = []
        self.refused = 0
        # An implementation that is none of this project's.
        self._webhook = Webhook(secret)
        self._server = BackgroundServer(lambda: ThreadingHTTPServer(("127.0.0.1", 0), handler(self)), "receiver")

    @property
    def url(self) -> str:
        """Where notifications go. Raises RuntimeError before `start`."""
        if self._server.port is None:
            raise RuntimeError("the receiver is not running")
        return f"http://127.0.0.1:{self._server.port}/im-access"

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Verify one notification and keep it; the HTTP status of the answer."""
        try:
            event: dict[str, Any] = self._webhook.verify(body, headers)
        except (WebhookVerificationError, ValueError):
            self.refused += 1
            return REFUSED
        self.events.append(event)
        return TAKEN

    def of(self, user: str, kind: str) -> list[dict[str, Any]]:
        """The events of one type about one user."""
        return [event for event in self.events if event["type"] == kind and event["data"]["user"]["name"] == user]

    def start(self) -> None:
        """Begin to listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening and give the port back; what was taken stays readable."""
        self._server.stop()


def handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    """The HTTP side of a receiver."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(receiver.take(body, headers))

        def do_GET(self) -> None:
            self._answer(200, json.dumps(receiver.events, ensure_ascii=False, indent=2).encode() + b"\n")

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: whoever wants to know asks for the events."""

    return Handler
