"""Connects to the services from a person's machine, through its proxy and with its certificates, if it has any."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from shared.tencent.http import Http

CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Names of a file of trusted certificates, the first that is set counts: OpenSSL's, requests' and curl's."""


def http() -> Http:
    """An HTTP client that obeys HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, and a CA bundle that is named."""
    named = (os.environ.get(name) for name in CERTIFICATES)
    return Http(ca_file=next(filter(None, named), None), proxy_for=proxy)


def proxy(url: str) -> str | None:
    """The proxy that the environment names for a URL."""
    from urllib.request import getproxies, proxy_bypass

    parts, proxies = urlsplit(url), getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or proxy_bypass(parts.netloc):
        return None
    return found if "://" in found else f"http://{found}"
