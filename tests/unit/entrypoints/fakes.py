"""A function that remembers its requests, and the events that tests send to it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from shared.bootstrap.instance import Instance
from shared.commands.changed import Changed
from shared.commands.command import Command
from shared.commands.create_user import Created
from shared.commands.result import UserRef
from shared.entrypoints.detect import handle
from shared.errors import ImAccessError
from shared.event_sources.dead_letters import DeadLetter
from shared.event_sources.standard_webhooks import sign
from shared.idempotency.request import Request
from shared.operations import OPERATIONS
from shared.secret import Secret
from tests.fakes import Done, FakeContainer

NOW = 1_790_000_000.0
KEY = "whsec_" + base64.b64encode(b"a key of exactly 32 bytes, truly").decode()
OTHER_KEY = "whsec_" + base64.b64encode(b"another key that is long enough.").decode()
NOTIFY_KEY = "whsec_" + base64.b64encode(b"the key of those who are told..!").decode()
ENV = {
    "IM_ACCESS_BUCKET": "im-access-1250000000",
    "IM_ACCESS_REGION": "ap-guangzhou",
    "IM_ACCESS_WEBHOOK_SECRETS": KEY,
    "IM_ACCESS_NOTIFY_URL": "https://receiver.example.com/hook",
    "IM_ACCESS_NOTIFY_SECRET": NOTIFY_KEY,
}
PLATFORM = ENV | {"IM_ACCESS_HTTP_AUTH": "platform"}
ALLOWED = ("QcloudAVCFullAccess", "QcloudIMReadOnlyAccess")
COMMANDS = {name: operation.command for name, operation in OPERATIONS.items()}


class FakeClock:
    """A clock that stands still."""

    def __init__(self, moment: float = NOW) -> None:
        self.moment = moment

    def now(self) -> float:
        """The moment it was set to."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.moment += seconds


def succeed(request: Request[Command]) -> Done:
    """The behaviour of the function in most tests."""
    user = UserRef(name=request.command.user, uin=100000000002)
    if request.function == "create_user":
        created = Created(user=user, policies=[], login_url=None, file="credentials/x.csv")
        return Done(request.id, created, replayed=False)
    return Done(request.id, Changed(status="granted", user=user, policies=[]), replayed=False)


class FakeFunction(FakeContainer):
    """Remembers what was performed, parked and logged."""

    def __init__(
        self,
        function: str = "grant_policy",
        env: Mapping[str, str] = ENV,
        perform: Callable[[Request[Command]], Done] = succeed,
    ) -> None:
        self.fake_clock = FakeClock()
        super().__init__(OPERATIONS[function], {}, env, Instance(), self.fake_clock)
        self.behind = perform
        self.performed: list[Request[Command]] = []
        self.parked: list[DeadLetter] = []
        self.parking_fails: BaseException | None = None
        self.lines: list[dict[str, Any]] = []
        self.left: float = float("inf")
        self.failing_since: dict[str, float] = {}
        self.lock = threading.Lock()

    def perform(self, request: Request[Command]) -> Done:
        """Remember the request and do as told; each takes one of the requests `left`."""
        with self.lock:
            self.performed.append(request)
            self.left -= 1
        return self.behind(request)

    def first_failure(self, request_key: str) -> float:
        """Remember the first one."""
        return self.failing_since.setdefault(request_key, self.fake_clock.now())

    def park(self, letter: DeadLetter) -> bool:
        """Remember the letter, or fail as told."""
        if self.parking_fails:
            raise self.parking_fails
        with self.lock:
            self.parked.append(letter)
        return True

    def out_of_time(self) -> bool:
        """Whether as many requests were done as there is time for."""
        return self.left <= 0

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401
        """Remember the line."""
        with self.lock:
            self.lines.append({"event": event, "level": level, **values})


def failing(errors: Mapping[str, Exception]) -> Callable[[Request[Command]], Done]:
    """A function that fails for these users and succeeds for all others."""

    def perform(request: Request[Command]) -> Done:
        if request.command.user in errors:
            raise errors[request.command.user]
        return succeed(request)

    return perform


def command(user: str = "alice", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """A bare command."""
    return {"user": user, "policies": ["QcloudIMReadOnlyAccess"], **fields}


def envelope(user: str = "alice", type: str = "imaccess.policy.grant", **attributes: Any) -> dict[str, Any]:  # noqa: A002, ANN401
    """A CloudEvents envelope around a command; an attribute given as None is left out."""
    whole = {"specversion": "1.0", "type": type, "source": "/hr", "id": f"for-{user}", "data": command(user)}
    return {name: value for name, value in (whole | attributes).items() if value is not None}


def http_event(body: object, headers: Mapping[str, Any] | None = None, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    """A Function URL event; a body that is no text is sent as JSON."""
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return {
        "httpMethod": "POST",
        "path": "/",
        "queryString": {},
        "headers": dict(headers or {}),
        "body": text,
    } | members


def signature_headers(body: str, message_id: str = "msg_1", at: float = NOW, key: str = KEY) -> dict[str, str]:
    """The three headers of a Standard Webhook."""
    signature = sign(Secret(key), message_id, int(at), body.encode())
    return {"webhook-id": message_id, "webhook-timestamp": str(int(at)), "webhook-signature": signature}


def signed_event(body: object, headers: Mapping[str, Any] | None = None, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    """A Function URL event that is signed properly."""
    text = body if isinstance(body, str) else json.dumps(body)
    return http_event(text, signature_headers(text) | dict(headers or {}), **members)


def send(door: FakeFunction, event: object) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, decoded body and headers of the answer."""
    answer = handle(event, {"request_id": "platform-1"}, door.operation, door)
    assert answer["isBase64Encoded"] is False
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"]


def refusal(door: FakeFunction, event: object) -> tuple[int, str]:
    """Status and code of the problem that answers the event; nothing was performed."""
    status, body, headers = send(door, event)
    assert headers["Content-Type"] == "application/problem+json"
    assert set(body) == {"type", "title", "status", "detail", "code", "request_id"}
    assert body["status"] == status
    assert not door.performed
    return status, body["code"]


def ckafka(*bodies: object, topic: str = "im-access", partition: object = 1, first: int = 0) -> dict[str, Any]:
    """A CKafka event with these messages; a body that is no text is sent as JSON."""
    return {
        "Records": [
            {
                "Ckafka": {
                    "topic": topic,
                    "partition": partition,
                    "offset": first + n,
                    "msgKey": "None",
                    "msgBody": _text(body),
                }
            }
            for n, body in enumerate(bodies)
        ]
    }


def cmq(*bodies: object, topic: str = "im-access") -> dict[str, Any]:
    """A CMQ event with these messages."""
    shared = {"type": "topic", "topicOwner": 123456, "topicName": topic, "msgTag": "a, b"}
    return {"Records": [{"CMQ": shared | {"msgId": str(n), "msgBody": _text(body)}} for n, body in enumerate(bodies)]}


def tdmq(body: object, **data: Any) -> dict[str, Any]:  # noqa: ANN401
    """A TDMQ message as EventBridge brings it."""
    inside = {"topic": "persistent://1/n/im-access", "msgId": "77", "msgBody": _text(body)} | data
    return {"specversion": "0", "id": "13a3", "type": "connector:tdmq", "source": "tdmq.cloud.tencent", "data": inside}


def event_list(*events: object) -> dict[str, Any]:
    """A batch of EventBridge."""
    return {"EventList": list(events)}


def on(function: FakeFunction, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """What the function answers."""
    return handle(event, context, function.operation, function)


def counts(door: FakeFunction, event: object) -> dict[str, int]:
    """The counters that a queue event returns; each message is in exactly one of them."""
    returned: dict[str, int] = handle(event, {"request_id": "platform-1"}, door.operation, door)
    assert list(returned) == ["received", "applied", "replayed", "ignored", "parked"]
    assert returned["received"] == sum(returned.values()) - returned["received"]
    return returned


def codes(door: FakeFunction) -> list[tuple[str, bool]]:
    """Code and `retry` of every dead letter."""
    return sorted((letter.code, letter.retry) for letter in door.parked)


def refused_as(call: Callable[[], object]) -> str:
    """The text of the error that a call ends in, or nothing where it succeeds."""
    try:
        call()
    except ImAccessError as error:
        return str(error)
    return ""


def raised(door: FakeFunction, event: object) -> Exception:
    """The exception that a queue event ends in."""
    from shared.entrypoints.queue import Redeliver

    try:
        handle(event, {}, door.operation, door)
    except (ImAccessError, Redeliver) as error:
        return error
    raise AssertionError("nothing was raised")


def _text(body: object) -> object:
    return json.dumps(body) if isinstance(body, dict) else body
