"""The demo's own cloud and the clients to reach it: HTTP, Kafka, Tencent's SDK, and the receiver of notifications."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from confluent_kafka import KafkaError, Message, Producer
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from local.scf.ckafka import Delivery
from local.stack import LocalStack

PATIENCE = 20.0
"""Seconds that anything may take before the demo gives up on it."""
A_MINUTE = 61.0
"""Seconds after which no function waits for CAM to show what an event before it has made."""
VERSIONS = {"cam": "2019-01-16", "sts": "2018-08-13"}

T = TypeVar("T")
Reply = tuple[int, Mapping[str, str], bytes]


class World:
    """The whole local cloud on free ports of loopback, while its `with` block runs. The functions come from the
    checkout or from a package.
    """

    def __init__(self, package: Path | None = None) -> None:
        self.stack = LocalStack(0, package=package)
        self.receiver = self.stack.receiver
        self._direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self) -> "World":
        self.stack.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.stop()

    def post(self, function: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """POST to a function; its status and its answer."""
        url, sent = f"{self.stack.url}/{function}", {"content-type": "application/json", **headers}
        status, _, answer = self._open(urllib.request.Request(url, body, sent))  # noqa: S310 - our own gateway
        return status, json.loads(answer)

    def fetch(self, link: str) -> Reply:
        """Follow a link, as a browser would."""
        return self._open(urllib.request.Request(link))  # noqa: S310 - our own cloud

    def _open(self, request: urllib.request.Request) -> Reply:
        try:
            with self._direct.open(request, timeout=PATIENCE) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def produce(self, event: Mapping[str, Any], key: str) -> tuple[int, int]:
        """Write an event to the topic with a Kafka client of its own; its partition and offset."""
        facts, placed = self.stack.info(), list[tuple[int, int]]()

        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is None:
                placed.append((message.partition() or 0, message.offset() or 0))

        producer = Producer({"bootstrap.servers": facts["kafka"], "log_level": 2})
        producer.produce(facts["topic"], json.dumps(event), key, on_delivery=delivered)
        producer.flush(PATIENCE)
        if not placed:
            raise TimeoutError("Kafka did not take the message")
        return placed[0]

    def delivered(self, partition: int, offset: int) -> dict[str, Delivery]:
        """Each function's answer to a message, once every function has taken it. Raises TimeoutError."""

        def find() -> dict[str, Delivery]:
            rows = [row for row in self.stack.deliveries if row.partition == partition and offset in row.offsets]
            return {row.function: row for row in rows if row.result.ok}

        return self.wait(find, lambda found: len(found) == len(self.stack.triggers))

    @staticmethod
    def wait(look: Callable[[], T], good: Callable[[T], object]) -> T:
        """Call `look` again and again until `good` accepts what it returns. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE
        while True:
            seen = look()
            if good(seen):
                return seen
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {PATIENCE:g} seconds")
            time.sleep(0.05)

    def api(self, service: str, action: str, params: Mapping[str, Any], keys: tuple[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Make a call with Tencent's own SDK, by the main account unless other keys are given; returns its
        `Response`.
        """
        facts = self.stack.info()
        secret_id, secret_key = keys or (facts["secret_id"], facts["secret_key"])
        http = HttpProfile(protocol="http", endpoint=facts["api"].removeprefix("http://"))
        client = CommonClient(
            service,
            VERSIONS[service],
            Credential(secret_id, secret_key),
            facts["region"],
            ClientProfile(httpProfile=http),
        )
        return client.call_json(action, dict(params))["Response"]

    def uin(self, user: str) -> int | None:
        """A sub-user's UIN as CAM tells it, or None."""
        try:
            return int(self.api("cam", "GetUser", {"Name": user})["Uin"])
        except TencentCloudSDKException as error:
            if "UserNotExist" in error.get_code():
                return None
            raise

    def policies(self, user: str) -> list[str]:
        """The policies that CAM shows for a sub-user, sorted."""
        uin = self.uin(user)
        if uin is None:
            return []
        rows = self.api("cam", "ListAttachedUserPolicies", {"TargetUin": uin, "Page": 1, "Rp": 200})["List"]
        return sorted(row["PolicyName"] for row in rows)
