"""One function instance: one operating-system process that serves one event at a time."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.scf import model
from local.scf.channel import Channel, Closed
from local.scf.model import InvocationError, Role, Spec

RUNTIME = Path(__file__).with_name("runtime.py")


def environment(spec: Spec) -> dict[str, str]:
    """The whole environment of an instance. It takes nothing from the parent's environment but the search path for
    programs.
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": tempfile.gettempdir(),
        "LANG": "en_US.UTF8",
        "PYTHONPATH": os.pathsep.join(str(root) for root in (*spec.before, *spec.roots)),
        "PYTHONDONTWRITEBYTECODE": "x",
        "PYTHONUNBUFFERED": "1",
        "TENCENTCLOUD_REGION": spec.region,
        "TENCENTCLOUD_APPID": spec.appid,
        "TENCENTCLOUD_UIN": spec.uin,
        "TENCENTCLOUD_RUNENV": "SCF",
        "TENCENTCLOUD_TZ": "UTC",
        "SCF_RUNTIME": spec.runtime,
        "SCF_FUNCTIONNAME": spec.name,
        "SCF_FUNCTIONVERSION": "$LATEST",
        "SCF_NAMESPACE": spec.namespace,
        "_SCF_SERVER_PORT": "28902",
        "USER_CODE_ROOT": str(spec.roots[0]),
        **spec.environment,
    }


def credentials(role: Role | None) -> dict[str, str]:
    """The execution role's temporary credentials, under the platform's names; none without a role."""
    if role is None:
        return {}
    return {
        "TENCENTCLOUD_SECRETID": role.secret_id,
        "TENCENTCLOUD_SECRETKEY": role.secret_key,
        "TENCENTCLOUD_SESSIONTOKEN": role.token or "",
    }


class Instance:
    """A process that runs `spec` and is started at once; `initialise` waits until its module body has run."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.memory_mb = 0.0
        ours, theirs = socket.socketpair()
        log, printed = os.pipe()
        with theirs:
            self._process = self._start(theirs.fileno(), printed)
        os.close(printed)
        self._channel = Channel(ours, log)

    def _start(self, descriptor: int, printed: int) -> subprocess.Popen[bytes]:
        # -s and -S: packages that the developer or the venv has installed are no part of a deployed function.
        flags = ["-s"] if self.spec.dependencies else ["-s", "-S"]
        return subprocess.Popen(
            [self.spec.python, *flags, str(RUNTIME), self.spec.name, str(descriptor)],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            cwd=self.spec.roots[0],
            env=environment(self.spec),
            pass_fds=(descriptor,),
            start_new_session=True,  # Ctrl-C on the terminal reaches the parent only, which ends its children itself
        )

    def initialise(self, emit: Callable[[str], None]) -> None:
        """Wait for the module body. Raises `InvocationError` 437, 439, 443 or 446."""
        first = self._exchange(b"", model.INIT_LIMIT_MS, model.INIT_TIMED_OUT, emit)
        if "status" in first:
            raise InvocationError(first["status"], first["text"])

    def invoke(self, event: str, context: dict[str, Any], role: Role | None, emit: Callable[[str], None]) -> object:
        """The handler's answer to one event (JSON text). Raises `InvocationError` 407, 430, 433 or 439."""
        head = json.dumps({"context": context, "env": credentials(role)})
        message = f'{head[:-1]}, "event": {event}}}\n'.encode("utf-8", "surrogatepass")
        answer = self._exchange(message, context["time_limit_in_ms"], model.TIMED_OUT, emit)
        self.memory_mb = answer["memory"]
        if "trace" in answer:
            raise InvocationError(model.USER_EXCEPTION, "user code exception caught", answer["trace"])
        return answer["value"]

    def _exchange(self, message: bytes, limit_ms: int, late: int, emit: Callable[[str], None]) -> dict[str, Any]:
        try:
            line = self._channel.exchange(message, limit_ms / 1000, emit)
        except TimeoutError:
            self.kill()
            raise InvocationError(late, f"Invoking task timed out after {limit_ms / 1000:g} seconds") from None
        except Closed:
            raise InvocationError(model.PROCESS_EXIT, f"process exited ({self._reap()})") from None
        if len(line) > model.RESPONSE_LIMIT + 1024:
            raise InvocationError(model.RESPONSE_TOO_LARGE, "response is larger than 6 MB")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _reap(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self.kill()
        code = self._process.wait()
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill the process and its child processes (SIGKILL)."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill the process, wait for its end, and free its descriptors."""
        self.kill()
        self._process.wait()
        self._channel.close()
