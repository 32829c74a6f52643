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

from local import function_settings
from local.cloud import LocalCloud
from local.deployment import Deployment
from local.gateway import Gateway
from local.hr.systems import HrSystems
from local.kafka import Kafka
from local.mailbox import Mailbox
from local.ports import require_free
from local.receiver import Receiver
from local.scf import InvokeResult, LogSink, Role, timer
from local.scf.ckafka import Delivery, TriggerSettings
from local.scf.client import HttpReply, post, sign
from local.scf.cos_trigger import RetrySettings
from local.scf.function import discard
from local.triggers import Triggers


class LocalStack:
    """Everything on loopback, in this process, with one process a function instance.

    Ports are `base_port` (gateway), +1 (CAM and STS), +2 (COS); with 0 the system chooses all three. Functions come
    from `functions_root` (a checkout's `functions/`, with the repository importable) or from `package`, the deployable
    package (the zip, or a folder of the same), which then sees nothing of what is installed here. `env` holds their
    settings (`IM_ACCESS_*`), `role` gives a function's credentials (by default fresh ones of a role of its name), `log`
    gets every log line. `cos_triggers` binds functions to the objects below a prefix.

    Notifications go to `receiver` unless `env` says otherwise; `mailbox` takes mail. `scim_token` is a SCIM client's,
    unless `env` has tokens of its own.
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
        self._env = dict(env or {})
        self._running = contextlib.ExitStack()
        self._generated = function_settings.webhook_secret()
        self.scim_token = function_settings.scim_token()
        self.receiver = Receiver(function_settings.webhook_secret())
        self.mailbox = Mailbox()
        self.hr = HrSystems()
        self.cloud = LocalCloud(api_port=self._ports[1], cos_port=self._ports[2])
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
        """Where the gateway answers."""
        return self.gateway.url

    @property
    def environment(self) -> dict[str, str]:
        """The settings that every function gets: this cloud's endpoints, and `env` on top."""
        return {
            **function_settings.whereabouts(self.cloud),
            "IM_ACCESS_WEBHOOK_SECRETS": self._generated,
            **function_settings.notifications(self.receiver, self._env),
            **function_settings.extras(self.mailbox, self.scim_token, self.gateway.url if self.gateway.port else ""),
            **self.hr.settings(),
            **self._page,
            **self._env,
        }

    @property
    def _page(self) -> dict[str, str]:
        if self._env.get("IM_ACCESS_DELIVERY", "").strip().lower() != "claim":
            return {}
        return {"IM_ACCESS_CLAIM_URL": f"{self.gateway.url}/claim_credentials"}

    @property
    def webhook_secret(self) -> str:
        """The secret that a caller signs with: the first one in the settings, without its caller's name."""
        secrets = self._env.get("IM_ACCESS_WEBHOOK_SECRETS", self._generated)
        first = next(iter(secrets.split()), "")
        return first[first.find("whsec_") :] if "whsec_" in first else first

    def info(self) -> dict[str, Any]:
        """What `GET /` of the gateway answers: where everything is, and the main account's keys."""
        told = function_settings.notifications(self.receiver, self._env)
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
            "scim_token": "" if "IM_ACCESS_SCIM_TOKENS" in self._env else self.scim_token,
            "hr_systems": self.hr.url,
            "mailbox": f"{self.gateway.url}/mailbox",
            "notifications": f"{self.gateway.url}/notifications",
            "notify_url": told.get("IM_ACCESS_NOTIFY_URL", ""),
            "notify_secret": told.get("IM_ACCESS_NOTIFY_SECRET", ""),
        }

    def invoke(self, function: str, event: object, time_limit_ms: int | None = None) -> InvokeResult:
        """Run one function with an event of any shape."""
        return self.functions[function].invoke(event, time_limit_ms)

    def fire(self, function: str) -> InvokeResult:
        """Run one function as its timer would, once: a failure is not tried again."""
        return self.invoke(function, timer.event(function, self.cloud.clock.now()))

    def post(
        self, path: str, command: object, identity: str | None = None, headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        """POST a command (anything JSON, or the bytes themselves) to the gateway, signed as a webhook."""
        body = command if isinstance(command, bytes) else json.dumps(command).encode()
        signed = sign(self.webhook_secret, body, identity)
        return post(self.url + path, body, {"content-type": "application/json", **signed, **(headers or {})})

    def configure(self, env: Mapping[str, str]) -> None:
        """Change settings of every function; as on SCF, their instances start anew."""
        self._env.update(env)
        self._deployment.configure(self.environment)

    def settle(self, timeout: float = 30) -> None:
        """Wait until every message in Kafka now, and every object's event, is delivered. Raises `TimeoutError`."""
        if not self._triggers.settle(timeout):
            raise TimeoutError(f"not delivered within {timeout:g} seconds")

    @property
    def deliveries(self) -> list[Delivery]:
        """The last batches that the topic's triggers delivered, attempt by attempt."""
        return self._triggers.deliveries

    def start(self) -> None:
        """Start everything; returns when all of it answers.

        Raises `PortInUseError`, `PackageError`, and `EnvironmentTooLargeError` when the settings are more than the 4 KB
        that SCF takes.
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
            # The last to listen: whoever is answered by it finds everything else there.
            self._open(self.gateway.start, self.gateway.stop, starting)
            # Only now is it known on which port people reach the page, and clients SCIM.
            self.configure({})
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Stop everything: nothing new begins, running invocations are killed, every process and port is given back."""
        self._triggers.halt()
        self._deployment.stop()
        self._running.close()

    @staticmethod
    def _open(start: Callable[[], None], stop: Callable[[], None], stack: contextlib.ExitStack) -> None:
        stack.callback(stop)
        start()
