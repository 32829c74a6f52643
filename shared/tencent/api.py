"""The client of Tencent's API 3.0: sends one call, interprets its answer, and decides whether it may be sent again.

A read is repeated until the time limit. A write is repeated only after an answer that certainly came before any effect
(throttled, not connected). Otherwise its outcome is unknown, and the caller has to look.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from shared.deadline import Deadline
from shared.errors import CloudError, OutcomeUnknown, Unavailable
from shared.ports import UnknownAction
from shared.tencent.http import Answer, Call, Http, NotSent, limits
from shared.tencent.rate_limit import RateLimiter
from shared.tencent.retry import Throttled, persisted, retried
from shared.tencent.role_credentials import RoleCredentials
from shared.tencent.signatures import sign_api

VERSIONS = {"cam": "2019-01-16", "sts": "2018-08-13", "scf": "2018-04-16", "cls": "2020-10-16"}

_THROTTLED = "RequestLimitExceeded"
"""The code alone, or followed by a dot and the exceeded limit: `.UinLimitExceeded`, `.GlobalRegionUinLimitExceeded` and
others.
"""
_DAILY_QUOTA = "RequestLimitExceeded.CreateUser"
"""Ten users in 24 hours, for an account without verified identity. That is no rate limit, so a quick retry is useless.
"""
_TRANSIENT = ("InternalError", "ServiceUnavailable", "ResourceUnavailable")
"""The beginnings of codes for temporary errors, alone or with a dot. https://cloud.tencent.com/document/api/213/30435
"""
_UNKNOWN_ACTION = "InvalidAction"


class Api:
    """A client of CAM and STS, for one request."""

    def __init__(
        self,
        http: Http,
        credentials: RoleCredentials,
        region: str,
        endpoint: str | None,
        deadline: Deadline,
        rate_limiter: RateLimiter,
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._region = region
        self._endpoint = endpoint
        self._deadline = deadline
        self._rate_limiter = rate_limiter

    @property
    def deadline(self) -> Deadline:
        """The time limit and the counts of this request."""
        return self._deadline

    def read(self, service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        """The `Response` of a call without effect, which is repeated until the time limit. Raises Unavailable,
        CloudError.
        """
        return persisted(action, lambda: self._once(service, action, params), self._deadline)

    def write(self, service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        """The `Response` of a call with an effect. Raises OutcomeUnknown, Unavailable (no effect), CloudError."""
        try:
            return retried(lambda: self._once(service, action, params), self._deadline, again=NotSent)
        except OutcomeUnknown as unknown:
            self._deadline.unsettled |= unknown.in_flight
            raise

    def _once(self, service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        ticket, now = self._rate_limiter.wait(action, self._deadline), self._deadline.clock.now
        self._deadline.spend(action)
        try:
            response = _response(action, self._http.send(self._call(service, action, params), limits(self._deadline)))
        except Throttled:
            self._rate_limiter.throttled(action, ticket, now())
            raise
        finally:
            self._deadline.note_ended()
        self._rate_limiter.succeeded(action, ticket, now())
        return response

    def _call(self, service: str, action: str, params: dict[str, Any]) -> Call:
        base = self._endpoint or f"https://{service}.tencentcloudapi.com"
        body, now = json.dumps(params).encode(), int(self._deadline.clock.now())
        named = {
            "X-TC-Action": action,
            "X-TC-Version": VERSIONS[service],
            "X-TC-Region": self._region,
            "X-TC-Language": "en-US",
            "X-TC-RequestClient": "im-access",
        }
        signed = sign_api(self._credentials, service, urlsplit(base).netloc, body, now)
        return Call(action, "POST", f"{base.rstrip('/')}/", named | signed, body)


def _response(action: str, answer: Answer) -> dict[str, Any]:
    if answer.status != 200 or not answer.whole:
        # The service answers everything with 200. Any other status comes from a gateway; the service may still work.
        # https://cloud.tencent.com/document/product/628/45176
        raise OutcomeUnknown(action, in_flight=True)
    try:
        response = json.loads(answer.body)["Response"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise OutcomeUnknown(action, in_flight=False) from None
    if not isinstance(response, dict):
        raise OutcomeUnknown(action, in_flight=False)
    error = response.get("Error")
    if error is not None:
        raise _meaning(action, error.get("Code") if isinstance(error, dict) else None)
    return response


def _meaning(action: str, code: object) -> Exception:
    if not isinstance(code, str) or not code:
        return OutcomeUnknown(action, in_flight=False)
    if code == _DAILY_QUOTA:
        return Unavailable(f"{action} was refused: {code}", code="user_quota", retry_after=3600)
    if code.partition(".")[0] == _THROTTLED:
        return Throttled(f"{action} is throttled")
    if code.startswith(_TRANSIENT):
        return OutcomeUnknown(action, in_flight=False)
    if code == _UNKNOWN_ACTION:
        return UnknownAction(action, code)
    return CloudError(action, code if code.isascii() and code.isprintable() and len(code) < 100 else "(unreadable)")
