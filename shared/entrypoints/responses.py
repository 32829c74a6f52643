"""HTTP answers: what an API Gateway and a Function URL send on.

    {"isBase64Encoded": false, "statusCode": 200, "headers": {...}, "body": "<JSON text>"}

A result without `statusCode` would be sent as a 200 whatever it says
(https://cloud.tencent.com/document/product/583/96099), so everything an HTTP caller gets is made here.
"""

from __future__ import annotations

import json
import math
from typing import Any

from shared.clock import rfc3339
from shared.commands import Changed, Created
from shared.credentials.link import Link
from shared.errors import ImAccessError
from shared.idempotency.request import Done


def success(done: Done) -> dict[str, Any]:
    """201 for a user that was created now, 200 for everything else; `"replayed": true` where it was done before."""
    created = isinstance(done.result, Created) and not done.replayed
    body = members(done) | ({"replayed": True} if done.replayed else {})
    return _answer(201 if created else 200, "application/json", body)


def members(done: Done) -> dict[str, Any]:
    """What a caller and a notification are told of a finished request."""
    result = done.result
    told = _created(result, done.link) if isinstance(result, Created) else _changed(result)
    return {"request_id": done.request_id, **told}


def problem(error: ImAccessError, request_id: str) -> dict[str, Any]:
    """The error as RFC 9457: `type`, `title`, `status`, `detail`, `code`, `request_id`."""
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
        extra["Allow"] = "POST"
    return _answer(error.meaning.status, "application/problem+json", body, extra)


def _created(result: Created, link: Link | None) -> dict[str, Any]:
    credentials = {"url": link.url.reveal(), "expires_at": rfc3339(link.expires_at)} if link else None
    return {
        "status": "created",
        "user": result.user.model_dump(),
        "policies": result.policies,
        "login_url": result.login_url,
        "credentials": credentials,
    }


def _changed(result: Changed) -> dict[str, Any]:
    return {name: result.model_dump()[name] for name in ("status", "user", "policies")}


def _answer(
    status: int, content_type: str, body: dict[str, Any], extra: dict[str, str] | None = None
) -> dict[str, Any]:
    headers = {"Content-Type": content_type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return {
        "isBase64Encoded": False,
        "statusCode": status,
        "headers": headers | (extra or {}),
        "body": json.dumps(body),
    }
