"""The events of a Function URL and of an API Gateway trigger, which are one shape
(https://cloud.tencent.com/document/product/583/96099, /583/12513): the URL's lacks `requestContext` and more.

    {"httpMethod": "POST", "path": "/", "headers": {...}, "queryString": {...}, "body": "...", "isBase64Encoded": false}
"""

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from shared.event_sources.strict_json import encode


class HttpEvent(NamedTuple):
    """One HTTP request. Header names are in lower case; `body` is None where it cannot be decoded."""

    method: str
    headers: Mapping[str, str]
    body: bytes | None


def read(event: Mapping[str, Any]) -> HttpEvent:
    """The request in the event; never raises, whatever the event holds."""
    return HttpEvent(method(event) or "", _headers(event.get("headers")), _body(event))


def method(event: Mapping[str, Any]) -> str | None:
    """The HTTP method in upper case, or None where the event is no HTTP request.

    The method in `requestContext` is that of the gateway's rule, often `ANY`; it counts only where there is no other.
    """
    context = event.get("requestContext")
    of_rule = context.get("httpMethod") if isinstance(context, dict) else None
    for name in (event.get("httpMethod"), of_rule):
        if isinstance(name, str):
            return name.upper()
    return None


def query(event: Mapping[str, Any]) -> dict[str, str]:
    """The decoded texts of the query. A name that comes twice is left out, because it is ambiguous.

    A text with a percent sign was not decoded by the platform.
    """
    given = event.get("queryString")
    texts = {name: value for name, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}
    return {name: unquote(value) for name, value in texts.items()}


def last_segment(event: Mapping[str, Any]) -> str:
    """The last part of the path."""
    path = event.get("path")
    return path.rstrip("/").rpartition("/")[2] if isinstance(path, str) else ""


def _headers(given: object) -> dict[str, str]:
    # Headers with the same name, in any case, are joined with a comma, as in HTTP.
    headers: dict[str, list[str]] = {}
    for name, value in given.items() if isinstance(given, dict) else ():
        texts = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
        if texts:
            headers.setdefault(name.lower(), []).extend(texts)
    return {name: ", ".join(texts) for name, texts in headers.items()}


def _body(event: Mapping[str, Any]) -> bytes | None:
    given = event.get("body")
    raw = encode("" if given is None else given)
    if raw is None or not _flagged(event.get("isBase64Encoded")):
        return raw
    try:
        return base64.b64decode(raw, validate=True)
    except ValueError:
        return None


def _flagged(value: object) -> bool:
    """Whether a flag is set: gateways and templates send it as a text or as a boolean."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")
