"""BambooHR: what is verified, what is refused, and what is made of it."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from shared.errors import Rejected
from shared.event_sources.hr.bamboohr import BambooHr, moment
from shared.event_sources.hr.received import Incoming
from tests.unit.event_sources.hr.requests_of import VECTORS, bamboohr, secret

OURS = VECTORS["bamboohr"]
HOOK = BambooHr((secret("another key"), secret("bamboo-private-key")))
BODY = OURS["body"].encode()


def refused(incoming: Incoming) -> bool:
    """Whether a request is answered 401."""
    with pytest.raises(Rejected) as caught:
        HOOK.receive(incoming)
    return caught.value.code == "unauthorized"


def signed(message: bytes) -> str:
    """The HMAC of a message."""
    return hmac.new(b"bamboo-private-key", message, hashlib.sha256).hexdigest()


def test_an_event_is_taken() -> None:
    """BambooHR's documented event is accepted with whichever of the keys signed it."""
    headers = {"x-bamboohr-timestamp": OURS["timestamp"], "x-bamboohr-signature": OURS["signature"]}
    received = HOOK.receive(bamboohr(BODY)._replace(headers=headers))
    assert received.event
    assert received.event.time == 1_700_000_000.0
    assert received.event.data["employees"][0]["id"] == "67890"
    assert received.reply.body == ""
    assert HOOK.receive(bamboohr(BODY, key="another key")).event == received.event


def test_signatures_of_another_text_are_refused() -> None:
    """The body alone, and the timestamp before it: the vectors of what must fail."""
    assert signed(BODY) == "e9c7ea03d8ca13db7795cc1f65b41d7103ec7d33ebb5c4d66e1bf0f5d8334e47"
    assert signed(b"1700000000" + BODY) == "b6170cbbc94f032e7f3b1f969f4dc329bca464f0dc59d11f66d463de8a97a4d0"
    for wrong in (signed(BODY), signed(b"1700000000" + BODY), OURS["signature"].upper(), ""):
        assert refused(bamboohr(BODY, **{"x-bamboohr-signature": wrong}))
    assert refused(bamboohr(BODY, key="a third key"))
    assert refused(bamboohr(BODY)._replace(body=BODY + b" "))
    assert refused(bamboohr(BODY, timestamp=""))
    assert refused(bamboohr(BODY, timestamp="yesterday"))


@pytest.mark.parametrize(
    "text",
    ["1700000000", "1700000000000", "2023-11-14T22:13:20+0000", "2023-11-14T22:13:20.000+0000", "2023-11-14T22:13:20Z",
     "2023-11-15T06:13:20+08:00"],
)  # fmt: skip
def test_moments_are_read_in_every_form(text: str) -> None:
    """Seconds, milliseconds, RFC 3339, and an offset without a colon."""
    assert moment(text) == 1_700_000_000.0
    assert HOOK.receive(bamboohr(BODY, timestamp=text)).event


def test_several_employees_come_in_one_body() -> None:
    """A field-based body has several employees, with or without values."""
    rows = [
        {
            "id": "1",
            "action": "Updated",
            "timestamp": "2023-11-14T22:13:20+0000",
            "fields": {"status": {"value": "Inactive"}},
        },
        {"id": 2, "action": "Deleted", "timestamp": "2023-11-14T22:13:21+0000", "changedFields": ["a", 5]},
    ]
    event = HOOK.receive(bamboohr(json.dumps({"employees": rows}).encode())).event
    assert event
    first, second = event.data["employees"]
    assert (first["id"], first["action"], first["fields"]) == ("1", "updated", {"status": "Inactive"})
    assert (second["id"], second["action"], second["changed"]) == ("2", "deleted", ["a"])


def test_the_same_event_has_the_same_id() -> None:
    """Type, employee, moment and fields in any order tell it apart."""
    told = json.loads(BODY)
    told["data"]["changedFields"] = ["b", "a"]
    one = HOOK.receive(bamboohr(json.dumps(told).encode())).event
    told["data"]["changedFields"] = ["a", "b"]
    again = HOOK.receive(bamboohr(json.dumps(told).encode(), timestamp="1700000600")).event
    told["timestamp"] = "2023-11-14T22:13:21+0000"
    later = HOOK.receive(bamboohr(json.dumps(told).encode())).event
    assert one
    assert again
    assert later
    assert one.id == again.id != later.id


@pytest.mark.parametrize(
    "body",
    [b"a=b&c=d", b"[]", b"{}", b'{"type": "employee.updated", "data": {}}', b'{"employees": []}', b'{"employees": [1]}',
     b'{"employees": [{"id": "1", "action": "Merged"}]}', b'{"type": "employee.merged", "data": {"employeeId": "1"}}'],
)  # fmt: skip
def test_what_is_verified_and_cannot_be_read_is_kept_for_people(body: bytes) -> None:
    """A form, nobody's id, an action that does not exist: answered, since a 4xx would not change it."""
    received = HOOK.receive(bamboohr(body))
    assert received.event is None
    assert received.unreadable


def test_what_concerns_nobody_is_answered_and_forgotten() -> None:
    """A webhook that concerns no employee is answered and not stored."""
    received = HOOK.receive(bamboohr(b'{"type": "timesheet.approved", "data": {}}'))
    assert (received.event, received.unreadable) == (None, None)
