"""Reads the endpoint and id from the path of a request, whatever prefix it has; and the base URL of the request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, unquote_plus

from shared.scim.errors import ScimError, not_found

ENDPOINTS = ("Users", "Groups", "ServiceProviderConfig", "ResourceTypes", "Schemas")
_UNSUPPORTED = ("Bulk", "Me", ".search")
_GATEWAYS = (".apigw.tencentcs.com", ".apigateway.myqcloud.com")
"""The endings of the default domains of API gateways."""
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:]{2,45}\](:\d{1,5})?")


class Target(NamedTuple):
    """An endpoint and the id after it, "" for all resources; `prefix`: the path before them."""

    prefix: str
    endpoint: str
    id: str


def target(path: str) -> Target:
    """The target of a path. Raises ScimError 404, or 501 for an endpoint that is not supported."""
    words = [word for word in path.split("?", maxsplit=1)[0].split("/") if word]
    if words and words[-1].casefold() in {one.casefold() for one in _UNSUPPORTED}:
        raise ScimError(501, "This service does not support that")
    for back in (1, 2):
        if len(words) < back:
            break
        endpoint = next((one for one in ENDPOINTS if one.casefold() == words[-back].casefold()), None)
        if endpoint is not None:
            prefix = "".join(f"/{word}" for word in words[:-back])
            return Target(prefix, endpoint, unquote(words[-1]) if back == 2 else "")
    raise not_found()


def base_address(wanted: Target, event: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The base URL of the resources, as the client wrote it; https, except on loopback.

    The path in the event lacks the stage of an API gateway, which its default domains have before the path.
    """
    host = headers.get("host", "")
    if not _HOST.fullmatch(host):
        return wanted.prefix
    loopback = host.startswith(("127.", "localhost", "[::1]"))
    stage = _stage(event) if host.partition(":")[0].endswith(_GATEWAYS) else ""
    return f"{'http' if loopback else 'https'}://{host}{stage}{wanted.prefix}"


def _stage(event: Mapping[str, Any]) -> str:
    context = event.get("requestContext")
    stage = context.get("stage") if isinstance(context, dict) else None
    return f"/{stage}" if isinstance(stage, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,50}", stage) else ""


def queries(event: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a request, by name in lower case; the first value of a parameter that comes twice.

    A value that the platform did not decode is decoded here: a filter has spaces, and no attribute name has a percent
    sign.
    """
    given = event.get("queryString")
    found: dict[str, str] = {}
    for name, value in given.items() if isinstance(given, dict) else ():
        text = value[0] if isinstance(value, list) and value else value
        if isinstance(name, str) and isinstance(text, str):
            plain = name.lower() == "filter" and " " in text
            found.setdefault(name.lower(), text if plain else unquote_plus(text))
    return found
