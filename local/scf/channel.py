"""The connection to one instance: a socket for requests and answers, and a pipe for its log.

The thread that waits for the answer reads both, so all log lines of an invocation are complete when it ends.
"""

import os
import selectors
import socket
import time
from collections.abc import Callable

CHUNK = 1 << 16


class Closed(Exception):
    """The process at the other end exited or was killed."""


class LineSplitter:
    """Splits chunks of bytes into lines; an unfinished line is kept until `flush`."""

    def __init__(self, emit: Callable[[str], None]) -> None:
        self._emit = emit
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Add bytes, and emit every line that is complete."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._emit(line.decode("utf-8", "replace"))

    def flush(self) -> None:
        """Emit what is left, as a line."""
        if self._rest:
            self._emit(self._rest.decode("utf-8", "replace"))
        self._rest = b""


class Channel:
    """Exchanges JSON lines with one process, and forwards its output meanwhile."""

    def __init__(self, connection: socket.socket, log: int) -> None:
        connection.setblocking(False)
        os.set_blocking(log, False)
        self._socket, self._log = connection, log

    def exchange(self, message: bytes, seconds: float, emit: Callable[[str], None]) -> bytes:
        """Send `message` (which may be empty), and return the line that answers it.

        Raises `Closed` if the process ends, `TimeoutError` after so many seconds.
        """
        lines = LineSplitter(emit)
        try:
            return self._exchange(message, time.monotonic() + seconds, lines)
        finally:
            self._drain(lines)
            lines.flush()

    def _exchange(self, message: bytes, deadline: float, lines: LineSplitter) -> bytes:
        pending, received = memoryview(message), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._log, selectors.EVENT_READ)
            selector.register(self._socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if pending else 0))
            while not received.endswith(b"\n"):
                for key, events in self._select(selector, deadline):
                    if key.fileobj == self._log:
                        self._forward(selector, lines)
                        continue
                    if events & selectors.EVENT_WRITE:
                        pending = self._send(selector, pending)
                    if events & selectors.EVENT_READ:
                        received += self._receive()
        return bytes(received)

    @staticmethod
    def _select(selector: selectors.BaseSelector, deadline: float) -> list[tuple[selectors.SelectorKey, int]]:
        left = deadline - time.monotonic()
        ready = selector.select(left) if left > 0 else []
        if not ready:
            raise TimeoutError
        return ready

    def _send(self, selector: selectors.BaseSelector, pending: memoryview) -> memoryview:
        try:
            pending = pending[self._socket.send(pending[:CHUNK]) :]
        except OSError as error:
            raise Closed from error
        if not pending:
            selector.modify(self._socket, selectors.EVENT_READ)
        return pending

    def _receive(self) -> bytes:
        try:
            chunk = self._socket.recv(CHUNK)
        except OSError as error:
            raise Closed from error
        if not chunk:
            raise Closed
        return chunk

    def _forward(self, selector: selectors.BaseSelector, lines: LineSplitter) -> None:
        chunk = os.read(self._log, CHUNK)
        if chunk:
            lines.feed(chunk)
        else:
            # The function closed its own stdout: its log has ended, but the answer may still come.
            selector.unregister(self._log)

    def _drain(self, lines: LineSplitter) -> None:
        """Read what is left in the pipe; everything printed before the answer is already in it."""
        try:
            while chunk := os.read(self._log, CHUNK):
                lines.feed(chunk)
        except BlockingIOError:
            return

    def close(self) -> None:
        """Close the ends on this side; an idle instance then exits by itself."""
        self._socket.close()
        os.close(self._log)
