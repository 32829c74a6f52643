"""A connection with a time limit for the whole call. It also distinguishes a call that was never sent from a call whose
answer was lost.

`http.client` limits each wait on a socket, so an answer that comes byte by byte is never too late. Here every read of
an answer, including its status line and headers, waits only for the rest of one total time.
"""

from __future__ import annotations

import io
import socket
import ssl
import sys
from collections.abc import Mapping
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Why = Literal["proxy", "tls", "time", "connection"]
"""What failed: the proxy, TLS, the time limit, or the connection itself."""


class NotConnected(Exception):
    """No connection was made, so nothing of the call was sent."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class Proxy(NamedTuple):
    """An HTTP proxy. `authorization`: the header value for it, or ""."""

    host: str
    port: int
    authorization: str


class Way(NamedTuple):
    """The target of a connection: its host and port, whether it uses TLS, and the proxy."""

    secure: bool
    host: str
    port: int
    proxy: Proxy | None


class TimedConnection(HTTPConnection):
    """A connection for one call after the other. `context` verifies certificates."""

    def __init__(self, way: Way, context: ssl.SSLContext | None) -> None:
        self.default_port = 443 if way.secure else 80
        super().__init__(way.host, way.port)
        self.way = way
        self._context = context
        self._connect_until = self._until = 0.0
        self._unsent: list[bytes] = []

    def begin(self, method: str, target: str, headers: Mapping[str, str], *, connect: float, total: float) -> None:
        """Begin a call. `total`: seconds for the whole call; `connect`: seconds of them for connecting, where that is
        needed.

        Nothing is sent yet. Raises NotConnected, also for a call that cannot be sent.
        """
        self._connect_until, self._until = monotonic() + connect, monotonic() + total
        if self.way.proxy and not self.way.secure:
            target, headers = f"http://{self._authority()}{target}", {**headers, **_shown(self.way.proxy)}
        names = {name.lower() for name in headers}
        try:
            self.putrequest(method, target, skip_host="host" in names, skip_accept_encoding="accept-encoding" in names)
            for name, value in headers.items():
                self.putheader(name, value)
        except (HTTPException, ValueError):
            raise NotConnected("connection") from None
        if self.sock is None:
            self.connect()

    def finish(self, body: bytes | None) -> HTTPResponse:
        """Send the whole call, and read the head of the answer. Raises HTTPException, OSError."""
        self.sock.settimeout(_left(self._until))
        self.endheaders(body)
        whole, self._unsent = b"".join(self._unsent), []
        super().send(whole)
        # `http.client` calls it like the class.
        self.response_class = partial(_received, self._until)  # type: ignore[assignment]
        return self.getresponse()

    def send(self, data: Any) -> None:  # noqa: ANN401 - bytes, which is less than the original takes
        """Keep a part of a call until `finish` sends everything at once. `http.client` would send the head separately,
        which costs the service a wake-up.
        """
        self._unsent.append(data)

    def connect(self) -> None:
        """Connect, with TLS where the target uses it. Raises NotConnected."""
        way = self.way
        try:
            self.sock = self._reached(*(way.proxy or (way.host, way.port))[:2])
            if way.proxy and way.secure:
                self._led_on_by(way.proxy)
            if self._context and way.secure:
                self.sock.settimeout(_left(self._connect_until))
                self.sock = self._context.wrap_socket(self.sock, server_hostname=way.host)
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            raise NotConnected(self._why(error)) from None

    def _reached(self, host: str, port: int) -> socket.socket:
        trouble = OSError("no address")
        # As bytes: for text, Python would load IDNA. A host that is not ASCII is refused here.
        rows = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in rows:
            sock = socket.socket(family, kind, protocol)
            try:
                # All addresses of a name share the connect time.
                sock.settimeout(_left(self._connect_until))
                sock.connect(address)
            except OSError as error:
                sock.close()
                trouble = error
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sys.audit("http.client.connect", self, host, port)
            return sock
        raise trouble

    def _led_on_by(self, proxy: Proxy) -> None:
        """Make the proxy connect to the host. https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6"""
        headers = {"Host": self._authority(), **_shown(proxy)}
        lines = [f"CONNECT {self._authority()} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        self.sock.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii"))
        answer = _received(self._connect_until, self.sock, method="CONNECT")
        answer.begin()
        answer.close()
        if answer.status != 200:
            raise OSError("the proxy does not lead on")

    def _authority(self) -> str:
        host = f"[{self.way.host}]" if ":" in self.way.host else self.way.host
        return host if self.way.port == self.default_port and not self.way.secure else f"{host}:{self.way.port}"

    def _why(self, error: Exception) -> Why:
        if isinstance(error, ssl.SSLError):
            return "tls"
        if self.way.proxy:
            return "proxy"
        return "time" if isinstance(error, TimeoutError) else "connection"


class _Reader(io.RawIOBase):
    """Reads from a socket until a fixed time."""

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
    """The part of the socket interface that `HTTPResponse` uses."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until

    def makefile(self, mode: Literal["rb"]) -> io.BufferedReader:
        """The socket as a file, which keeps the socket open, as the original method does."""
        source = self._sock.makefile(mode, buffering=0)
        return io.BufferedReader(_Reader(source, self._sock, self._until))


def _received(until: float, sock: socket.socket, **how: Any) -> HTTPResponse:  # noqa: ANN401 - passed on as it comes
    return HTTPResponse(_TimedSocket(sock, until), **how)  # type: ignore[arg-type] # it is asked for nothing else


def _left(until: float) -> float:
    """The remaining seconds, as a socket takes them."""
    return max(0.001, until - monotonic())


def _shown(proxy: Proxy) -> dict[str, str]:
    return {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
