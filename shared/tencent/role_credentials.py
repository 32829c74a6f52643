"""Reads the function's own credentials, and remembers when the instance first saw them."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.errors import Misconfigured
from shared.secret import Secret


class RoleCredentials(NamedTuple):
    """The execution role's temporary credentials (https://cloud.tencent.com/document/product/583/32748)."""

    secret_id: str
    secret_key: Secret
    token: Secret

    @classmethod
    def read(cls, env: Mapping[str, str]) -> "RoleCredentials":
        """Read them from the environment, where the platform renews them. Raises Misconfigured."""
        names = ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY")
        for name in names:
            if not env.get(name, "").strip():
                raise Misconfigured(name, "is missing: the function needs an execution role")
        secret_id, secret_key = (env[name].strip() for name in names)
        return cls(secret_id, Secret(secret_key), Secret(env.get("TENCENTCLOUD_SESSIONTOKEN", "").strip()))


class FirstSeen:
    """When a process first saw its present credentials. The platform does not say how long they are valid."""

    def __init__(self) -> None:
        self._seen: tuple[str, float] = ("", 0.0)

    def since(self, credentials: RoleCredentials, now: float) -> float:
        """That time, in seconds since the epoch; `now` for new credentials."""
        if self._seen[0] != credentials.secret_id:
            self._seen = (credentials.secret_id, now)
        return self._seen[1]
