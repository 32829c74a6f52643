"""Commands over HTTP: checks a request in a fixed order, executes its command and answers.

405 not POST, 413 too large, 401 not authenticated, 400 invalid, 403 not on the allow-list, then all other errors. The
checks before 401 need no setting, and 401 needs only the settings for authentication. So a caller learns nothing about
other wrong settings before it is authenticated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import unquote

from shared.commands.command import Command
from shared.commands.result import Result, describe
from shared.entrypoints import responses
from shared.entrypoints.request_run import RequestRun
from shared.errors import ImAccessError, Rejected
from shared.event_sources.cloudevents import Envelope, is_envelope, reasonable
from shared.event_sources.http_request import HttpEvent, read
from shared.event_sources.strict_json import MAX_BODY, parse_object
from shared.idempotency.request import Finished, Request
from shared.operations import Operation
from shared.request_identity import request_id
from shared.unexpected_errors import EXITS

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.credentials.link import Link

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)

_QUOTED = r'"((?:[^"\\]|\\.)*)"'


def handle(
    event: Mapping[str, Any], operation: Operation[C, R], container: Container, fallback_id: str
) -> dict[str, Any]:
    """The answer to an HTTP event. Never raises.

    `fallback_id`: the platform's id of the invocation. It is used as the request id where the caller is not
    authenticated or has sent no identity.
    """
    exchange = _Exchange(operation, container, fallback_id)
    try:
        return exchange.run(read(event))
    except ImAccessError as error:
        return exchange.failed(error)
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - the platform would answer with the traceback
        return exchange.failed(ImAccessError("internal_error"), exception=type(error).__name__)


def refuse(error: ImAccessError, operation: Operation[C, R], container: Container, fallback_id: str) -> dict[str, Any]:
    """The answer to an event of an unknown trigger, as an HTTP problem. Never raises."""
    return _Exchange(operation, container, fallback_id).failed(error)


class _Exchange(Generic[C, R]):
    """One request and its answer. `request_id` becomes the request's own id once that is known."""

    def __init__(self, operation: Operation[C, R], container: Container, fallback_id: str) -> None:
        self.operation = operation
        self.container = container
        self.request_id = fallback_id
        self.caller = ""
        self.values: dict[str, Any] = {}

    def run(self, incoming: HttpEvent) -> dict[str, Any]:
        if incoming.method != "POST":
            raise Rejected("method_not_allowed")
        if incoming.body is not None and len(incoming.body) > MAX_BODY:
            raise Rejected("body_too_large")
        self._authenticate(incoming)
        request = self._understand(incoming)
        self.container.authorization().admit(request.command)
        self.container.settings.check()
        work = RequestRun(self.container, self.operation, request)
        self.values = work.values
        with work.slot():
            finished = work.run()
            link = work.link(finished)
        return self._succeeded(finished, link)

    def failed(self, error: ImAccessError, **values: str) -> dict[str, Any]:
        meaning = error.meaning
        refusal = {"status": meaning.status, "code": error.code, "detail": error.detail, **values}
        self._log("refused", meaning.level, refusal)
        return responses.problem(error, self.request_id)

    def _succeeded(self, finished: Finished[R], link: Link | None) -> dict[str, Any]:
        members = describe(self.request_id, finished.result, link)
        answer = responses.success(self.operation.status, members, replayed=finished.replayed)
        self._log("answered", "info", {"status": answer["statusCode"], "replayed": finished.replayed})
        return answer

    def _log(self, event: str, level: str, values: dict[str, Any]) -> None:
        command = self.operation.command.TYPE
        self.container.log(event, level=level, request_id=self.request_id, command=command, **(self.values | values))

    def _authenticate(self, incoming: HttpEvent) -> None:
        settings = self.container.settings
        if settings.http_auth == "platform":
            return
        from shared.event_sources.standard_webhooks import signer

        secrets = settings.webhook_secrets
        if incoming.body is None:
            raise Rejected("unauthorized")
        self.caller = signer(incoming.body, incoming.headers, secrets, self.container.clock.now())

    def _understand(self, incoming: HttpEvent) -> Request[C]:
        named = _header_identity(incoming.headers)
        self._name(named)
        content = self._content(incoming)
        if isinstance(content, Envelope):
            return self._open(content)
        if not named:
            raise Rejected("no_identity", "Send a webhook-id or an Idempotency-Key header, or a CloudEvents envelope")
        return self._request(named, None, content)

    def _content(self, incoming: HttpEvent) -> Envelope | dict[str, Any]:
        structured = incoming.headers.get("content-type", "").lower().startswith("application/cloudevents")
        binary = not structured and any(name.startswith("ce-") for name in incoming.headers)
        if binary and self.container.settings.http_auth != "platform":
            raise Rejected("unsigned_event")
        if incoming.body is None:
            raise Rejected("malformed_json")
        members = parse_object(incoming.body)
        if binary:
            return Envelope({**_binary_attributes(incoming.headers), "data": members})
        return Envelope(members) if structured or is_envelope(members) else members

    def _open(self, envelope: Envelope) -> Request[C]:
        if envelope.type != self.operation.command.TYPE:
            raise Rejected("wrong_type")
        self._name(envelope.identity)
        now = self.container.clock.now()
        time = envelope.young_time(now, now, self.container.settings.keep_days)
        return self._request(envelope.identity, time, envelope.data())

    def _request(self, identity: tuple[str, ...], time: float | None, data: object) -> Request[C]:
        command = self.operation.command.parse(data)
        return Request(self.operation.function, identity, time, command, "http", self.caller)

    def _name(self, identity: tuple[str, ...] | None) -> None:
        if identity:
            self.request_id = request_id(self.operation.function, identity)


def _header_identity(headers: Mapping[str, str]) -> tuple[str, ...] | None:
    for name in ("webhook-id", "idempotency-key"):
        if name in headers:
            return (name, headers[name]) if reasonable(headers[name]) else None
    return None


def _binary_attributes(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name[3:]: _decoded(value) for name, value in headers.items() if name.startswith("ce-")}


def _decoded(value: str) -> str:
    """A value of the HTTP protocol binding of CloudEvents, 3.1.3.2: it may be quoted, and is percent-encoded UTF-8. A
    malformed value becomes characters that are refused later.
    """
    if '"' in value and (quoted := re.fullmatch(_QUOTED, value.strip())):
        value = re.sub(r"\\(.)", r"\1", quoted[1])
    return unquote(value, errors="surrogateescape")
