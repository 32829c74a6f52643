"""Servers of the local cloud that run on a free port of loopback, in threads of their own."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer


class BackgroundServer:
    """Starts and stops a server. ``made`` creates the server, bound to its port; ``name`` is the name of its thread."""

    def __init__(self, made: Callable[[], TCPServer], name: str) -> None:
        self._made = made
        self._name = name
        self._running: tuple[TCPServer, threading.Thread] | None = None

    @property
    def port(self) -> int | None:
        """The port; None while the server does not listen."""
        return int(self._running[0].server_address[1]) if self._running else None

    def start(self) -> None:
        """Begin to listen."""
        server = self._made()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=self._name, daemon=True)
        self._running = (server, thread)
        thread.start()

    def stop(self) -> None:
        """Stop listening and free the port; does nothing if the server does not listen."""
        if self._running is None:
            return
        server, thread = self._running
        server.shutdown()
        thread.join()
        server.server_close()
        self._running = None


class JsonHandler(BaseHTTPRequestHandler):
    """Answers requests with JSON, and logs nothing."""

    def read_body(self) -> bytes:
        """The whole body of the request."""
        return self.rfile.read(int(self.headers.get("content-length") or "0"))

    def answer(self, status: int, body: bytes = b"") -> None:
        """Send an answer whose body is JSON, or empty."""
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""
