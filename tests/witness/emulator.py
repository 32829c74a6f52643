"""A second, independent emulator of CAM, STS and COS, over HTTP, written with the standard library alone.

It shares no code with the local cloud or the functions, so it shows misunderstandings that those two have in common. It
verifies signatures itself, counts its calls, and fails when a test says so.
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.witness.account import Account
from tests.witness.clock import SharedClock
from tests.witness.doors import Asked, CamDoor, CosDoor, Door, HookDoor, State
from tests.witness.emulated_cos import Bucket, Reply
from tests.witness.faults import Fault, Journal, Plan
from tests.witness.options import Options

_CALL_TAKES = 0.01
"""Seconds."""


class Emulator:
    """The services, until `stop()`; `reset` makes them new on their old ports."""

    def __init__(self, clock: SharedClock) -> None:
        self.clock = clock
        self.broken: list[BaseException] = []
        self._lock = threading.Lock()
        self._servers = [_Server(self, CamDoor()), _Server(self, CosDoor()), _Server(self, HookDoor())]
        self.api, self.cos, self.hook = (f"http://127.0.0.1:{server.server_address[1]}" for server in self._servers)
        self.reset(Options())

    def reset(self, options: Options) -> None:
        """Nothing has happened yet, and this is how the services are."""
        self.account, self.bucket = Account(options, self.clock), Bucket(options, self.clock)
        self.state = State(options, self.clock, self.account, self.bucket)
        self.journal = Journal()

    def plan(self, plan: Plan) -> None:
        """Let something go wrong."""
        self.journal.plans.append(plan)

    def exchange(self, door: Door, asked: Asked) -> Reply:
        """One call, with what is planned for it. Raises ConnectionAbortedError where nothing is to be answered."""
        with self._lock:
            self.clock.advance(_CALL_TAKES)
            plan = self.journal.due(door.describe(asked))
            fault = plan.fault if plan else None
            reply = Reply(500) if fault and fault.prevents else door.answer(asked, self.state)
        if plan:
            plan.then()
        if fault and fault.cuts:
            raise ConnectionAbortedError
        if fault is Fault.THROTTLE:
            return door.throttled()
        return Reply(500) if fault else reply

    def stop(self) -> None:
        """Give the ports back."""
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, emulator: Emulator, door: Door) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.emulator, self.door = emulator, door
        threading.Thread(target=self.serve_forever, args=(0.2,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002 - as the original
        """A defect of the emulator is the test's to know; a connection that ends is none."""
        problem = sys.exc_info()[1]
        if problem is not None and not isinstance(problem, ConnectionError):
            self.emulator.broken.append(problem)


class _Handler(BaseHTTPRequestHandler):
    wbufsize = -1  # one packet for each answer, or the other side acknowledges late
    server: _Server

    def setup(self) -> None:
        self.protocol_version = self.server.emulator.state.options.protocol
        super().setup()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the original
        """Say nothing."""

    def _serve(self) -> None:
        parts, size = urlsplit(self.path), int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        if len(body) < size:
            raise ConnectionAbortedError  # its sender has died, and half a request is none
        asked = Asked(
            self.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value.encode("latin-1").decode() for name, value in self.headers.items()},
            body,
        )
        self._tell(self.server.emulator.exchange(self.server.door, asked))

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815 - as http.server calls them

    def _tell(self, reply: Reply) -> None:
        emulator = self.server.emulator
        self.send_response_only(reply.status)
        if emulator.state.options.date:
            self.send_header("Date", self.date_time_string(int(emulator.clock.now())))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
