"""The credentials page over HTTP: GET and HEAD show, POST claims. No caller is authenticated: the token is what counts.

    GET  /<token>    200 the page, 410 opened already, 404 anything else
    POST /<token>    303 to the file, 410 opened already, 404 anything else

Mail scanners and chat previews fetch every link, so a GET changes nothing. A token that is wrong, malformed or expired
gets the same answer. API Gateway does not pass `Location` on, so there the answer to a claim is a page with the link.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.credentials.pick_up import Opening, PickUpLink
from shared.errors import ImAccessError, Rejected
from shared.event_sources import http_request
from shared.web import claim as pages
from shared.web.document import security_policy
from shared.web.language import Language, preferred

if TYPE_CHECKING:
    from shared.bootstrap import Container
    from shared.credentials.pick_up_attempts import PickUpAttempts
    from shared.tencent.cos import Cos
    from shared.use_cases.claim_credentials import ClaimCredentials

METHODS = ("GET", "HEAD", "POST")
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5}", re.ASCII)


def handle(event: Any, container: Container) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """The answer to an HTTP event; never raises for one. Raises Rejected `unknown_trigger` for queues and timers."""
    if isinstance(event, dict) and (event.keys() & {"Records", "EventList", "specversion", "Type"}):
        raise Rejected("unknown_trigger")
    visit = _Visit(event if isinstance(event, dict) else {}, container)
    try:
        answer = visit.answer()
    except ImAccessError as error:
        answer = visit.failed(error)
    except Exception as error:  # noqa: BLE001 - the platform would answer with the traceback
        answer = visit.failed(ImAccessError("internal_error"), exception=type(error).__name__)
    container.log("visited", status=answer["statusCode"], **visit.values)
    return answer


class _Visit:
    """One request on its way to its page; `values` becomes its line in the log."""

    def __init__(self, event: Mapping[str, Any], container: Container) -> None:
        self._event = event
        self._container = container
        self._request = http_request.read(event)
        self._language: Language = preferred(self._request.headers.get("accept-language", ""))
        self.values: dict[str, Any] = {"method": self._request.method[:10]}

    @cached_property
    def _store(self) -> Cos:
        return self._container.store(self._container.deadline())

    @cached_property
    def _attempts(self) -> PickUpAttempts:
        return self._container.pick_up_attempts(self._store)

    @cached_property
    def _use_case(self) -> ClaimCredentials:
        return self._container.claim_credentials(self._store, self._attempts)

    def answer(self) -> dict[str, Any]:
        if self._request.method not in METHODS:
            return self._page(405, pages.plain("method", self._language), {"Allow": ", ".join(METHODS)})
        link = self._use_case.find(_token(self._event.get("path")))
        if link is None:
            answer = self._page(404, pages.plain("lost", self._language))
        else:
            self.values |= {"request_id": link.request_id, "user": link.user}
            answer = self._claim(link) if self._request.method == "POST" else self._show(link)
        if "outcome" not in self.values:
            self._tidy()
        return answer

    def failed(self, error: ImAccessError, **values: str) -> dict[str, Any]:
        self.values |= {"level": error.meaning.level, "code": error.code, "detail": error.detail, **values}
        later = error.meaning.status == 503
        body = pages.plain("later" if later else "broken", self._language)
        return self._page(error.meaning.status, body, {"Retry-After": str(error.retry_after or 60)} if later else {})

    def _show(self, link: PickUpLink) -> dict[str, Any]:
        opening = self._use_case.opening(link)
        if opening is not None:
            return self._page(410, pages.opened(link, opening, self._language))
        body = pages.ready(link, self._language)
        return self._page(200, body, {}, "'self'", _origin(self._store.base))

    def _claim(self, link: PickUpLink) -> dict[str, Any]:
        self._container.check_bucket(self._store)
        outcome = self._use_case.claim(link, _address(self._event, self._request.headers))
        if outcome is None:
            return self._page(404, pages.plain("lost", self._language))
        self.values["notified"] = outcome.told
        if outcome.link is None:
            return self._refuse(link, outcome.opening)
        self.values["outcome"] = "claimed"
        url = outcome.link.url.reveal()
        if _is_gateway(self._event):
            return self._page(200, pages.download(url, self._language))
        return self._page(303, "", {"Location": url})

    def _refuse(self, link: PickUpLink, first: Opening) -> dict[str, Any]:
        opened = {"opened_at": first.at, "opened_from": first.address, "opened_by": first.by}
        self.values |= {"level": "warning", "code": "already_opened", **opened}
        return self._page(410, pages.opened(link, first, self._language))

    def _tidy(self) -> None:
        # Not where somebody's only chance is on its way out.
        try:
            self._attempts.tidy(_TIDIED)
        except ImAccessError as error:
            self._container.log("untidy", level="warning", code=error.code, detail=error.detail)

    def _page(
        self, status: int, body: str, extra: Mapping[str, str] | None = None, *form_targets: str
    ) -> dict[str, Any]:
        policy = security_policy(*form_targets)
        headers = {"Content-Language": _TAGS[self._language], "Content-Security-Policy": policy, **(extra or {})}
        return {
            "isBase64Encoded": False,
            "statusCode": status,
            "headers": _HEADERS | headers,
            "body": "" if self._request.method == "HEAD" else body,
        }


_TIDIED = 3
"""Earlier claims that an invocation finishes beside its own work."""
_TAGS = {"en": "en", "zh": "zh-CN"}
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Vary": "Accept-Language",
}


def _token(path: object) -> str:
    return path.removesuffix("/").rpartition("/")[2] if isinstance(path, str) else ""


def _is_gateway(event: Mapping[str, Any]) -> bool:
    # A Function URL has no requestContext, or a poor one.
    context = event.get("requestContext")
    return isinstance(context, dict) and ("serviceId" in context or "stage" in context)


def _address(event: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The caller's IP address, or an empty text. Behind an API Gateway the header would be the caller's own word."""
    context = event.get("requestContext")
    source = context.get("sourceIp") if isinstance(context, dict) else None
    header = None if _is_gateway(event) else headers.get("x-scf-remote-addr")
    return next((ip for ip in (_ip(header), _ip(source)) if ip), "")


def _ip(text: object) -> str:
    given = text.strip() if isinstance(text, str) else ""
    match = _WITH_PORT.fullmatch(given)
    try:
        # A zone is any text at all, and means nothing here.
        return "" if "%" in given else str(ipaddress.ip_address(match[1] or match[2] if match else given))
    except ValueError:
        return ""


def _origin(url: str) -> str:
    """Where files are downloaded from."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
