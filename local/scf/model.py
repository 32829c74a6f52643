"""The description of a function, the result of an invocation, and the platform's error codes."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

MEGABYTE = 1024 * 1024
EVENT_LIMIT = 6 * MEGABYTE
RESPONSE_LIMIT = 6 * MEGABYTE
ENVIRONMENT_LIMIT = 4 * 1024
INIT_LIMIT_MS = 65_000

BAD_EVENT, EVENT_TOO_LARGE, RESPONSE_TOO_LARGE = 400, 406, 407
USER_EXCEPTION, TIMED_OUT, NO_HANDLER, PROCESS_EXIT, INIT_ERROR, INIT_TIMED_OUT = 430, 433, 437, 439, 443, 446


class Role(Protocol):
    """Temporary credentials of a function's execution role."""

    @property
    def secret_id(self) -> str:
        """The temporary SecretId."""

    @property
    def secret_key(self) -> str:
        """The temporary SecretKey."""

    @property
    def token(self) -> str | None:
        """The session token."""


class EnvironmentTooLargeError(ValueError):
    """A function's settings are more than the 4 KB that SCF takes."""


@dataclass(frozen=True)
class LogLine:
    """One line of a function's log: printed by the function (`output`) or by the platform (`frame`)."""

    function: str
    request_id: str
    kind: Literal["output", "frame"]
    text: str


LogSink = Callable[[LogLine], None]


@dataclass(frozen=True)
class Spec:
    """A deployed function. `roots[0]` is the code root; all roots are importable, those in `before` first.

    `dependencies=False` hides the packages installed for the interpreter: the code must bring its own, as on SCF.
    """

    name: str
    roots: tuple[Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    time_limit_ms: int = 30_000
    memory_mb: int = 128
    region: str = "ap-guangzhou"
    appid: str = "1250000000"
    uin: str = "100000000001"
    namespace: str = "default"
    python: str = sys.executable
    runtime: str = f"Python{sys.version_info.major}.{sys.version_info.minor}"
    before: tuple[Path, ...] = ()
    dependencies: bool = True

    def __post_init__(self) -> None:
        size = sum(len(f"{name}={value}".encode()) for name, value in self.environment.items())
        if size > ENVIRONMENT_LIMIT:
            raise EnvironmentTooLargeError(
                f"{self.name}: its settings have {size} bytes, SCF takes {ENVIRONMENT_LIMIT}"
            )

    def context(self, request_id: str, time_limit_ms: int) -> dict[str, Any]:
        """The handler's second argument: a plain dict, whose `environment` is JSON text and `environ` `K=V;K=V`."""
        environment = {"SCF_NAMESPACE": self.namespace, **self.environment}
        return {
            "request_id": request_id,
            "memory_limit_in_mb": self.memory_mb,
            "time_limit_in_ms": time_limit_ms,
            "function_name": self.name,
            "function_version": "$LATEST",
            "namespace": self.namespace,
            "tencentcloud_region": self.region,
            "tencentcloud_appid": self.appid,
            "tencentcloud_uin": self.uin,
            "environment": json.dumps(environment),
            "environ": ";".join(f"{name}={value}" for name, value in environment.items()),
        }


@dataclass(frozen=True)
class InvokeResult:
    """The outcome of one invocation: `value` if `ok`, else `error`, which is the platform's error object."""

    ok: bool
    value: Any
    error: dict[str, Any] | None
    request_id: str
    duration_ms: float
    memory_mb: float
    cold: bool
    log: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """200, or the error's `statusCode`: 430 exception, 433 timeout, 439 process exit, 443 import failure, …"""
        return 200 if self.error is None else int(self.error["statusCode"])


class InvocationError(Exception):
    """An invocation failed with the platform's error code `status`."""

    def __init__(self, status: int, message: str, trace: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.trace = status, message, trace

    def body(self, request_id: str) -> dict[str, Any]:
        """The platform's error object."""
        trace = {} if self.trace is None else {"stackTrace": self.trace}
        text = {"errorCode": -1, "errorMessage": self.message, "requestId": request_id}
        return {**text, **trace, "statusCode": self.status}
