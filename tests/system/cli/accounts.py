"""An account for the operator's command: a local cloud with the work of functions, and a terminal."""

from __future__ import annotations

import base64
import io
import json
from typing import Any, TextIO

from cli.main import main
from cli.terminal.console import Console
from local.cloud import LocalCloud
from shared.bootstrap.instance import Instance
from shared.operations import OPERATIONS
from tests.fakes import invoke

NOTIFY_KEY = "whsec_" + base64.b64encode(b"the key of those who are told..!").decode()
READ, WRITE = "QcloudIMReadOnlyAccess", "QcloudAVCFullAccess"


class CloudClock:
    """The cloud's time. Sleeping moves it forward, so no test waits."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._clock = cloud.clock

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Move the time forward and return at once."""
        self._clock.advance(seconds)


class Account:
    """A local cloud, its functions over the queue, and the operator's terminal."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.clock = CloudClock(cloud)
        self.instance = Instance()
        self.env = {
            "IM_ACCESS_BUCKET": cloud.bucket,
            "IM_ACCESS_REGION": cloud.region,
            "IM_ACCESS_API_ENDPOINT": cloud.api_url,
            "IM_ACCESS_COS_ENDPOINT": cloud.cos_url,
            "IM_ACCESS_HTTP_AUTH": "platform",
            "IM_ACCESS_NOTIFY_URL": "http://127.0.0.1:9/hook",
            "IM_ACCESS_NOTIFY_SECRET": NOTIFY_KEY,
            "TENCENTCLOUD_SECRETID": cloud.root.secret_id,
            "TENCENTCLOUD_SECRETKEY": cloud.root.secret_key,
        }

    def message(
        self, function: str, command: dict[str, Any], *, event_id: str = "1", time: str | None = None
    ) -> dict[str, int]:
        """Let a function take one CloudEvent from its queue."""
        kind = OPERATIONS[function].command.TYPE
        event = {"specversion": "1.0", "source": "/hr", "id": event_id, "type": kind, "data": command}
        body = json.dumps(event | ({"time": time} if time else {}))
        record = {"Ckafka": {"topic": "t", "partition": 0, "offset": 1, "msgKey": "None", "msgBody": body}}
        context = {"time_limit_in_ms": 30000}
        return invoke(function, {"Records": [record]}, context, self.env, self.instance, self.clock)

    def run(self, *words: str, **env: str) -> tuple[int, str, str]:
        """Run a command; returns its exit code, its output and its error output."""
        out, err = io.StringIO(), io.StringIO()
        code = main(words, self.console(out, err, **env))
        return code, out.getvalue(), err.getvalue()

    def console(self, out: TextIO | None = None, err: TextIO | None = None, **env: str) -> Console:
        """A terminal at which nobody sits, at the cloud's time."""
        streams = (out or io.StringIO(), err or io.StringIO(), io.StringIO())
        return Console(self.env | env, self.clock, *streams)

    def rows(self, *words: str) -> tuple[int, Any]:
        """The output of a command with `--json`."""
        code, text, err = self.run(*words, "--json")
        assert text, err
        return code, json.loads(text)
