"""SCIM over HTTP (RFC 7644): authenticates a client, calls the use case and answers. All errors have the form of SCIM.

    GET, POST        …/Users   …/Groups
    GET, PUT, PATCH, DELETE   …/Users/<id>   …/Groups/<id>
    GET              …/ServiceProviderConfig   …/ResourceTypes[/<id>]   …/Schemas[/<id>]

Identity providers wait only a few seconds, so each request is answered within four. A change that takes longer is
answered with 429. It is recorded, and continues when the client comes again, or in the sweep.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.bearer_tokens import client_of
from shared.errors import ImAccessError, Misconfigured, Rejected
from shared.event_sources import http_request
from shared.event_sources.strict_json import parse_object
from shared.scim.errors import ScimError
from shared.scim.input_values import Values
from shared.scim.routing import Target, base_address, queries, target
from shared.scim.view import Selection
from shared.unexpected_errors import EXITS

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.use_cases.scim.change_groups import GroupRequests
    from shared.use_cases.scim.change_users import UserRequests
    from shared.use_cases.scim.find_groups import GroupQueries
    from shared.use_cases.scim.find_users import UserQueries
    from shared.use_cases.scim.service import Service

MILLISECONDS = 3900
"""The time limit for each request."""
TO_NOTE = 0.3
"""Seconds that commands leave for recording that the client has to come again; otherwise its next request would get a
409.
"""
MAX_BODY = 1024 * 1024
_TYPE = "application/scim+json"
_STATUS = {"cloud_unavailable": 429, "in_progress": 429, "out_of_time": 429, "user_quota": 429, "malformed_json": 400}
"""Statuses that differ from those in answers to commands."""


def handle(event: Any, container: Container) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """The answer to an HTTP event; never raises for one. Raises Rejected `unknown_trigger` for queues and timers."""
    if isinstance(event, dict) and (event.keys() & {"Records", "EventList", "specversion", "Type"}):
        raise Rejected("unknown_trigger")
    exchange = _Exchange(event if isinstance(event, dict) else {}, container)
    try:
        status, body = exchange.run()
    except ScimError as error:
        return exchange.failed(error)
    except ImAccessError as error:
        return exchange.failed(_translated(error), error)
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - the platform would answer with the traceback
        exchange.values["exception"] = type(error).__name__
        return exchange.failed(ScimError(500, "The function failed unexpectedly"), ImAccessError("internal_error"))
    return exchange.answer(status, body, {})


def hurried(context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """The platform's context, with the time limit of a SCIM answer where that is shorter than the function's."""
    members = dict(context) if isinstance(context, dict) else {}
    limit = members.get("time_limit_in_ms")
    known = limit if isinstance(limit, int) and limit > 0 else MILLISECONDS
    return members | {"time_limit_in_ms": min(known, MILLISECONDS)}


class _Exchange:
    """One request and its answer; `values` becomes its log line."""

    def __init__(self, event: Mapping[str, Any], container: Container) -> None:
        self._event = event
        self._container = container
        self._request = http_request.read(event)
        self._query = queries(event)
        self._head = self._request.method == "HEAD"
        self._base = ""
        self.values: dict[str, Any] = {"method": self._request.method[:10]}

    def run(self) -> tuple[int, Values | None]:
        tokens = self._container.settings.scim_tokens
        if not tokens:
            raise Misconfigured("IM_ACCESS_SCIM_TOKENS", "is required")
        client = client_of(self._request.headers.get("authorization", ""), tokens)
        if client is None:
            raise ScimError(401, "The bearer token is missing or wrong")
        self.values["caller"] = client
        path = self._event.get("path")
        wanted = target(path if isinstance(path, str) else "")
        self.values |= {"resource": wanted.endpoint, "id": wanted.id[:64]}
        own = self._container.settings.scim_url
        self._base = base = own or base_address(wanted, self._event, self._request.headers)
        method = "GET" if self._head else self._request.method
        if wanted.endpoint in ("Users", "Groups"):
            return self._resources(wanted, method, client, base)
        if method != "GET":
            raise ScimError(405, "This can only be read", allow="GET")
        from shared.scim.discovery import described

        return 200, described(wanted, base)

    def _resources(self, wanted: Target, method: str, client: str, base: str) -> tuple[int, Values | None]:
        allowed = ("GET", "PUT", "PATCH", "DELETE") if wanted.id else ("GET", "POST")
        if method not in allowed:
            raise ScimError(405, "This method is not for this resource", allow=", ".join(allowed))
        if self._request.body is not None and len(self._request.body) > MAX_BODY:
            raise ScimError(413, "The body is larger than 1 MiB")
        self._container.settings.check_scim()
        service = self._service(client, base)
        selection = Selection(self._query.get("attributes", ""), self._query.get("excludedattributes", ""))
        if method == "GET":
            found = _queries(wanted.endpoint, service)
            return 200, found.read(wanted.id, selection) if wanted.id else found.search(self._query, selection)
        self._container.check_bucket(self._container.store(self._container.deadline()))
        rows = _requests(wanted.endpoint, service)
        if method == "DELETE":
            rows.delete(wanted.id)
            return 204, None
        body = parse_object(self._request.body or b"")
        if method == "POST":
            return rows.create(body, selection)
        return 200, (rows.replace if method == "PUT" else rows.patch)(wanted.id, body, selection)

    def _service(self, client: str, base: str) -> Service:
        from shared.bootstrap.scim import scim_service
        from shared.entrypoints.own_commands import OwnCommands

        return scim_service(self._container, OwnCommands(self._container, TO_NOTE), client, base)

    def failed(self, error: ScimError, cause: ImAccessError | None = None) -> dict[str, Any]:
        headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
        if error.status == 429:
            headers["Retry-After"] = str(max(1, math.ceil(error.retry_after or 5)))
        if error.allow:
            headers["Allow"] = error.allow
        level = cause.meaning.level if cause else "warning"
        self.values |= {"level": level, "detail": error.detail, "code": cause.code if cause else error.scim_type}
        return self.answer(error.status, error.body(), headers)

    def answer(self, status: int, body: Values | None, headers: Mapping[str, str]) -> dict[str, Any]:
        self._container.log("scim", status=status, **self.values)
        extra = {"Location": f"{self._base}/{self.values['resource']}/{body['id']}"} if body and status == 201 else {}
        common = {"Content-Type": _TYPE, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return {
            "isBase64Encoded": False,
            "statusCode": status,
            "headers": common | extra | dict(headers),
            "body": "" if body is None or self._head else json.dumps(body),
        }


def _queries(endpoint: str, service: Service) -> UserQueries | GroupQueries:
    if endpoint == "Users":
        from shared.use_cases.scim.find_users import UserQueries

        return UserQueries(service)
    from shared.use_cases.scim.find_groups import GroupQueries

    return GroupQueries(service)


def _requests(endpoint: str, service: Service) -> UserRequests | GroupRequests:
    if endpoint == "Users":
        from shared.use_cases.scim.change_users import UserRequests

        return UserRequests(service)
    from shared.use_cases.scim.change_groups import GroupRequests

    return GroupRequests(service)


def _translated(error: ImAccessError) -> ScimError:
    """The error in the form of SCIM. A temporary error becomes 429, because clients retry only after that status."""
    status = _STATUS.get(error.code, error.meaning.status)
    if error.code == "malformed_json":
        return ScimError(400, error.detail, "invalidSyntax")
    if isinstance(error, Misconfigured) or status >= 500:
        return ScimError(status, error.detail)
    return ScimError(status, error.detail, retry_after=error.retry_after)
