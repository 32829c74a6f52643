"""Servers that send answers no honest server would send, byte by byte if wanted."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TLS = Path(__file__).parent / "tls"
"""A certificate of localhost for a hundred years, with its key, and the authority that only these tests trust."""
Say = Callable[[socket.socket], object]


class Server:
    """Its port; the heads of the requests that it got; `done` is set when the last conversation is over."""

    def __init__(self) -> None:
        self.port = 0
        self.heads: list[bytes] = []
        self.connections = 0

    @property
    def url(self) -> str:
        """Without TLS."""
        return f"http://127.0.0.1:{self.port}"

    def converse(self, sock: socket.socket, say: Say) -> None:
        """Answer every request of one connection."""
        self.connections += 1
        with sock, contextlib.suppress(OSError):
            while head := _head(sock):
                self.heads.append(head)
                if say(sock) is None:
                    return


@contextmanager
def server(say: Say, *, tls: bool = False) -> Iterator[Server]:
    """A server on this machine. `say` answers one request; it returns None where the connection is to be closed."""
    made, listener = Server(), socket.create_server(("127.0.0.1", 0))
    made.port = listener.getsockname()[1]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "localhost.pem")

    def serve() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            try:
                sock = context.wrap_socket(sock, server_side=True) if tls else sock
            except OSError:
                sock.close()
                continue
            threading.Thread(target=made.converse, args=(sock, say), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield made
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def saying(answer: bytes) -> Say:
    """Always the same, over a connection that is kept."""

    def say(sock: socket.socket) -> bool:
        sock.sendall(answer)
        return True

    return say


def dripping(before: bytes, drop: bytes, pause: float = 0.02) -> Say:
    """The beginning, and then a few bytes at a time, for ever."""

    def say(sock: socket.socket) -> None:
        sock.sendall(before)
        while True:
            sock.sendall(drop)
            time.sleep(pause)

    return say


def _head(sock: socket.socket) -> bytes:
    """A request's head and what has come of its body."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = sock.recv(65_536)
        if not piece:
            return b""
        head += piece
    before, _, body = head.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in before.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while lengths and len(body) < lengths[0]:
        body += sock.recv(65_536)
    return before
