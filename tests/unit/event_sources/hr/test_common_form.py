"""The common form over HTTP: who may send it, and what is wrong with what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.errors import Rejected
from shared.event_sources.hr.common_form import CommonForm
from shared.event_sources.hr.received import HrEvent, Incoming
from shared.event_sources.standard_webhooks import sign
from shared.secret import Secret
from tests.unit.event_sources.hr.requests_of import NOW

SECRET = Secret("whsec_" + "QUFB" * 11)
FORM = CommonForm([("hr", SECRET)], "hr_events")
PERSON = {"employee": "10023", "status": "active"}


def envelope(**members: object) -> dict[str, Any]:
    """A person's event."""
    told = {"specversion": "1.0", "type": "imaccess.person.changed", "source": "/hr", "id": "42", "data": PERSON}
    return {**told, "time": "2026-01-02T03:04:05Z", **members}


def post(body: bytes, **headers: str) -> Incoming:
    """A signed request."""
    signature = sign(SECRET, "msg_1", int(NOW), body)
    signed = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW)), "webhook-signature": signature}
    return Incoming("POST", signed | headers, {}, body, NOW)


def code(incoming: Incoming) -> str:
    """The code of a refusal."""
    with pytest.raises(Rejected) as caught:
        FORM.receive(incoming)
    return caught.value.code


def taken(**members: object) -> HrEvent | None:
    """The event in a good request."""
    return FORM.receive(post(json.dumps(envelope(**members)).encode())).event


def test_a_person_is_taken() -> None:
    """With the envelope's source and id, which tell the event apart."""
    event = taken()
    assert event
    assert event.data == {"source": "/hr", "id": "42", "person": PERSON}
    assert event.time == 1_767_323_045.0
    assert {one.id for one in (event, taken(), taken(id="43"), taken(source="/hr2")) if one} == {
        event.id,
        *(other.id for other in (taken(id="43"), taken(source="/hr2")) if other),
    }


def test_it_has_to_be_signed() -> None:
    """An event in the common form is accepted with a caller's signature of the last five minutes alone."""
    good = post(json.dumps(envelope()).encode())
    assert code(good._replace(headers={})) == "unauthorized"
    assert code(good._replace(body=good.body + b" ")) == "unauthorized"
    assert code(good._replace(now=NOW + 301)) == "unauthorized"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"no JSON", "malformed_json"),
        (json.dumps(PERSON).encode(), "invalid_event"),
        (json.dumps(envelope(type="imaccess.user.create")).encode(), "wrong_type"),
        (json.dumps(envelope(id="")).encode(), "invalid_event"),
        (json.dumps(envelope(specversion="2")).encode(), "invalid_event"),
        (json.dumps(envelope(time="yesterday")).encode(), "invalid_time"),
        (json.dumps(envelope(time="2019-01-01T00:00:00Z")).encode(), "invalid_time"),
        (json.dumps(envelope(time="2099-01-01T00:00:00Z")).encode(), "invalid_time"),
    ],
)
def test_what_is_wrong_is_said(body: bytes, expected: str) -> None:
    """A caller can mend it, so it is a refusal and no dead letter."""
    assert code(post(body)) == expected
    assert code(post(json.dumps(envelope()).encode(), **{"ce-id": "1"})) == "unsigned_event"
