"""One call of Tencent's API through its SDK: what an answer, or none, means, and which calls may be sent again.

A read is repeated until the time limit. A write is repeated only after an answer that certainly came before any effect
(throttled, not connected); otherwise its outcome is unknown and the caller looks.
"""

from __future__ import annotations

from typing import Any

from shared.deadline import Backoff, Deadline
from shared.errors import CloudError, OutcomeUnknown, Unavailable
from shared.tencent.network import TRIES, NotSent, Throttled, never_connected, timeouts
from shared.tencent.rate_limit import RateLimiter
from shared.tencent.session import Connections, RoleCredentials

VERSIONS = {"cam": "2019-01-16", "sts": "2018-08-13", "scf": "2018-04-16"}

_THROTTLED = "RequestLimitExceeded"
"""Alone, or before a dot and whatever was counted: `.UinLimitExceeded`, `.GlobalRegionUinLimitExceeded` and others."""
_DAILY_QUOTA = "RequestLimitExceeded.CreateUser"
"""Ten users in 24 hours on an account without verified identity: not a rate, never worth a quick retry."""


class Api:
    """CAM and STS for one request."""

    def __init__(
        self,
        connections: Connections,
        credentials: RoleCredentials,
        region: str,
        endpoint: str | None,
        deadline: Deadline,
        rate_limiter: RateLimiter,
    ) -> None:
        self._connections = connections
        self._credentials = credentials
        self._region = region
        self._endpoint = endpoint
        self._deadline = deadline
        self._rate_limiter = rate_limiter

    @property
    def deadline(self) -> Deadline:
        """The time and the count of calls of this request."""
        return self._deadline

    def read(self, service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        """The `Response` of a call without effect; tried until the time limit. Raises Unavailable, CloudError."""
        try:
            return self._persist(Unavailable, service, action, params)
        except (NotSent, OutcomeUnknown):
            raise Unavailable(f"{action} got no answer") from None

    def write(self, service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        """The `Response` of a call with an effect. Raises OutcomeUnknown, Unavailable (no effect), CloudError."""
        try:
            return self._persist(NotSent, service, action, params)
        except OutcomeUnknown as unknown:
            self._deadline.unsettled |= unknown.in_flight
            raise

    def _persist(self, again: type[Unavailable], service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        """Call until there is an answer: a throttled call until the time limit, after other failures a few times."""
        backoff, tries = Backoff(self._deadline), 0
        while True:
            try:
                return self._once(service, action, params)
            except Throttled:
                backoff.pause()
            except again:
                tries += 1
                if tries >= TRIES:
                    raise
                backoff.pause()

    def _once(self, service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        sent, now = self._rate_limiter.wait(action, self._deadline), self._deadline.clock.now
        self._deadline.spend(action)
        try:
            response = self._answer(service, action, params)
        except Throttled:
            self._rate_limiter.throttled(action, sent, now())
            raise
        self._rate_limiter.succeeded(action, sent, now())
        return response

    def _answer(self, service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        response = self._send(service, action, params)
        error = response.get("Error")
        if error is not None:
            raise self._meaning(action, error.get("Code") if isinstance(error, dict) else None)
        return response

    def _send(self, service: str, action: str, params: dict[str, Any]) -> dict[str, Any]:
        import requests
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

        region = self._region
        client = self._connections.client(service, VERSIONS[service], region, self._endpoint, self._credentials)
        client.request.conn.timeout = timeouts(self._deadline)
        try:
            response = client.call_json(action, params)["Response"]
        except TencentCloudSDKException as error:
            # The SDK's text can hold the answer's body, so neither it nor its chain is kept.
            raise self._failure(action, error) from None
        except requests.RequestException:
            raise OutcomeUnknown(action, in_flight=False) from None
        except (ValueError, KeyError, TypeError):
            raise OutcomeUnknown(action, in_flight=False) from None
        if not isinstance(response, dict):
            raise OutcomeUnknown(action, in_flight=False)
        return response

    def _failure(self, action: str, error: Any) -> Exception:  # noqa: ANN401 - the SDK ships no types
        code = error.get_code()
        if code == "ClientNetworkError":
            return (
                NotSent(f"{action} could not be sent")
                if never_connected(error.__context__)
                else OutcomeUnknown(action, in_flight=True)
            )
        if code == "ServerNetworkError":
            # The service answers everything with 200. This is a gateway's word: it lost the service, which may go on.
            return OutcomeUnknown(action, in_flight=True)
        return self._meaning(action, code)

    def _meaning(self, action: str, code: object) -> Exception:
        if not isinstance(code, str) or not code:
            return OutcomeUnknown(action, in_flight=False)
        if code == _DAILY_QUOTA:
            return Unavailable(f"{action} was refused: {code}", code="user_quota", retry_after=3600)
        if code.partition(".")[0] == _THROTTLED:
            return Throttled(f"{action} is throttled")
        if code.partition(".")[0] == "InternalError":
            return OutcomeUnknown(action, in_flight=False)
        return CloudError(action, code if code.isascii() and code.isprintable() and len(code) < 100 else "(unreadable)")
