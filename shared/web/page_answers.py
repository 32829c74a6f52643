"""HTTP answers of the credentials page: its headers, and its HTML in the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.web.html_document import security_policy
from shared.web.language import tag
from shared.web.site import Site

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Vary": "Accept-Language",
}


class PageAnswers:
    """The answers to one request. `head`: the method is HEAD, so the body is left out."""

    def __init__(self, site: Site, *, head: bool) -> None:
        self.site = site
        self._head = head
        self._common = dict(_HEADERS)

    def require_https(self) -> None:
        """Tell browsers to use only https for this page from now on."""
        self._common["Strict-Transport-Security"] = "max-age=31536000"

    def page(
        self, status: int, body: str, extra: Mapping[str, str] | None = None, *form_targets: str
    ) -> dict[str, Any]:
        """An answer with a page. `form_targets`: the addresses to which its form may lead."""
        policy = security_policy(*form_targets)
        headers = {"Content-Language": tag(self.site.language), "Content-Security-Policy": policy, **(extra or {})}
        return {
            "isBase64Encoded": False,
            "statusCode": status,
            "headers": self._common | headers,
            "body": "" if self._head else body,
        }
