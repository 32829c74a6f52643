"""The whole local cloud in one object: CAM, STS and COS, Kafka, the functions and their triggers.

with LocalStack() as stack:
    stack.invoke("create_user", {"httpMethod": "POST", ...})
    requests.post(f"{stack.url}/create_user", ...)
"""

import base64
import contextlib
import json
import secrets
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from local import roles
from local.cloud import LocalCloud
from local.gateway import Gateway
from local.kafka import Kafka, Reader, Record
from local.scf import Function, InvokeResult, LogSink, Role, Spec, discover
from local.scf.ckafka import Delivery, Trigger, TriggerSettings
from local.scf.client import HttpReply, post, sign
from local.scf.function import discard
from local.scf.package import Deployed, deployed

NOT_FED_BY_TOPIC = ("claim_credentials", "sweep")
"""Functions that the topic does not feed: one is for people, one for a timer."""
REPOSITORY = Path(__file__).resolve().parent.parent


class PortInUseError(Exception):
    """A port that the local cloud needs is taken by another process."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is in use")
        self.port = port


def require_free(port: int) -> None:
    """Raise `PortInUseError` unless the port is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortInUseError(port) from None


def webhook_secret() -> str:
    """A new secret for Standard Webhooks: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class LocalStack:
    """Everything on loopback, in this process, with one process a function instance.

    Ports are `base_port` (gateway), +1 (CAM and STS), +2 (COS); with 0 the system chooses all three. Functions come
    from `functions_root` (a checkout's `functions/`, with the repository importable) or from `package`, the deployable
    package (the zip, or a folder of the same), which then sees nothing of what is installed here. `env` holds their
    settings (`IM_ACCESS_*`), `role` gives a function's credentials (by default fresh ones of a role of its name), `log`
    gets every log line.
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
    ) -> None:
        self._ports = (base_port, base_port + 1, base_port + 2) if base_port else (0, 0, 0)
        self._root, self._package = functions_root or REPOSITORY / "functions", package
        self._env, self._log, self._warn, self._trigger = dict(env or {}), log, warn, trigger
        self._role = role or self._fresh_role
        self._running = contextlib.ExitStack()
        self._generated = webhook_secret()
        self.cloud = LocalCloud(api_port=self._ports[1], cos_port=self._ports[2])
        self.kafka = Kafka()
        self._code: Deployed | None = None
        self.functions: dict[str, Function] = {}
        self.triggers: dict[str, Trigger] = {}
        self.gateway = Gateway(self.functions, self.info, self._ports[0])

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
            "IM_ACCESS_BUCKET": self.cloud.bucket,
            "IM_ACCESS_REGION": self.cloud.region,
            "IM_ACCESS_API_ENDPOINT": self.cloud.api_url,
            "IM_ACCESS_COS_ENDPOINT": self.cloud.cos_url,
            "IM_ACCESS_WEBHOOK_SECRETS": self._generated,
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
        first = next(iter(self.environment["IM_ACCESS_WEBHOOK_SECRETS"].split()), "")
        return first[max(first.find("whsec_"), 0) :]

    def info(self) -> dict[str, Any]:
        """What `GET /` of the gateway answers: where everything is, and the main account's keys."""
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
        }

    def invoke(self, function: str, event: object, time_limit_ms: int | None = None) -> InvokeResult:
        """Run one function with an event of any shape."""
        return self.functions[function].invoke(event, time_limit_ms)

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
        for function in self.functions.values():
            function.configure(self.environment)

    def settle(self, timeout: float = 30) -> None:
        """Wait until every message in Kafka now is delivered to every function. Raises `TimeoutError`."""
        ends = self.kafka.ends()
        if not all(trigger.settle(ends, timeout) for trigger in self.triggers.values()):
            raise TimeoutError(f"not delivered within {timeout:g} seconds")

    @property
    def deliveries(self) -> list[Delivery]:
        """The last batches that the triggers delivered, attempt by attempt."""
        return [delivery for trigger in self.triggers.values() for delivery in trigger.history]

    def start(self) -> None:
        """Start everything; returns when all of it answers.

        Raises `PortInUseError`, `PackageError`, and `EnvironmentTooLargeError` when the settings are more than the 4 KB
        that SCF takes.
        """
        for port in filter(None, self._ports):
            require_free(port)
        with contextlib.ExitStack() as starting:
            if self._package:
                self._code = starting.enter_context(deployed(self._package))
                if self._code.remark:
                    self._warn(self._code.remark)
            self._open(self.cloud.start, self.cloud.stop, starting)
            self._open(self._deploy, self._undeploy, starting)
            self._open(self.kafka.start, self.kafka.stop, starting)
            self._feed(starting)
            # The last to listen: whoever is answered by it finds everything else there.
            self._open(self.gateway.start, self.gateway.stop, starting)
            if self._page:
                # Only now is it known on which port people reach the page.
                self.configure({})
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Stop everything: nothing new begins, running invocations are killed, every process and port is given back."""
        for trigger in self.triggers.values():
            trigger.halt()
        for function in self.functions.values():
            function.stop()
        self._running.close()

    @staticmethod
    def _open(start: Callable[[], None], stop: Callable[[], None], stack: contextlib.ExitStack) -> None:
        stack.callback(stop)
        start()

    def _deploy(self) -> None:
        for name in discover.functions(self._code.root if self._code else self._root):
            spec = self._spec(name)
            self.functions[name] = Function(spec, lambda name=name: self._role(name), self._log)  # type: ignore[misc]

    def _spec(self, name: str) -> Spec:
        spec = Spec(
            name=name,
            roots=(self._root, REPOSITORY),
            environment=self.environment,
            region=self.cloud.region,
            appid=self.cloud.appid,
            uin=self.cloud.owner_uin,
        )
        return self._code.run(spec) if self._code else spec

    def _undeploy(self) -> None:
        for function in self.functions.values():
            function.stop()

    def _feed(self, starting: contextlib.ExitStack) -> None:
        for name, function in self.functions.items():
            if name in NOT_FED_BY_TOPIC:
                continue
            trigger = Trigger(name, function.invoke, self.kafka.partitions, self._trigger, self._warn)
            self.triggers[name] = trigger
            starting.callback(trigger.join)
            starting.callback(trigger.halt)
            trigger.start()
        reader = Reader(self.kafka, self._take)
        starting.callback(reader.stop)
        reader.start()

    def _take(self, record: Record) -> None:
        for trigger in self.triggers.values():
            trigger.put(record)

    def _fresh_role(self, function: str) -> Role:
        policy = roles.document(function, self.cloud.region, self.cloud.bucket)
        return self.cloud.role_credentials(role=function, policy=policy)
