"""HTTP answers in the form of API Gateway and Function URLs.

    {"isBase64Encoded": false, "statusCode": 200, "headers": {...}, "body": "<JSON text>"}

The platform would send a result without `statusCode` as a 200 (https://cloud.tencent.com/document/product/583/96099),
so every answer to an HTTP caller is made here.
"""

from __future__ import annotations

import json
import math
from typing import Any

from shared.errors import ImAccessError


def success(status: int, members: dict[str, Any], *, replayed: bool) -> dict[str, Any]:
    """The answer to a finished request; `"replayed": true`, and always 200, where it was done before."""
    return _answer(200 if replayed else status, "application/json", members | ({"replayed": True} if replayed else {}))


def plain(body: str, content_type: str) -> dict[str, Any]:
    """A text with status 200, as the protocol of another system requires it."""
    return {"isBase64Encoded": False, "statusCode": 200, "headers": _headers(content_type), "body": body}


def problem(error: ImAccessError, request_id: str, *, methods: str = "POST") -> dict[str, Any]:
    """The error as RFC 9457: `type`, `title`, `status`, `detail`, `code`, `request_id`. `methods`: the allowed
    methods.
    """
    body = {
        "type": f"urn:im-access:problem:{error.code}",
        "title": error.meaning.title,
        "status": error.meaning.status,
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id,
    }
    extra: dict[str, str] = {}
    wait = 60 if error.retry_after is None and error.meaning.status == 503 else error.retry_after
    if wait is not None:
        extra["Retry-After"] = str(max(1, math.ceil(wait)))
    if error.code == "method_not_allowed":
        extra["Allow"] = methods
    return _answer(error.meaning.status, "application/problem+json", body, extra)


def _answer(
    status: int, content_type: str, body: dict[str, Any], extra: dict[str, str] | None = None
) -> dict[str, Any]:
    return {
        "isBase64Encoded": False,
        "statusCode": status,
        "headers": _headers(content_type) | (extra or {}),
        "body": json.dumps(body),
    }


def _headers(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
