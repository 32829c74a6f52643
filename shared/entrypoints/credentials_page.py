"""The credentials page over HTTP: GET and HEAD show it, POST claims the file. The token in the path is the
authentication.

    GET  /<token>                   200 the page, 410 opened already, 404 anything else
    POST /<token>                   303 to the file, 410 opened already, 404 anything else
    POST /<token>, answer=not-me    200 it is reported, 404 anything else

Mail scanners and chat previews fetch every link, so a GET changes nothing. A wrong, malformed or expired token always
gets the same answer. API Gateway does not pass `Location` on, so there the answer to a claim is a page with the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from shared.credentials.pick_up_records import PickUpLink
from shared.credentials.pick_up_state import FileState, Visitor
from shared.errors import ImAccessError, Rejected
from shared.event_sources import http_request
from shared.unexpected_errors import EXITS
from shared.web import claim_pages as pages
from shared.web.language import preferred
from shared.web.page_answers import PageAnswers
from shared.web.site import Site
from shared.web.visitor import BrowserCookie, caller_address, is_gateway

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.credentials.pick_up_attempts import PickUpAttempts
    from shared.tencent.cos import Cos
    from shared.use_cases.claim_credentials import ClaimCredentials, PickUpOutcome

METHODS = ("GET", "HEAD", "POST")


def handle(event: Any, container: Container) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """The answer to an HTTP event; never raises for one. Raises Rejected `unknown_trigger` for queues and timers."""
    if isinstance(event, dict) and (event.keys() & {"Records", "EventList", "specversion", "Type"}):
        raise Rejected("unknown_trigger")
    visit = _Visit(event if isinstance(event, dict) else {}, container)
    try:
        answer = visit.answer()
    except ImAccessError as error:
        answer = visit.failed(error)
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - the platform would answer with the traceback
        answer = visit.failed(ImAccessError("internal_error"), exception=type(error).__name__)
    container.log("visited", status=answer["statusCode"], **visit.values)
    return answer


class _Visit:
    """One request; `values` becomes its log line."""

    def __init__(self, event: Mapping[str, Any], container: Container) -> None:
        self._event = event
        self._container = container
        self._request = http_request.read(event)
        site = Site(preferred(self._request.headers.get("accept-language", "")))
        self._answers = PageAnswers(site, head=self._request.method == "HEAD")
        self._cookie = BrowserCookie(None)
        self.values: dict[str, Any] = {"method": self._request.method[:10]}

    @property
    def _site(self) -> Site:
        return self._answers.site

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
        self._learn_site()
        if self._request.method not in METHODS:
            return self._answers.page(405, pages.plain("method", self._site), {"Allow": ", ".join(METHODS)})
        link = self._use_case.find(_token(self._event.get("path")))
        answer = self._found(link) if link is not None else self._lost()
        if self.values.get("outcome") != "claimed":
            self._tidy()
        return answer

    def _learn_site(self) -> None:
        """Read the organisation and the address of the page from the settings, because `x-forwarded-proto` could be
        forged.
        """
        page = self._container.settings.claim_url
        if page is not None and urlsplit(page).scheme == "https":
            self._answers.require_https()
        self._cookie = BrowserCookie(page)
        settings = self._container.settings
        organisation, contact = settings.organisation or "", settings.contact or ""
        self._answers.site = self._site._replace(organisation=organisation, contact=contact)

    def _found(self, link: PickUpLink) -> dict[str, Any]:
        visitor = Visitor(caller_address(self._event, self._request.headers), self._cookie.read(self._request.headers))
        if self._request.method == "POST":
            self._container.check_bucket(self._store)
            disputes = _disputes(self._request.body)
            outcome = (self._use_case.dispute if disputes else self._use_case.claim)(link, visitor)
            return self._lost() if outcome is None else self._done(link, outcome)
        state = self._use_case.look(link, visitor)
        if state is None:
            return self._lost()
        greeting = {} if visitor.cookie or self._request.method == "HEAD" else {"Set-Cookie": self._cookie.fresh()}
        return self._show(link, state, greeting if state.opening is None else {})

    def _done(self, link: PickUpLink, outcome: PickUpOutcome) -> dict[str, Any]:
        if outcome.news:
            self.values |= {"outcome": outcome.news, "notified": outcome.notified}
        first = outcome.state.opening
        if outcome.link is not None:
            self.values |= {"request_id": link.request_id, "user": link.user, "outcome": "claimed"}
            return self._hand_over(outcome.link.url.reveal(), link)
        if (first is not None and not outcome.state.own) or outcome.news == "disputed":
            self.values |= {"level": "warning", "code": "already_opened"}
            if first is not None:
                self.values |= {"opened_at": first.at, "opened_from": first.address, "opened_by": first.by}
        return self._show(link, outcome.state, {}, reported=outcome.news == "disputed")

    def _hand_over(self, url: str, link: PickUpLink) -> dict[str, Any]:
        if is_gateway(self._event):
            return self._answers.page(200, pages.download(url, link, self._site))
        return self._answers.page(303, "", {"Location": url})

    def _show(
        self, link: PickUpLink, state: FileState, extra: Mapping[str, str], *, reported: bool = False
    ) -> dict[str, Any]:
        self.values |= {"request_id": link.request_id, "user": link.user}
        body = pages.ready(link, self._site) if state.opening is None else pages.opened(link, state, self._site)
        status = 200 if state.opening is None or reported else 410
        return self._answers.page(status, body, extra, "'self'", _origin(self._store.base))

    def _lost(self) -> dict[str, Any]:
        return self._answers.page(404, pages.plain("lost", self._site))

    def failed(self, error: ImAccessError, **values: str) -> dict[str, Any]:
        self.values |= {"level": error.meaning.level, "code": error.code, "detail": error.detail, **values}
        later = error.meaning.status == 503
        body = pages.plain("later" if later else "broken", self._site)
        headers = {"Retry-After": str(error.retry_after or 60)} if later else {}
        return self._answers.page(error.meaning.status, body, headers)

    def _tidy(self) -> None:
        # Not after a claim, because the person gets this file only once.
        try:
            self._attempts.tidy(_TIDIED)
        except ImAccessError as error:
            self._container.log("tidy_failed", level="warning", code=error.code, detail=error.detail)


_TIDIED = 3
"""The most earlier attempts that an invocation finishes besides its own work."""


def _token(path: object) -> str:
    return path.removesuffix("/").rpartition("/")[2] if isinstance(path, str) else ""


def _disputes(body: bytes | None) -> bool:
    """Whether the form was sent by the button "it was not me"."""
    return pages.ANSWER in parse_qsl((body or b"")[:1000].decode("ascii", "replace"))


def _origin(url: str) -> str:
    """The origin (scheme and host) of the download address, for the Content-Security-Policy."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
