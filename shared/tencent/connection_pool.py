"""The kept connections of an instance. Certificates are verified; a proxy is used only if one is passed in."""

from __future__ import annotations

import base64
import select
import socket
import ssl
import threading
import weakref
from collections.abc import Callable
from urllib.parse import SplitResult, quote, unquote, urlsplit

from shared.tencent.timed_connection import NotConnected, Proxy, TimedConnection, Way, Why

ProxyFor = Callable[[str], "str | None"]
"""The URL of the proxy for a URL, or None."""

_HOSTS = 8
"""The most hosts whose connections are kept: CAM, STS, the bucket, the receiver of notifications, and some more."""
_CONNECTIONS = 64
"""The most connections that are kept per host: one for each worker of a batch, and some more."""
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"
"""Characters of a path or a query that are not quoted: the URL is quoted already."""


class ConnectionPools:
    """The pools, shared by all threads. `ca_file`: certificates in PEM form; None: those of certifi in the package."""

    def __init__(self, ca_file: str | None, proxy_for: ProxyFor | None) -> None:
        self._ca_file = ca_file
        self._proxy_for = proxy_for
        self._idle: dict[Way, list[TimedConnection]] = {}
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        weakref.finalize(self, _close, self._idle)

    def take(self, url: str) -> tuple[TimedConnection, str]:
        """A connection for a URL, and the request target on it. Raises NotConnected for an invalid URL or proxy."""
        parts, secure, host, port = _read(url, "connection")
        way = Way(secure, host, port, self._proxy(url))
        with self._lock:
            idle = self._idle.get(way, [])
            while idle:
                connection = idle.pop()
                if _is_quiet(connection.sock):
                    break
                connection.close()
            else:
                connection = TimedConnection(way, self._verifying() if secure else None)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return connection, quote(target, safe=_AS_IT_IS)

    def keep(self, connection: TimedConnection) -> None:
        """Take a connection back whose answer was read to the end."""
        with self._lock:
            # The host that was used last is moved to the end.
            idle = self._idle.pop(connection.way, [])
            self._idle[connection.way] = idle
            dropped = [connection] if len(idle) >= _CONNECTIONS or connection.sock is None else []
            idle += [] if dropped else [connection]
            if len(self._idle) > _HOSTS:
                dropped += self._idle.pop(next(iter(self._idle)))
        for one in dropped:
            one.close()

    def clear(self) -> None:
        """Close all idle connections; later calls open new ones."""
        with self._lock:
            _close(self._idle)

    def _proxy(self, url: str) -> Proxy | None:
        named = self._proxy_for(url) if self._proxy_for else None
        if named is None:
            return None
        parts, secure, host, port = _read(named, "proxy")
        if secure:
            raise NotConnected("proxy")
        return Proxy(host, port, _basic(parts))

    def _verifying(self) -> ssl.SSLContext:
        # Loading certificates takes milliseconds, so it is done once, and only for TLS.
        if self._context is None:
            self._context = _verifying(self._ca_file)
        return self._context


def _close(idle: dict[Way, list[TimedConnection]]) -> None:
    for connections in idle.values():
        while connections:
            connections.pop().close()


def _read(url: str, why: Why) -> tuple[SplitResult, bool, str, int]:
    """The parts of a URL, whether it uses TLS, its host and port. Raises NotConnected for anything but an http or https
    URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotConnected(why) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotConnected(why)
    secure = parts.scheme == "https"
    return parts, secure, parts.hostname, port or (443 if secure else 80)


def _basic(proxy: SplitResult) -> str:
    if proxy.username is None:
        return ""
    named = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return f"Basic {base64.b64encode(named.encode()).decode()}"


def _is_quiet(sock: socket.socket) -> bool:
    """Whether an idle connection is still open and has received nothing unexpected."""
    try:
        return not select.select([sock], [], [], 0)[0]
    except (OSError, ValueError):
        return False


def _verifying(ca_file: str | None) -> ssl.SSLContext:
    if ca_file is None:
        import certifi

        ca_file = certifi.where()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    try:
        context.load_verify_locations(ca_file)
    except OSError:
        raise NotConnected("tls") from None
    return context
