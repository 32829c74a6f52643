"""Fuzz targets for events of HR systems: an unverified event leaves nothing, a verified one is read, kept or ignored.

Each target sends its bytes twice: unsigned, and signed and encrypted like the system itself.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from local.hr.bamboohr import BambooHr
from local.hr.dingtalk import DingTalk
from local.hr.feishu import Feishu
from local.hr.records import Push
from local.hr.systems import System
from local.hr.wecom import WeCom
from shared.bootstrap.container import Container
from shared.bootstrap.instance import Instance
from shared.clock import SystemClock
from shared.deadline import Deadline
from shared.entrypoints.hr.detect import handle
from shared.errors import ImAccessError
from shared.event_sources.dead_letters import DeadLetter
from shared.event_sources.hr.split_event import parts
from shared.event_sources.standard_webhooks import sign
from shared.hr_settings import HrSettings
from shared.hr_systems.event_reader import HrEventReader
from shared.hr_systems.tokens import Tokens
from shared.people.inbox import Item
from shared.people.person import Person
from shared.secret import Secret
from shared.tencent.http import Http

NOW = 1_790_000_000.0
SECRET = "whsec_" + base64.b64encode(b"a key of exactly 32 bytes, truly").decode()
SYSTEMS: dict[str, System] = {one.name: one for one in (Feishu(), WeCom(), DingTalk(), BambooHr())}
HEADERS = ("x-lark-signature", "x-lark-request-timestamp", "x-lark-request-nonce", "x-bamboohr-signature")
LOOKED_UP = ("SECRET", "API_KEY")
ENV = {
    "IM_ACCESS_BUCKET": "im-access-1250000000",
    "IM_ACCESS_REGION": "ap-guangzhou",
    "IM_ACCESS_WEBHOOK_SECRETS": SECRET,
    "IM_ACCESS_LOG_LEVEL": "CRITICAL",
} | {
    name: value
    for system in SYSTEMS.values()
    for name, value in system.settings("http://127.0.0.1:9").items()
    if not name.endswith(LOOKED_UP)
}
"""The systems are connected, and nothing can be looked up."""


WARM = Instance()
"""What the process keeps, as on the platform: an input has none of its own."""


class Still(SystemClock):
    """A clock that stands still."""

    def now(self) -> float:
        """Always the same moment."""
        return NOW


class Kept:
    """A store that only accepts objects."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def create(self, key: str, body: bytes) -> bool:
        """Take an object of the inbox."""
        assert key.startswith("inbox/")
        assert key.isascii()
        self.bodies.append(body)
        return True


class Cell(Container):
    """The function without anything behind it."""

    def __init__(self) -> None:
        super().__init__("hr_events", {"time_limit_in_ms": 30_000}, ENV, WARM, Still())
        self.kept = Kept()
        self.letters: list[DeadLetter] = []

    def store(self, deadline: Deadline) -> Any:  # noqa: ARG002, ANN401 - as the original
        """What only takes."""
        return self.kept

    def park(self, letter: DeadLetter) -> bool:
        """A dead letter must be JSON, and hold no token."""
        dumped = letter.dump().decode()
        assert not [value for name, value in ENV.items() if name.endswith(("TOKEN", "_KEY")) and value in dumped]
        self.letters.append(letter)
        return True


def sent(source: str, push: Push, method: str = "POST") -> tuple[int, Cell]:
    """The status of the answer, and what is left."""
    headers = {name.lower(): value for name, value in push.headers.items()}
    event: dict[str, Any] = {"httpMethod": method, "path": f"/{source}", "headers": headers, "queryString": push.query}
    cell = Cell()
    event |= {"body": base64.b64encode(push.body).decode(), "isBase64Encoded": True}
    answer = handle(event, {}, cell)
    assert not any(mark in str(value) for value in answer["headers"].values() for mark in "\r\n")
    return int(answer["statusCode"]), cell


def from_nobody(source: str, data: bytes) -> None:
    """Send it unverified: the answer is 401 or 413 and nothing is left, also after a check of the address."""
    headers, text = {"content-type": "application/json"}, data.decode("latin-1")
    signed = dict.fromkeys((*HEADERS, "x-bamboohr-timestamp", "webhook-id"), text)
    for method, push in (
        ("POST", Push(data, headers, {"echostr": "x", "nonce": "1"})),
        ("POST", Push(data, headers | signed, {"msg_signature": text, "signature": text, "timestamp": text})),
        ("GET", Push(b"", headers, {"echostr": text, "msg_signature": text, "timestamp": text, "nonce": text})),
    ):
        status, cell = sent(source, push, method)
        assert status in (401, 413, 405), status
        assert (cell.kept.bodies, cell.letters) == ([], [])


def from_the_system(source: str, push: Push, *statuses: int) -> None:
    """Send it verified: an event, a dead letter or nothing is left; the event can be read, or is refused with our own
    error.
    """
    status, cell = sent(source, push)
    assert status in statuses, status
    assert len(cell.kept.bodies) + len(cell.letters) <= (1 if status == 200 else 0)
    for body in cell.kept.bodies:
        item = Item.load(body)
        for part in parts(item.event):
            read(Item(part, item.received))


def read(item: Item) -> None:
    """What an event tells fits the common form, or it is refused."""
    deadline = Deadline(Still(), NOW + 30)
    try:
        told = HrEventReader(HrSettings(ENV), Http(), Tokens(), deadline).read(item.event, item.received)
    except ImAccessError as error:
        assert error.detail.isascii()  # noqa: PT017 - there may be none
        return
    if told is not None:
        assert told.time <= NOW
        Person.parse({"status": "active", **told.person.model_dump(exclude_unset=True)})


def hr_feishu(data: bytes) -> None:
    """Feishu: a decrypted body."""
    from_nobody("feishu", data)
    app = SYSTEMS["feishu"]
    assert isinstance(app, Feishu)
    text = data.replace(b"vtoken", app.verification_token.encode())
    from_the_system("feishu", app.encrypted(text), 200, 401, 413)


def hr_wecom(data: bytes) -> None:
    """WeCom: a decrypted document."""
    from_nobody("wecom", data)
    app = SYSTEMS["wecom"]
    assert isinstance(app, WeCom)
    from_the_system("wecom", app.push(data), 200, 413)


def hr_dingtalk(data: bytes) -> None:
    """DingTalk: a decrypted body."""
    from_nobody("dingtalk", data)
    app = SYSTEMS["dingtalk"]
    assert isinstance(app, DingTalk)
    from_the_system("dingtalk", app.encrypted(data), 200, 413)


def hr_bamboohr(data: bytes) -> None:
    """BambooHR: a body."""
    from_nobody("bamboohr", data)
    app = SYSTEMS["bamboohr"]
    assert isinstance(app, BambooHr)
    from_the_system("bamboohr", app.push(data), 200, 413)


def hr_person(data: bytes) -> None:
    """The common form: a body."""
    from_nobody("person", data)
    signature = sign(Secret(SECRET), "msg_1", int(NOW), data)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW)), "webhook-signature": signature}
    from_the_system("person", Push(data, headers), 200, 400, 413)


HR_TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (hr_feishu, hr_wecom, hr_dingtalk, hr_bamboohr, hr_person)
}
