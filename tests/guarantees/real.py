"""Functions as real processes on a cloud with a real clock: few tests, to show that the simulated ones do not lie."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from local.cloud import LocalCloud
from tests.receiver import Receiver
from tests.states import State, end_state
from tests.world import FULL, NOTIFY_SECRET, READ

ROOT = Path(__file__).parents[2]
LIMIT_MS = 10_000
_RUN = """
import importlib, json, sys
sys.path[:0] = ["functions", "."]
handler = importlib.import_module(sys.argv[1]).main_handler
from shared.entrypoints import api
import tencentcloud.common.sign
print("ready", flush=True)
event = json.loads(sys.stdin.readline())
print(json.dumps(handler(event, {"time_limit_in_ms": int(sys.argv[2])})), flush=True)
"""


class RealWorld:
    """A cloud on its own ports, whose clock goes on by itself, and processes of the functions."""

    def __init__(self) -> None:
        self.cloud = LocalCloud(seed=2)
        self.receiver = Receiver(self.cloud.clock, NOTIFY_SECRET)

    def start(self, function: str) -> subprocess.Popen[str]:
        """A process that has loaded the function and waits for its event."""
        role = self.cloud.role_credentials(lifetime=1e6)
        env = os.environ | {
            "IM_ACCESS_BUCKET": self.cloud.bucket,
            "IM_ACCESS_REGION": self.cloud.region,
            "IM_ACCESS_POLICIES": f"{FULL},{READ}",
            "IM_ACCESS_API_ENDPOINT": self.cloud.api_url,
            "IM_ACCESS_COS_ENDPOINT": self.cloud.cos_url,
            "IM_ACCESS_HTTP_AUTH": "platform",
            "IM_ACCESS_NOTIFY_URL": self.receiver.url,
            "IM_ACCESS_NOTIFY_SECRET": NOTIFY_SECRET,
            "IM_ACCESS_LOG_LEVEL": "CRITICAL",
            "TENCENTCLOUD_SECRETID": role.secret_id,
            "TENCENTCLOUD_SECRETKEY": role.secret_key,
            "TENCENTCLOUD_SESSIONTOKEN": role.token,
            "PYTHONWARNINGS": "ignore",
        }
        for name in [name for name in env if name.lower().endswith("_proxy")]:
            del env[name]
        arguments = [sys.executable, "-c", _RUN, function, str(LIMIT_MS)]
        return subprocess.Popen(arguments, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, function: str, event: dict[str, Any], processes: int = 1) -> list[dict[str, Any] | None]:
        """The answers of that many processes that get the event at once; None for one that was killed."""
        running = [self.start(function) for _ in range(processes)]
        for process in running:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        self.pids = [process.pid for process in running]
        for process in running:
            assert process.stdin
            process.stdin.write(json.dumps(event) + "\n")
            process.stdin.flush()
        said = [process.communicate(timeout=60)[0] for process in running]
        return [json.loads(text) if text else None for text in said]

    def end_state(self, user: str) -> State:
        """What the world holds of a user."""
        return end_state(self.cloud, self.receiver, user)

    def __enter__(self) -> RealWorld:
        self.cloud.start()
        assert self.cloud._server
        self.receiver.url = f"http://127.0.0.1:{self.cloud._server.listen(self.receiver, 0)}/hook"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cloud.stop()


def event(function: str, command: dict[str, Any], *, id: str) -> dict[str, Any]:  # noqa: ARG001 - as World.http
    """A Function URL event of a caller whom the platform has authenticated."""
    return {"httpMethod": "POST", "path": "/", "headers": {"webhook-id": id}, "body": json.dumps(command)}
