"""Identifies a visitor of the credentials page: by the IP address from the platform, and by a cookie."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5}", re.ASCII)
_VALUE = r"([A-Za-z0-9_-]{43})"
_DAY = 86_400
"""Seconds for which the cookie is kept; a link is valid for at most half of that."""


class BrowserCookie:
    """The cookie that identifies a browser. It is random, and holds nothing of the link.

    The browser sends it when a link is opened from a mail (`SameSite=Lax`), but not with a form of another site. On an
    https page its name begins with `__Host-`, so that no neighbouring domain can set it; that requires `Path=/`
    (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, section 4.1.3.2).
    """

    def __init__(self, page: str | None) -> None:
        parts = urlsplit(page or "")
        secure = parts.scheme == "https"
        self._name = "__Host-im-access" if secure else "im-access"
        self._attributes = "Path=/; Secure" if secure else f"Path={parts.path or '/'}"

    def read(self, headers: Mapping[str, str]) -> str:
        """The cookie's value, "" where there is none."""
        match = re.search(rf"(?:^|[;,]\s*){self._name}={_VALUE}\s*(?:$|[;,])", headers.get("cookie", ""), re.ASCII)
        return match[1] if match else ""

    def fresh(self) -> str:
        """A `Set-Cookie` header for a browser without the cookie."""
        value = secrets.token_urlsafe(32)
        return f"{self._name}={value}; {self._attributes}; Max-Age={_DAY}; HttpOnly; SameSite=Lax"


def is_gateway(event: Mapping[str, Any]) -> bool:
    """Whether an API Gateway sent the event: a Function URL sends no requestContext, or only a part of it."""
    context = event.get("requestContext")
    return isinstance(context, dict) and ("serviceId" in context or "stage" in context)


def caller_address(event: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The caller's IP address, or "". Behind an API Gateway the header is ignored, because the caller could set it."""
    context = event.get("requestContext")
    source = context.get("sourceIp") if isinstance(context, dict) else None
    header = None if is_gateway(event) else headers.get("x-scf-remote-addr")
    return next((ip for ip in (_ip(header), _ip(source)) if ip), "")


def _ip(text: object) -> str:
    given = text.strip() if isinstance(text, str) else ""
    match = _WITH_PORT.fullmatch(given)
    try:
        # The zone of an IPv6 address can be any text, so such an address is refused.
        return "" if "%" in given else str(ipaddress.ip_address(match[1] or match[2] if match else given))
    except ValueError:
        return ""
