"""DingTalk: what is verified, what is refused, what is answered, and what is made of it."""

from __future__ import annotations

import json

import pytest

from local.hr import crypto
from shared.errors import Rejected
from shared.event_sources.hr.callback_crypto import CallbackCrypto
from shared.event_sources.hr.dingtalk import DingTalk, user_ids
from shared.event_sources.hr.received import Incoming, Received
from tests.unit.event_sources.hr.requests_of import KEY, RANDOM, VECTORS, dingtalk, secret

OURS = VECTORS["dingtalk"]
APP = DingTalk(secret("imaccess"), secret(KEY), ("dingappkey0001", "ding0001"))


def event(**members: object) -> bytes:
    """An event before encryption."""
    told = {"EventType": "user_add_org", "EventTime": 1_700_000_000_000, "eventId": "ev1", "userId": ["zhangsan"]}
    return json.dumps({**told, **members}).encode()


def refused(incoming: Incoming) -> bool:
    """Whether a request is answered 401."""
    with pytest.raises(Rejected) as caught:
        APP.receive(incoming)
    return caught.value.code == "unauthorized"


def succeeded(received: Received, owner: str = "dingappkey0001") -> bool:
    """Whether the answer is the encrypted `success`, signed, for this owner."""
    answer = json.loads(received.reply.body)
    assert "\n" not in answer["encrypt"]
    signature = crypto.callback_signature("imaccess", answer["timeStamp"], answer["nonce"], answer["encrypt"])
    opened = crypto.callback_decrypt(KEY, answer["encrypt"])
    return opened == (b"success", owner) and signature == answer["msg_signature"] and len(answer["timeStamp"]) == 13


def test_the_vendor_s_vector_is_opened() -> None:
    """The official sample, of which the padding is 22 bytes."""
    text = (
        "1a3NBxmCFwkCJvfoQ7WhJHB+iX3qHPsc9JbaDznE1i03peOk1LaOQoRz3+nlyGNhwmwJ3vDMG+OzrHMeiZI7gTRWVdUBmfxjZ8Ej23JVYa9VrYeJ5as7XM"
        "/ZpulX8NEQis44w53h1qAgnC3PRzM7Zc/D6Ibr0rgUathB6zRHP8PYrfgnNOS9PhSBdHlegK+AGGanfwjXuQ9+0pZcy0w9lQ=="
    )
    callback = CallbackCrypto(secret("123456"), secret("4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij"))
    signature = "5a65ceeef9aab2d149439f82dc191dd6c5cbe2c0"
    assert callback.open(signature, "1445827045067", "nEXhMP4r", text, ["suite4xxxxxxxxxxxxxxx"]).text.startswith(b"{")


def test_a_check_is_answered() -> None:
    """The vendor's sample of the address check is answered, and is no event."""
    received = APP.receive(dingtalk(b"", sealed=OURS["check_url_encrypt"], signature=OURS["check_url_signature"]))
    assert succeeded(received)
    assert received.event is None


def test_the_answer_is_the_vector_s() -> None:
    """With the same random bytes, moment and nonce it is the same text."""
    app = DingTalk(secret("imaccess"), secret(KEY), ("dingappkey0001",), lambda _: b"fedcba9876543210")
    assert json.loads(app.success(OURS["timestamp"], OURS["nonce"], "dingappkey0001").body) == OURS["answer"]


def test_an_event_is_taken() -> None:
    """The vendor's sample of a person who left is accepted."""
    received = APP.receive(dingtalk(b"", sealed=OURS["encrypt"], signature=OURS["signature"]))
    assert received.event
    assert (received.event.kind, received.event.time) == ("user_leave_org", 1_700_000_000.0)
    assert user_ids(received.event.data) == ["zhangsan"]
    assert succeeded(received)


def test_the_other_names_of_the_parameters_are_taken() -> None:
    """The official sample reads `msg_signature` and `timeStamp` too."""
    good = dingtalk(event())
    renamed = {
        "msg_signature": good.query["signature"],
        "timeStamp": good.query["timestamp"],
        "nonce": good.query["nonce"],
    }
    assert APP.receive(good._replace(query=renamed)).event


def test_each_owner_is_answered_as_itself() -> None:
    """The app or the corporation, whichever the request had; nobody else."""
    assert succeeded(APP.receive(dingtalk(event(), owner="ding0001")), "ding0001")
    for owner in ("another", "", "dingappkey0001x"):
        assert refused(dingtalk(event(), owner=owner))


def test_a_timestamp_in_seconds_is_refused() -> None:
    """A timestamp in seconds instead of milliseconds is refused, even rightly signed."""
    for timestamp in ("1700000000", "", "17000000000000", "170000000000x"):
        assert refused(dingtalk(event(), timestamp=timestamp))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"encrypt": 1}', b'{"encrypt": "x"}', b'{"Encrypt": "x"}'])
def test_a_body_without_an_encrypted_text_is_refused(body: bytes) -> None:
    """A body without an encrypted text is refused."""
    assert refused(dingtalk(event())._replace(body=body))


def test_a_wrong_signature_is_refused() -> None:
    """A signature of another nonce or timestamp, or in capitals, is refused."""
    good = dingtalk(event())
    assert refused(good._replace(query={**good.query, "nonce": "other"}))
    assert refused(good._replace(query={**good.query, "timestamp": "1700000000001"}))
    assert refused(good._replace(query={**good.query, "signature": good.query["signature"].upper()}))


def test_several_persons_are_each_named_once() -> None:
    """In one push, of which one is there twice; ids may be numbers, and `staffId` is one too."""
    received = APP.receive(dingtalk(event(userId=["a", "b", "a", 7, "", None])))
    assert received.event
    assert user_ids(received.event.data) == ["a", "b", "7"]
    for kind, named in (("hrm_mdm_user_change", {"staffId": "c"}), ("label_user_change", {"userIdList": ["c"]})):
        moved = APP.receive(dingtalk(event(EventType=kind, userId=None, **named))).event
        assert moved
        assert user_ids(moved.data) == ["c"]


def test_an_unknown_event_is_answered_with_success() -> None:
    """Else it would be repeated, and listed as failed."""
    received = APP.receive(dingtalk(event(EventType="org_dept_create")))
    assert succeeded(received)
    assert (received.event, received.unreadable) == (None, None)


@pytest.mark.parametrize("plain", [b"no JSON", b"[]", b"\xff", event(EventType=""), event(userId=[])])
def test_what_is_verified_and_cannot_be_read_is_kept_for_people(plain: bytes) -> None:
    """A verified event that cannot be read is answered with success and kept as a dead letter."""
    received = APP.receive(dingtalk(plain))
    assert succeeded(received)
    assert received.unreadable


def test_an_event_without_an_id_is_told_apart_by_what_it_holds() -> None:
    """The older form: type, corporation, moment and persons, in any order, however the keys are written."""
    old = {"EventType": "user_add_org", "TimeStamp": "1700000000000", "CorpId": "c", "UserId": ["a", "b"]}
    one = APP.receive(dingtalk(json.dumps(old).encode())).event
    again = APP.receive(dingtalk(json.dumps({**old, "UserId": ["b", "a"]}).encode(), nonce="n")).event
    later = APP.receive(dingtalk(json.dumps({**old, "TimeStamp": "1700000000001"}).encode())).event
    assert one
    assert again
    assert later
    assert one.id == again.id != later.id
    assert one.time == 1_700_000_000.0


def test_what_was_sealed_once_is_opened_again() -> None:
    """Both libraries read what the other one wrote."""
    callback = CallbackCrypto(secret("t"), secret(KEY))
    assert crypto.callback_decrypt(KEY, callback.seal(RANDOM, b"text", "me")) == (b"text", "me")
