"""Runs the functions like their platform: events, instances that can be killed, deliveries until an answer is final."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.witness.clock import SharedClock
from tests.witness.doors import ROLE
from tests.witness.emulator import Emulator
from tests.witness.signatures import webhook

ROOT = Path(__file__).parents[2]
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
RECEIVER_SECRET = "whsec_" + base64.b64encode(b"what the receiver checks against!").decode()
SCIM_TOKEN = "what an identity provider knows".replace(" ", "-")
TYPES = {
    "create_user": "imaccess.user.create",
    "grant_policy": "imaccess.policy.grant",
    "revoke_policy": "imaccess.policy.revoke",
    "offboard_user": "imaccess.user.offboard",
    "restore_user": "imaccess.user.restore",
    "reissue_credentials": "imaccess.credentials.reissue",
}
Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the platform got of an invocation."""

    status: int = 0
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    raised: str = ""
    killed: bool = False

    @property
    def final(self) -> bool:
        """Whether nobody would deliver the event again."""
        return not self.killed and not self.raised and self.retry_after is None

    @classmethod
    def of(cls, told: Json) -> Answer:
        """From what an instance tells."""
        returned = told.get("returned", {})
        if "statusCode" not in returned:
            return cls(body=returned, raised=told.get("raised", ""))
        headers = returned["headers"]
        pause = headers.get("Retry-After")
        text = returned["body"] if "json" in headers.get("Content-Type", "") else ""
        body = json.loads(text) if text else {}
        return cls(returned["statusCode"], body, headers, None if pause is None else float(pause))


class Instance:
    """A process of the functions."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self._line.makefile("rwb")
        self._pid: int = json.loads(self._file.readline())["pid"]

    def tell(self, told: Json) -> Answer:
        """One invocation."""
        self._file.write(json.dumps(told).encode() + b"\n")
        self._file.flush()
        try:
            line = self._file.readline()
        except ConnectionError:
            line = b""
        return Answer.of(json.loads(line)) if line else Answer(killed=True)

    def kill(self) -> None:
        """As the platform does it."""
        os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """Let it end."""
        self._file.close()
        self._line.close()


class Driver:
    """The functions in front of an emulator.

    `resident` is the instance that serves all invocations; without one each has a process of its own. `skew`: seconds
    by which the functions' clock is ahead of the services'.
    """

    def __init__(self, emulator: Emulator, port: int) -> None:
        self.emulator = emulator
        self.clock = emulator.clock
        self.resident: Instance | None = None
        self.skew = 0.0
        self._port = port
        self.env = {
            "IM_ACCESS_BUCKET": "im-1250000000",
            "IM_ACCESS_REGION": "ap-guangzhou",
            "IM_ACCESS_API_ENDPOINT": emulator.api,
            "IM_ACCESS_COS_ENDPOINT": emulator.cos,
            "IM_ACCESS_WEBHOOK_SECRETS": SECRET,
            "IM_ACCESS_LOG_LEVEL": "CRITICAL",
            "IM_ACCESS_NOTIFY_URL": emulator.hook,
            "IM_ACCESS_NOTIFY_SECRET": RECEIVER_SECRET,
            "IM_ACCESS_SCIM_TOKENS": f"okta=sha256:{hashlib.sha256(SCIM_TOKEN.encode()).hexdigest()}",
            "TENCENTCLOUD_SECRETID": ROLE[0],
            "TENCENTCLOUD_SECRETKEY": ROLE[1],
            "TENCENTCLOUD_SESSIONTOKEN": ROLE[2],
        }

    @contextmanager
    def instance(self) -> Iterator[Instance]:
        """A process that has served nothing yet."""
        made = Instance(self._port)
        try:
            yield made
        finally:
            made.close()

    def run(self, function: str, event: Json, instance: Instance | None = None, *, limit_ms: int = 30_000) -> Answer:
        """One invocation, by the instance that is given, by the resident one, or by a new one."""
        instance = instance or self.resident
        if instance is None:
            with self.instance() as made:
                return self.run(function, event, made, limit_ms=limit_ms)
        told = {"function": function, "event": self._signed(event), "limit_ms": limit_ms}
        return instance.tell(told | {"env": self.env, "skew": self.skew})

    def until_final(self, function: str, event: Json, *, limit_ms: int = 30_000) -> Answer:
        """Deliver until an answer is final, each time after the pause that was asked for, or a minute on a queue."""
        for _ in range(12):
            answer = self.run(function, event, limit_ms=limit_ms)
            if answer.final:
                return answer
            pause = limit_ms / 1000 + 5 if answer.killed else answer.retry_after
            self.clock.advance(60 if pause is None else pause)
        raise AssertionError(f"{function} does not end: {answer}")

    def envelope(self, function: str, command: Json, id: str, time: float | None = None) -> Json:
        """The CloudEvent of a command; `time` in seconds since the epoch."""
        event = {"specversion": "1.0", "type": TYPES[function], "source": "/foreign", "id": id, "data": command}
        moment = None if time is None else datetime.fromtimestamp(time, timezone.utc)
        return event if moment is None else event | {"time": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}

    def http(self, command: Json, id: str) -> Json:
        """A Function URL event, which is signed when it is sent."""
        return {"httpMethod": "POST", "path": "/", "headers": {"webhook-id": id}, "body": json.dumps(command)}

    def sweep(self, times: int, *, every: float = 300) -> Json:
        """So many runs of the timer; what the last one did."""
        answer = Answer()
        for _ in range(times):
            self.clock.advance(every)
            answer = self.run("sweep", self.timer())
            assert answer.final, answer
        return answer.body

    def timer(self) -> Json:
        """What a timer trigger sends."""
        return {"Type": "Timer", "TriggerName": "EveryFiveMinutes", "Time": "2026-01-02T03:00:00Z", "Message": ""}

    def visit(self, method: str, link: str, cookie: str, body: str = "") -> Json:
        """A browser at a link of the credentials page."""
        headers = {"accept": "text/html", "x-scf-remote-addr": "203.0.113.7:52100", "cookie": cookie}
        return {"httpMethod": method, "path": urlsplit(link).path, "headers": headers, "body": body}

    def scim(self, method: str, path: str, body: Json | None = None, query: dict[str, str] | None = None) -> Json:
        """What an identity provider sends."""
        headers = {"authorization": f"Bearer {SCIM_TOKEN}", "content-type": "application/scim+json", "host": "im"}
        text = "" if body is None else json.dumps(body)
        target = {"httpMethod": method, "path": f"/scim/v2{path}", "queryString": query or {}}
        return target | {"headers": headers, "body": text}

    def kafka(self, *messages: object) -> Json:
        """A CKafka batch."""
        rows = [one if isinstance(one, str) else json.dumps(one) for one in messages]
        place = {"topic": "t", "partition": 1, "msgKey": "None"}
        return {"Records": [{"Ckafka": {**place, "offset": n, "msgBody": row}} for n, row in enumerate(rows)]}

    def _signed(self, event: Json) -> Json:
        headers = event.get("headers", {})
        if "webhook-id" not in headers or "webhook-signature" in headers:
            return event
        now = int(self.clock.now())
        signature = webhook(SECRET, headers["webhook-id"], now, event["body"])
        return event | {"headers": headers | {"webhook-timestamp": str(now), "webhook-signature": signature}}


@contextmanager
def nursery(clock_file: Path) -> Iterator[int]:
    """The process that has loaded the functions: its port."""
    SharedClock(clock_file)
    env = {"PATH": os.environ.get("PATH", ""), "PYTHONWARNINGS": "ignore"}
    arguments = [sys.executable, "-m", "tests.witness.instance", str(clock_file)]
    with subprocess.Popen(arguments, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
