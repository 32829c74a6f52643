"""Connections that are limited in the whole time of a call, and that tell a call which never left from a lost one.

urllib3 and `http.client` limit each wait on a socket, so an answer that comes byte by byte is never late. Here every
read of an answer, its status line and headers included, waits only for what is left until one moment.
"""

from __future__ import annotations

import io
import socket
import ssl
import sys
from functools import partial
from http.client import HTTPException
from http.client import HTTPResponse as Received
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from urllib3 import HTTPResponse

Why = Literal["proxy", "tls", "time", "connection"]
"""What failed: the way to or through the proxy, TLS, the time limit, or the connection itself."""


class NotConnected(Exception):
    """There was no connection, so nothing of the call was sent. No error that urllib3 knows, so it passes as it is."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class TimedHTTPConnection(HTTPConnection):
    """A connection whose `timeout` holds for all that is waited for together."""

    def connect(self) -> None:
        """Connect, with TLS where it is wanted. Raises NotConnected."""
        try:
            super().connect()
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            raise NotConnected(self._why(error)) from None

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 has it
        """Read the head of the answer; it and the body are read until the time is up."""
        until = monotonic() + (self.timeout or 0.0)
        self.response_class = partial(_received, until)  # type: ignore[assignment] # called as the class would be
        return super().getresponse()

    def _new_conn(self) -> socket.socket:
        # As the original, which gives each of a name's addresses the whole time.
        until, trouble = monotonic() + (self.timeout or 0.0), OSError("no address")
        # As bytes: for text, Python loads all of IDNA, and urllib3 takes no host that is not ASCII.
        host = self._dns_host.encode("ascii")
        for family, kind, protocol, _, address in socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(max(0.001, until - monotonic()))
                sock.connect(address)
            except OSError as error:
                sock.close()
                trouble = error
                continue
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sys.audit("http.client.connect", self, self.host, self.port)
            return sock
        raise trouble

    def _why(self, error: Exception) -> Why:
        if isinstance(error, ssl.SSLError):
            return "tls"
        if self.proxy is not None:
            return "proxy"
        return "time" if isinstance(error, TimeoutError) else "connection"


class TimedHTTPSConnection(TimedHTTPConnection, HTTPSConnection):
    """The same over TLS."""


class TimedHTTPPool(HTTPConnectionPool):
    """Connections to one host."""

    ConnectionCls = TimedHTTPConnection


class TimedHTTPSPool(HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = TimedHTTPSConnection


POOLS: dict[str, type[HTTPConnectionPool]] = {"http": TimedHTTPPool, "https": TimedHTTPSPool}
"""What a `urllib3.PoolManager` makes of each scheme."""


class _Reader(io.RawIOBase):
    """What a socket sends until a moment."""

    def __init__(self, source: io.RawIOBase, sock: socket.socket, until: float) -> None:
        self._source = source
        self._sock = sock
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        self._sock.settimeout(left)
        read: int | None = self._source.readinto(buffer)
        return read

    def close(self) -> None:
        self._source.close()
        super().close()


class _TimedSocket:
    """All that an answer asks of a socket."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until

    def makefile(self, mode: Literal["rb"]) -> io.BufferedReader:
        """The socket as a file; it keeps the socket open, as the original does."""
        source = self._sock.makefile(mode, buffering=0)
        return io.BufferedReader(_Reader(source, self._sock, self._until))


def _received(until: float, sock: socket.socket, **how: Any) -> Received:  # noqa: ANN401 - passed on as it comes
    return Received(_TimedSocket(sock, until), **how)  # type: ignore[arg-type] # it is asked for nothing else
