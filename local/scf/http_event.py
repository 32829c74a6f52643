"""Converts HTTP requests to SCF's events, and the answers of handlers to HTTP.

Shapes: https://cloud.tencent.com/document/product/583/96099 (Function URL) and
https://cloud.tencent.com/document/product/583/31927 (API Gateway integration request).
"""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from local.scf import model
from local.scf.model import InvokeResult

INVALID_FORMAT = {"errno": 403, "error": "Invalid scf response format. please check your scf response format."}


@dataclass(frozen=True)
class HttpRequest:
    """A request to one function; `path` is what follows the function's name, at least `/`."""

    function: str
    method: str
    path: str
    query: str
    headers: Iterable[tuple[str, str]]
    body: bytes
    remote: str


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def query_string(text: str) -> dict[str, Any]:
    """Query parameters: a repeated key is a list, a key without value is `True`."""
    found: dict[str, Any] = {}
    for part in filter(None, text.split("&")):
        name, equals, raw = part.partition("=")
        name, value = unquote_plus(name), unquote_plus(raw) if equals else True
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def body_fields(body: bytes) -> dict[str, Any]:
    """`body` as text; bytes that are no UTF-8 as base64 with `isBase64Encoded`."""
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def header_fields(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are joined by commas. Callers cannot send `x-scf-*`, which are
    removed.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if not key.startswith("x-scf-"):
            found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def url_event(request: HttpRequest) -> dict[str, Any]:
    """The event of a Function URL."""
    return {
        "headers": {**header_fields(request.headers), "x-scf-remote-addr": request.remote},
        "httpMethod": request.method,
        "path": request.path,
        "queryString": query_string(request.query),
        **body_fields(request.body),
    }


def gateway_event(request: HttpRequest) -> dict[str, Any]:
    """The event of a (legacy) API Gateway integration request. The `…Parameters` objects are empty, since none is
    declared.
    """
    query = query_string(request.query)
    query.pop("shape", None)
    return {
        "requestContext": {
            "serviceId": "service-local000",
            "path": f"/{request.function}",
            "httpMethod": "ANY",
            "requestId": str(uuid.uuid4()),
            "identity": {},
            "sourceIp": request.remote,
            "stage": "release",
        },
        "headers": header_fields(request.headers),
        "pathParameters": {},
        "queryStringParameters": {},
        "headerParameters": {},
        "stageVariables": {"stage": "release"},
        "path": f"/{request.function}{request.path}".removesuffix("/"),
        "queryString": query,
        "httpMethod": request.method,
        # A recorded GET has no body at all: https://github.com/tencentyun/scf-go-lib events/apigw_test.go
        **(body_fields(request.body) if request.body else {}),
    }


def answer(result: InvokeResult, through_gateway: bool) -> HttpAnswer:
    """The HTTP answer to an invocation.

    JSON without `statusCode` is answered by a Function URL as 200, and refused by API Gateway. An SCF error is answered
    as its error object with status 500, except that API Gateway answers a timeout with 200. (The status of a Function
    URL on an error is not documented.)
    """
    if result.error is not None:
        timeout = through_gateway and result.status == model.TIMED_OUT
        return as_json(200 if timeout else 500, result.error)
    value = result.value
    if not (isinstance(value, dict) and "statusCode" in value):
        return as_json(403, INVALID_FORMAT) if through_gateway else as_json(200, value)
    try:
        sent = integration(value)
        return without_location(sent) if through_gateway else sent
    except (TypeError, ValueError, AttributeError):
        return as_json(403 if through_gateway else 500, INVALID_FORMAT)


def integration(value: Mapping[str, Any]) -> HttpAnswer:
    """Convert a handler's `{statusCode, headers, body, isBase64Encoded}` to HTTP; a header's value is a text or a list.

    Raises `TypeError` or `ValueError` for any other shape.
    """
    status, body = value["statusCode"], value.get("body", "")
    if not isinstance(status, int) or not 100 <= status <= 599 or not isinstance(body, str):
        raise TypeError("statusCode is an int and body a str")
    headers = list(header_pairs(value.get("headers") or {}))
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    raw = base64.b64decode(body, validate=True) if value.get("isBase64Encoded") is True else body.encode()
    return HttpAnswer(status, headers, raw)


def without_location(sent: HttpAnswer) -> HttpAnswer:
    """Remove the header Location, which API Gateway does not support in a function's answer."""
    headers = [(name, value) for name, value in sent.headers if name.lower() != "location"]
    return HttpAnswer(sent.status, headers, sent.body)


def header_pairs(headers: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Header names and values, one pair for each value, without the headers that the server itself sets."""
    for name, value in headers.items():
        if name.lower() in ("content-length", "transfer-encoding", "connection"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, str) or "\r" in one or "\n" in one:
                raise TypeError("a header's value is a string")
            yield name, one


def as_json(status: int, value: object) -> HttpAnswer:
    """A JSON answer."""
    return HttpAnswer(status, [("Content-Type", "application/json")], json.dumps(value, ensure_ascii=False).encode())
