"""The organisation's side of the notification: a webhook receiver that believes nothing without a valid signature."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    """Listens on a free port of loopback. `events` holds what came with a valid signature, oldest first.

    `refused` counts what came without one; it was answered with 401, so it would have been sent again.
    """

    def __init__(self, secret: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.refused = 0
        self._webhook = Webhook(secret)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(receiver.take(body, headers))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing: the demo tells what arrived."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="receiver", daemon=True)

    @property
    def url(self) -> str:
        """Where notifications go."""
        return f"http://127.0.0.1:{self._server.server_port}/im-access"

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Verify one notification and keep it; the HTTP status of the answer."""
        try:
            # An implementation that is none of this project's.
            event: dict[str, Any] = self._webhook.verify(body, headers)
        except (WebhookVerificationError, ValueError):
            self.refused += 1
            return 401
        self.events.append(event)
        return 204

    def of(self, user: str, kind: str) -> list[dict[str, Any]]:
        """The events of one type about one user."""
        return [event for event in self.events if event["type"] == kind and event["data"]["user"]["name"] == user]

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and give the port back."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
