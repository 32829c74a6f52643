"""The whole local cloud in one object: CAM, STS and COS, Kafka, the functions and their triggers.

with LocalStack() as stack:
    stack.invoke("create_user", {"httpMethod": "POST", ...})
    requests.post(f"{stack.url}/create_user", ...)
"""

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from local.cloud import LocalCloud
from local.deployment import Deployment
from local.function_settings import FunctionSettings, webhook_secret
from local.gateway import Gateway
from local.hr.systems import HrSystems
from local.kafka import Kafka
from local.mailbox import Mailbox
from local.ports import require_free
from local.receiver import Receiver
from local.scf import InvokeResult, LogSink, Role, timer
from local.scf.ckafka import Delivery
from local.scf.ckafka_queue import TriggerSettings
from local.scf.client import HttpReply, post, sign
from local.scf.cos_trigger import RetrySettings
from local.scf.function import discard
from local.triggers import Triggers


class LocalStack:
    """The whole local cloud on loopback, in this process; each function instance is a process of its own.

    The ports are `base_port` (gateway), +1 (CAM and STS) and +2 (COS); with 0 the system chooses all three. Functions
    come from `functions_root` (a checkout's `functions/`, with the repository importable) or from `package`, the
    deployable package (the zip, or a folder with the same files), which cannot import anything installed here. `env`
    has their settings (`IM_ACCESS_*`), `role` returns a function's credentials (by default new ones of a role of its
    name), `log` gets every log line. `cos_triggers` binds functions to the objects below a prefix.

    Notifications go to `receiver` unless `env` names another one; `mailbox` receives mail. A SCIM client uses
    `scim_token`, unless `env` has tokens of its own.
    """

    def __init__(
        self,
        base_port: int = 8080,
        functions_root: Path | None = None,
        package: Path | None = None,
        env: Mapping[str, str] | None = None,
        log: LogSink = discard,
        warn: Callable[[str], None] = print,
        trigger: TriggerSettings | None = None,
        role: Callable[[str], Role] | None = None,
        cos_triggers: Mapping[str, str] | None = None,
        retry: RetrySettings | None = None,
    ) -> None:
        self._ports = (base_port, base_port + 1, base_port + 2) if base_port else (0, 0, 0)
        self._running = contextlib.ExitStack()
        self.receiver = Receiver(webhook_secret())
        self.mailbox = Mailbox()
        self.hr = HrSystems()
        self.cloud = LocalCloud(api_port=self._ports[1], cos_port=self._ports[2])
        self._settings = FunctionSettings(env or {}, self.cloud, self.receiver, self.mailbox, self.hr)
        self.kafka = Kafka()
        self._deployment = Deployment(self.cloud, functions_root, package, log, warn, role)
        self.functions = self._deployment.functions
        self._triggers = Triggers(self.kafka, trigger, cos_triggers, retry, warn)
        self.triggers, self.cos_triggers = self._triggers.topic, self._triggers.objects
        views = {"mailbox": self.mailbox.shown, "notifications": lambda: self.receiver.events}
        self.gateway = Gateway(self.functions, self.info, self._ports[0], views=views, clock=self.cloud.clock.now)

    def __enter__(self) -> "LocalStack":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The gateway's address."""
        return self.gateway.url

    @property
    def environment(self) -> dict[str, str]:
        """The settings that every function gets: this cloud's endpoints, overridden by `env`."""
        return self._settings.environment(self.gateway.url if self.gateway.port else "")

    @property
    def scim_token(self) -> str:
        """The token of a SCIM client, unless `env` has tokens of its own."""
        return self._settings.scim_token

    @property
    def webhook_secret(self) -> str:
        """The secret with which callers sign."""
        return self._settings.webhook_secret

    def info(self) -> dict[str, Any]:
        """The answer to `GET /` of the gateway: all addresses, and the main account's keys."""
        notifications = self._settings.notifications
        return {
            "gateway": self.gateway.url,
            "api": self.cloud.api_url,
            "cos": self.cloud.cos_url,
            "kafka": self.kafka.bootstrap,
            "topic": self.kafka.topic,
            "bucket": self.cloud.bucket,
            "region": self.cloud.region,
            "owner_uin": self.cloud.owner_uin,
            "webhook_secret": self.webhook_secret,
            "secret_id": self.cloud.root.secret_id,
            "secret_key": self.cloud.root.secret_key,
            "scim_token": "" if "IM_ACCESS_SCIM_TOKENS" in self._settings.env else self.scim_token,
            "hr_systems": self.hr.url,
            "mailbox": f"{self.gateway.url}/mailbox",
            "notifications": f"{self.gateway.url}/notifications",
            "notify_url": notifications.get("IM_ACCESS_NOTIFY_URL", ""),
            "notify_secret": notifications.get("IM_ACCESS_NOTIFY_SECRET", ""),
        }

    def invoke(self, function: str, event: object, time_limit_ms: int | None = None) -> InvokeResult:
        """Run one function with an event of any shape."""
        return self.functions[function].invoke(event, time_limit_ms)

    def fire(self, function: str) -> InvokeResult:
        """Run one function once, as its timer does; a failure is not tried again."""
        return self.invoke(function, timer.event(function, self.cloud.clock.now()))

    def post(
        self, path: str, command: object, identity: str | None = None, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        """POST a command (any JSON value, or bytes) to the gateway, signed as a webhook."""
        body = command if isinstance(command, bytes) else json.dumps(command).encode()
        signed = sign(self.webhook_secret, body, identity)
        return post(self.url + path, body, {"content-type": "application/json", **signed, **(headers or {})})

    def configure(self, env: Mapping[str, str]) -> None:
        """Change settings of every function; as on SCF, new instances are started."""
        self._settings.env.update(env)
        self._deployment.configure(self.environment)

    def settle(self, timeout: float = 30) -> None:
        """Wait until all messages that are in Kafka now and the events of all objects are delivered. Raises
        `TimeoutError`.
        """
        if not self._triggers.settle(timeout):
            raise TimeoutError(f"not delivered within {timeout:g} seconds")

    @property
    def deliveries(self) -> list[Delivery]:
        """The last batches that the topic's triggers delivered, attempt by attempt."""
        return self._triggers.deliveries

    def start(self) -> None:
        """Start everything; returns when all servers answer.

        Raises `PortInUseError`, `PackageError`, and `EnvironmentTooLargeError` if the settings are larger than the 4 KB
        that SCF accepts.
        """
        for port in filter(None, self._ports):
            require_free(port)
        with contextlib.ExitStack() as starting:
            self._open(self.cloud.start, self.cloud.stop, starting)
            self._open(self.receiver.start, self.receiver.stop, starting)
            self._open(self.mailbox.start, self.mailbox.stop, starting)
            self._open(self.hr.start, self.hr.stop, starting)
            self._deployment.start(self.environment, starting)
            self._open(self.kafka.start, self.kafka.stop, starting)
            self._triggers.start(self.functions, self.cloud, starting)
            # The gateway listens last: when it answers, everything else runs already.
            self._open(self.gateway.start, self.gateway.stop, starting)
            # Only now the gateway's port is known, which the addresses of the page and of SCIM contain.
            self.configure({})
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Stop everything: nothing new begins, running invocations are killed, and all processes and ports are
        released.
        """
        self._triggers.halt()
        self._deployment.stop()
        self._running.close()

    @staticmethod
    def _open(start: Callable[[], None], stop: Callable[[], None], stack: contextlib.ExitStack) -> None:
        stack.callback(stop)
        start()
