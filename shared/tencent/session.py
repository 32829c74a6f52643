"""The function's own credentials, and what a warm instance keeps between invocations: connections and their age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from shared.errors import Misconfigured
from shared.secret import Secret

if TYPE_CHECKING:
    import requests

_CONNECTIONS = 64
"""Kept open per service: as many as a batch has workers, and some."""


class RoleCredentials(NamedTuple):
    """The execution role's temporary credentials (https://cloud.tencent.com/document/product/583/32748)."""

    secret_id: str
    secret_key: Secret
    token: Secret

    def get_credential_info(self) -> tuple[str, str, str | None]:
        """What the SDK asks of a credential; its own class brings a parser of configuration files along."""
        return self.secret_id, self.secret_key.reveal(), self.token.reveal() or None

    @classmethod
    def read(cls, env: Mapping[str, str]) -> RoleCredentials:
        """From the environment, where the platform renews them. Raises Misconfigured."""
        names = ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY")
        for name in names:
            if not env.get(name, "").strip():
                raise Misconfigured(name, "is missing: the function needs an execution role")
        secret_id, secret_key = (env[name].strip() for name in names)
        return cls(secret_id, Secret(secret_key), Secret(env.get("TENCENTCLOUD_SESSIONTOKEN", "").strip()))


class Connections:
    """What outlives an invocation: HTTP sessions, SDK clients, and when each credential was first seen.

    The credentials themselves are handed in anew each time: those of an earlier invocation may have expired.
    `proxies`: whether the environment may name proxies and certificates of its own, as on a person's machine; a
    function is configured by its settings alone.
    """

    def __init__(self, *, proxies: bool = False) -> None:
        self._proxies = proxies
        self._http: requests.Session | None = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._first_seen: tuple[str, float] = ("", 0.0)

    def http(self) -> requests.Session:
        """The session that COS and the notifier share."""
        if self._http is None:
            self._http = _session(proxies=self._proxies)
        return self._http

    def client(
        self, service: str, version: str, region: str, endpoint: str | None, credentials: RoleCredentials
    ) -> Any:  # noqa: ANN401 - the SDK ships no types
        """Tencent's generic SDK client for one service, with the credentials of this invocation."""
        client = self._clients.get((service, endpoint or ""))
        if client is None:
            client = self._clients[service, endpoint or ""] = _sdk_client(service, version, region, endpoint)
            connection = client.request.conn
            connection._session = _session(proxies=self._proxies)  # noqa: SLF001 - its own holds ten connections, and there is no way to ask for more
            if not self._proxies:
                connection.proxy = None  # found in the environment by the SDK itself
        client.credential = credentials
        return client

    def seen_since(self, credentials: RoleCredentials, now: float) -> float:
        """The moment at which this process first saw these credentials (seconds since the epoch)."""
        if self._first_seen[0] != credentials.secret_id:
            self._first_seen = (credentials.secret_id, now)
        return self._first_seen[1]


def _sdk_client(service: str, version: str, region: str, endpoint: str | None) -> Any:  # noqa: ANN401 - the SDK ships no types
    from tencentcloud.common.common_client import CommonClient
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile

    parts = urlsplit(endpoint or f"https://{service}.tencentcloudapi.com")
    http = HttpProfile(protocol=parts.scheme, endpoint=parts.netloc)
    # The SDK's own retryer discards a late success and repeats the call; its default, no retry, stays.
    return CommonClient(service, version, None, region, ClientProfile(httpProfile=http, language="en-US"))


def _session(*, proxies: bool) -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.trust_env = proxies
    # Without one, requests looks into ~/.netrc, and what it finds there takes the place of the signature.
    session.auth = _signed_already
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=_CONNECTIONS))
    return session


def _signed_already(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
