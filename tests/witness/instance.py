"""A process that has loaded the functions and forks one that has served nothing yet for each connection.

    python -m tests.witness.instance <the file of the clock>

It prints its port. A connection is an instance of the functions: it tells its process id, then takes one invocation a
line and answers each with a line. It is gone when the connection is closed.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socketserver
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tests.witness.clock import SharedClock

FUNCTIONS = (
    "create_user",
    "grant_policy",
    "revoke_policy",
    "offboard_user",
    "restore_user",
    "reissue_credentials",
    "claim_credentials",
    "scim",
    "sweep",
)
_OWN = ("IM_ACCESS_", "TENCENTCLOUD_")


class _Instance(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._tell({"pid": os.getpid()})
        for line in self.rfile:
            self._tell(_invoke(**json.loads(line)))

    def _tell(self, told: dict[str, Any]) -> None:
        self.wfile.write(json.dumps(told).encode() + b"\n")


class _Nursery(socketserver.ForkingTCPServer):
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Instance)
        self._parent = os.getppid()

    def service_actions(self) -> None:
        """Whoever has started this may have died without a word."""
        super().service_actions()
        if os.getppid() != self._parent:
            os._exit(0)


def _invoke(function: str, event: Any, limit_ms: int, env: dict[str, str], skew: float) -> dict[str, Any]:  # noqa: ANN401 - JSON
    _clock.rule(cast("SimpleNamespace", time), skew=skew)
    for name in [name for name in os.environ if name.startswith(_OWN)]:
        del os.environ[name]
    os.environ.update(env)
    context = {"time_limit_in_ms": limit_ms, "request_id": "platform"}
    try:
        return {"returned": importlib.import_module(function).main_handler(event, context)}
    except Exception as error:  # noqa: BLE001 - what the platform would see
        return {"raised": type(error).__name__}


def _all_of(package: str) -> list[str]:
    """What an event may need is loaded before the fork, since nothing of it is what these tests are about."""
    return [".".join(path.with_suffix("").parts) for path in Path(package).rglob("*.py")]


def _build(model: Any) -> None:  # noqa: ANN401 - the functions' own, of which nothing is known here
    """So are the validators, which are half of what a process would do first."""
    for one in model.__subclasses__():
        if one.__module__.startswith("shared."):
            one.model_rebuild()
        _build(one)


if __name__ == "__main__":
    _clock = SharedClock(Path(sys.argv[1]))
    sys.path.insert(0, "functions")
    for _name in (*FUNCTIONS, *_all_of("shared"), "tencentcloud.common.sign"):
        importlib.import_module(_name)
    _build(importlib.import_module("pydantic").BaseModel)
    gc.freeze()  # what is loaded stays shared with the forked
    with _Nursery() as _nursery:
        print(_nursery.server_address[1], flush=True)  # noqa: T201 - to whoever has started it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _nursery.serve_forever(0.05)
