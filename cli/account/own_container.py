"""Containers for commands: like a function's container, but with the operator's own keys from the environment."""

from __future__ import annotations

from typing import Any

from cli.language import _
from shared.bootstrap.container import Container
from shared.errors import Misconfigured
from shared.tencent.role_credentials import RoleCredentials

KEYS = ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY")
_NO_KEYS = (
    "is missing: set TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY to your own keys, and TENCENTCLOUD_SESSIONTOKEN "
    "where they are temporary"
)


class OwnContainer(Container):
    """A container that signs with a person's own keys instead of an execution role's."""

    def credentials(self) -> RoleCredentials:
        """The keys in the person's environment. Raises Misconfigured, with advice for a person."""
        for name in KEYS:
            if not self.env.get(name, "").strip():
                raise Misconfigured(name, _(_NO_KEYS))
        return super().credentials()


class QuietContainer(OwnContainer):
    """A container that logs nothing, because the command itself prints the outcome."""

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - as the original
        """Log nothing."""
