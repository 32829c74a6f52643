"""The pools of connections of an instance: certificates are verified, and a proxy is used where one is handed in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

import urllib3
from urllib3.exceptions import HTTPError

from shared.tencent.timed_connection import POOLS, NotConnected

if TYPE_CHECKING:
    import ssl

ProxyFor = Callable[[str], "str | None"]
"""The URL of the proxy for a URL, or None."""

_HOSTS = 8
"""Whose connections are kept: CAM, STS, the bucket, the receiver of notifications, and some."""
_CONNECTIONS = 64
"""Kept open per host: as many as a batch has workers, and some."""


class Pools:
    """Made when they are first needed, for all threads. `ca_file` is in PEM form; None: the package's (certifi's)."""

    def __init__(self, ca_file: str | None, proxy_for: ProxyFor | None) -> None:
        self._ca_file = ca_file
        self._proxy_for = proxy_for
        self._made: dict[tuple[bool, str | None], urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def of(self, url: str) -> urllib3.PoolManager:
        """The pools that a URL is asked through. Raises NotConnected for a proxy that is none."""
        secure, proxy = url[:6].lower() == "https:", self._proxy_for(url) if self._proxy_for else None
        with self._lock:
            if (secure, proxy) not in self._made:
                self._made[secure, proxy] = self._make(secure=secure, proxy=proxy)
            return self._made[secure, proxy]

    def clear(self) -> None:
        """Close what is open; a later call opens connections anew."""
        with self._lock:
            for manager in self._made.values():
                manager.clear()

    def _make(self, *, secure: bool, proxy: str | None) -> urllib3.PoolManager:
        # The certificates take milliseconds to load: once for all connections, and only where there is TLS.
        context = _verifying(self._ca_file) if secure or proxy else None
        if proxy is None:
            manager = urllib3.PoolManager(_HOSTS, maxsize=_CONNECTIONS, ssl_context=context)
        else:
            manager = _through(proxy, context)
        manager.pool_classes_by_scheme = POOLS
        return manager


def _through(proxy: str, context: ssl.SSLContext | None) -> urllib3.ProxyManager:
    try:
        auth = urllib3.util.parse_url(proxy).auth
        headers = urllib3.make_headers(proxy_basic_auth=unquote(auth)) if auth else None
        return urllib3.ProxyManager(
            proxy, _HOSTS, proxy_headers=headers, maxsize=_CONNECTIONS, ssl_context=context, proxy_ssl_context=context
        )
    except (ValueError, HTTPError):
        raise NotConnected("proxy") from None


def _verifying(ca_file: str | None) -> ssl.SSLContext:
    if ca_file is None:
        import certifi

        ca_file = certifi.where()
    context = urllib3.util.ssl_.create_urllib3_context()
    context.load_verify_locations(ca_file)
    return context
