"""The fuzz targets: each takes bytes, and raises AssertionError if hostile input had an effect that it must not have.

A target is a whole function with its real settings, guard and checks; only the work behind the checks is replaced.
Input that passes the checks is compared with rules that are written here a second time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from local.policy import Ask, Document
from local.policy_syntax import PolicyError
from shared.bootstrap.container import Container
from shared.bootstrap.instance import Instance
from shared.clock import SystemClock
from shared.commands.changed import Changed
from shared.commands.command import Command, PolicyCommand
from shared.commands.create_user import CreateUser
from shared.commands.result import UserRef
from shared.commands.revoke_policy import RevokePolicy
from shared.deadline import Deadline
from shared.entrypoints.credentials_page import handle as show
from shared.entrypoints.detect import handle
from shared.entrypoints.queue import Redeliver
from shared.errors import ImAccessError, Rejected
from shared.event_sources.dead_letters import DeadLetter
from shared.event_sources.standard_webhooks import sign, verify
from shared.idempotency.request import Request
from shared.operations import OPERATIONS
from shared.policies.authorization import Authorization
from shared.ports import Policy
from shared.secret import Secret
from tests.fakes import Done, FakeContainer
from tests.system.fuzz.hr_targets import HR_TARGETS
from tests.system.fuzz.scim_targets import SCIM_TARGETS

NOW = 1_790_000_000.0
KEY = b"a key of exactly 32 bytes, truly"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
ENV = {
    "IM_ACCESS_BUCKET": "im-access-1250000000",
    "IM_ACCESS_REGION": "ap-guangzhou",
    "IM_ACCESS_WEBHOOK_SECRETS": SECRET,
    "IM_ACCESS_LOG_LEVEL": "CRITICAL",
    "IM_ACCESS_PROTECTED_USERS": "root",
}
PLATFORM = ENV | {"IM_ACCESS_HTTP_AUTH": "platform"}
BARE = ENV | {"IM_ACCESS_BARE_MESSAGES": "accept"}
ALLOWED = {"QcloudAVCFullAccess", "QcloudIMReadOnlyAccess"}
FOREIGN = ("cam:AttachUserPolicy", "cos:GetObject", "sts:AssumeRole", "trtc:X", "imx:X")
MAX = 64 * 1024


class Still(SystemClock):
    """A clock that stands still."""

    def now(self) -> float:
        """Always the same moment."""
        return NOW


class Cell(FakeContainer):
    """A function without anything behind its checks; it remembers what passed them."""

    def __init__(self, function: str, env: dict[str, str]) -> None:
        super().__init__(OPERATIONS[function], {"time_limit_in_ms": 30_000}, env, Instance(), Still())
        self.through: list[Command] = []
        self.letters: list[DeadLetter] = []

    def handle(self, event: Any) -> dict[str, Any]:  # noqa: ANN401 - an event of any shape
        """What the function answers."""
        return handle(event, {}, self.operation, self)

    def perform(self, request: Request[Command]) -> Done:
        """Whatever comes here must be in order."""
        check(request)
        self.through.append(request.command)
        return Done(request.id, Changed(status="unchanged", user=UserRef(name="x", uin=None), policies=[]), False)

    def park(self, letter: DeadLetter) -> bool:
        """A dead letter must be JSON and its reason one line of ASCII."""
        json.dumps([letter.identity, letter.message])
        assert letter.reason.isascii()
        assert letter.reason.isprintable()
        self.letters.append(letter)
        return True


def check(request: Request[Command]) -> None:
    """The rules of a command, once more."""
    command = request.command
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}", command.user, re.ASCII), "a name"
    assert "\n" not in command.user
    assert command.user.lower() != "root", "a protected user"
    assert isinstance(command, PolicyCommand)
    # What may be taken away is for the ledger to say, which the function asks later.
    assert isinstance(command, RevokePolicy) or set(command.policies) <= ALLOWED
    assert 1 <= len(command.policies) == len(set(command.policies))
    if isinstance(command, CreateUser):
        texts = [text for text in (command.remark, command.email, command.phone, command.country_code) if text]
        assert all(text.isprintable() and len(text) <= 100 for text in texts)
    assert request.identity
    assert re.fullmatch("[0-9a-f]{64}", request.key), "it becomes an object key"


def answered(cell: Cell, event: dict[str, Any], *statuses: int) -> int:
    """The status of the answer, which is one of these; only a 200 got through."""
    answer = cell.handle(event)
    status = answer["statusCode"]
    assert status in statuses, answer
    assert (status in (200, 201)) is bool(cell.through)
    assert not any(character in str(value) for value in answer["headers"].values() for character in "\r\n")
    json.loads(answer["body"])
    assert isinstance(status, int)
    return status


def post(body: str, headers: object, *, encoded: bool = False) -> dict[str, Any]:
    """A Function URL event."""
    return {"httpMethod": "POST", "path": "/", "headers": headers, "body": body, "isBase64Encoded": encoded}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _json(data: bytes) -> object:
    try:
        return json.loads(_text(data))
    except (ValueError, RecursionError):
        return _text(data)


def unsigned(data: bytes) -> None:
    """A body without a valid signature, whatever it is: 401, or 413 for its size."""
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW)), "webhook-signature": "v1," + "A" * 43 + "="}
    answered(Cell("grant_policy", ENV), post(_text(data), headers), 401, 413)
    answered(Cell("grant_policy", ENV), post(base64.b64encode(data).decode(), headers, encoded=True), 401, 413)


def signed(data: bytes) -> None:
    """A body from somebody who may sign."""
    signature = sign(Secret(SECRET), "msg_1", int(NOW), data)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW)), "webhook-signature": signature}
    event = post(base64.b64encode(data).decode(), headers, encoded=True)
    for function in ("create_user", "revoke_policy"):
        answered(Cell(function, ENV), event, 200, 201, 400, 403, 413)


def headers(data: bytes) -> None:
    """Headers of any kind, before a body that would do: nobody signs by accident, and a platform's caller is named."""
    body = '{"user": "alice", "policies": ["QcloudIMReadOnlyAccess"]}'
    given = _json(data)
    answered(Cell("grant_policy", ENV), post(body, given), 401)
    answered(Cell("grant_policy", PLATFORM), post(body, given), 200, 400, 403)


def event(data: bytes) -> None:
    """An event of any shape: an answer, counters, or one of our own exceptions."""
    cell = Cell("grant_policy", PLATFORM)
    try:
        returned = cell.handle(_json(data))
    except (Redeliver, ImAccessError) as error:
        returned = {"raised": len(str(error))} if str(error).isascii() and str(error).isprintable() else {"raised": ""}
    if "statusCode" in returned:
        assert returned["statusCode"] in (200, 400, 403, 405, 413)
    else:
        assert all(isinstance(value, int) for value in returned.values())


def queue(data: bytes) -> None:
    """A message: done, ignored or parked, and never in the way of the one behind it."""
    good = '{"user": "bob", "policies": ["QcloudIMReadOnlyAccess"]}'
    shared = {"topic": "t", "partition": 0, "msgKey": "None"}
    records = [{"Ckafka": {**shared, "offset": n, "msgBody": body}} for n, body in enumerate((_text(data), good))]
    cell = Cell("grant_policy", BARE)
    counted = cell.handle({"Records": records})
    assert counted["received"] == 2
    assert counted["applied"] + counted["ignored"] + counted["parked"] == 2
    assert len(cell.letters) == counted["parked"]
    assert cell.through
    assert cell.through[-1].user == "bob" or len(cell.through) == 2


def signature(data: bytes) -> None:
    """Three headers and a body, split from the input: exactly that verifies which is signed, by a second opinion."""
    parts = (data.split(b"\x00", 3) + [b""] * 4)[:4]
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    given = {name: part.decode("utf-8", "surrogateescape") for name, part in zip(names, parts, strict=False)}
    try:
        verified = verify(parts[3], given, [Secret(SECRET)], NOW) == given["webhook-id"]
    except Rejected as error:
        assert error.code == "unauthorized"  # noqa: PT017 - there may be none
        verified = False
    assert verified is _genuine(*parts)


class EmptyBucket:
    """A bucket without any credentials: only links are looked for in it, and a token only gets there as its hash."""

    base = "https://im-access-1250000000.cos.ap-guangzhou.myqcloud.com"

    def get(self, key: str) -> None:
        """Nothing is found."""
        assert re.fullmatch(r"claims/[0-9a-f]{64}\.json", key), key

    def below(self, prefix: str, *, limit: int = 1000) -> list[Any]:
        """No earlier attempts."""
        assert (prefix, limit) == ("housekeeping/", 1000)
        return []


class Page(Container):
    """The credentials page over an empty bucket."""

    def __init__(self) -> None:
        super().__init__("claim_credentials", {"time_limit_in_ms": 30_000}, ENV, Instance(), Still())

    def store(self, deadline: Deadline) -> Any:  # noqa: ARG002, ANN401 - as the original
        """The empty bucket."""
        return EmptyBucket()

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """A line must be JSON."""
        json.dumps([event, level, values])


def page(data: bytes) -> None:
    """A visit to the credentials page: a page that runs nothing, and no claim."""
    given = _json(data)
    visit = {"httpMethod": "GET", **(given if isinstance(given, dict) else {"path": given})}
    if visit.keys() & {"Records", "EventList", "specversion", "Type"}:
        return
    answer = show(visit, Page())
    assert answer["statusCode"] in (404, 405), answer
    assert "script" not in answer["body"].lower()
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert not any(character in str(value) for value in answer["headers"].values() for character in "\r\n")


def _genuine(message_id: bytes, timestamp: bytes, signatures: bytes, body: bytes) -> bool:
    digest = hmac.new(KEY, b".".join((message_id, timestamp, body)), hashlib.sha256).digest()
    fresh = re.fullmatch(rb"[0-9]{1,12}", timestamp) and abs(int(timestamp) - NOW) <= 300
    return bool(message_id and fresh and b"v1," + base64.b64encode(digest) in signatures.split(b" "))


def document(data: bytes) -> None:
    """A custom policy's document: what the guard accepts allows nothing foreign, by the local cloud's evaluator."""
    text = _text(data)
    try:
        Authorization(allowed=("p",)).approve(Policy(7, "p", False, text))
        compiled = Document.parse(text, strict=False)
    except (Rejected, PolicyError):
        return
    assert not [action for action in FOREIGN if compiled.allows(Ask(action))]


TARGETS: dict[str, Callable[[bytes], None]] = (
    {target.__name__: target for target in (unsigned, signed, headers, event, queue, page, signature, document)}
    | HR_TARGETS
    | SCIM_TARGETS
)
