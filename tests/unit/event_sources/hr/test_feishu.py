"""Feishu: what is verified, what is refused, and what is made of it."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from local.hr import crypto
from shared.errors import Rejected
from shared.event_sources.hr.aes_cbc import decrypt
from shared.event_sources.hr.feishu import Feishu
from shared.event_sources.hr.received import Incoming
from tests.unit.event_sources.hr.requests_of import NOW, RANDOM, VECTORS, feishu, feishu_body, secret

OURS = VECTORS["feishu"]
APP = Feishu(secret("kudryavka"), secret("vtoken"))
CHALLENGE = {"challenge": "ajls384kdjx98XX", "token": "vtoken", "type": "url_verification"}


def event(kind: str = "contact.user.created_v3", **header: str) -> bytes:
    """An event before encryption."""
    told = {"event_id": "ev_1", "event_type": kind, "create_time": "1700000000000", "token": "vtoken", **header}
    return json.dumps({"schema": "2.0", "header": told, "event": {"object": {"user_id": "u1"}}}).encode()


def refused(incoming: Incoming) -> bool:
    """Whether a request is answered 401."""
    with pytest.raises(Rejected) as caught:
        APP.receive(incoming)
    return caught.value.code == "unauthorized"


def test_the_vendor_s_vector_is_decrypted() -> None:
    """The example in Feishu's documentation decrypts to `hello world`."""
    data = base64.b64decode("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=")
    key = hashlib.sha256(b"test key").digest()
    assert decrypt(key, data[:16], data[16:], 16) == b"hello world"


def test_an_event_is_taken_without_its_token() -> None:
    """The vector of a person who left: verified, decrypted, known by its id; the token is in nothing that is kept."""
    headers = {
        "x-lark-request-timestamp": OURS["timestamp"],
        "x-lark-request-nonce": OURS["nonce"],
        "x-lark-signature": OURS["signature"],
    }
    received = APP.receive(Incoming("POST", headers, {}, OURS["body"].encode(), NOW))
    assert received.event
    assert (received.event.kind, received.event.time) == ("contact.user.deleted_v3", 1_700_000_000.0)
    assert received.event.data == json.loads(OURS["plain"])["event"]
    assert "vtoken" not in repr(received)
    assert received.event.id == APP.receive(feishu(OURS["plain"].encode())).event.id  # type: ignore[union-attr]


def test_a_challenge_is_answered_without_a_signature() -> None:
    """The vector: its token proves it. A wrong token, or a body that is not encrypted, does not."""
    received = APP.receive(Incoming("POST", {}, {}, OURS["challenge_body"].encode(), NOW))
    assert (json.loads(received.reply.body), received.event) == ({"challenge": "ajls384kdjx98XX"}, None)
    assert refused(Incoming("POST", {}, {}, json.dumps(CHALLENGE).encode(), NOW))
    other = crypto.feishu_encrypt("kudryavka", RANDOM, json.dumps({**CHALLENGE, "token": "another"}).encode())
    assert refused(feishu_body(json.dumps({"encrypt": other}).encode(), signature=""))


def test_a_challenge_is_escaped() -> None:
    """The answer to a challenge is JSON whatever characters the challenge has."""
    text = json.dumps({**CHALLENGE, "challenge": 'a"b\\'}).encode()
    assert json.loads(APP.receive(feishu(text)).reply.body) == {"challenge": 'a"b\\'}


def test_nothing_else_comes_in_without_a_signature() -> None:
    """Neither an event, nor a large body, which is not even decrypted."""
    assert refused(feishu(event(), headers={"signature": ""}))
    assert refused(feishu(json.dumps({**CHALLENGE, "x": "y" * 5000}).encode(), headers={"signature": ""}))


@pytest.mark.parametrize("header", ["timestamp", "nonce", "signature"])
def test_a_missing_or_wrong_header_is_refused(header: str) -> None:
    """Each of the three headers is required."""
    assert refused(feishu(event(), headers={header: ""}))
    assert refused(feishu(event(), headers={header: "1"}))


def test_a_changed_body_is_refused() -> None:
    """One byte is enough; so is a signature in capitals."""
    good = feishu(event())
    assert refused(good._replace(body=good.body[:-9] + b"A" + good.body[-8:]))
    assert refused(
        good._replace(headers={**good.headers, "x-lark-signature": good.headers["x-lark-signature"].upper()})
    )


@pytest.mark.parametrize("size", [0, 15, 16, 31, 33, 47])
def test_what_are_no_whole_blocks_is_refused(size: int) -> None:
    """A text that is shorter than a vector and a block, or of another length, is refused even if it is signed."""
    assert refused(feishu_body(json.dumps({"encrypt": base64.b64encode(bytes(size)).decode()}).encode()))


@pytest.mark.parametrize("padding", [b"\x00", b"\x11", b"\x11" * 17, b"\x02\x03\x03", b"\x10"])
def test_a_wrong_padding_is_refused(padding: bytes) -> None:
    """A last byte of 0 or more than a block, and one that the others do not agree with."""
    key, plain = hashlib.sha256(b"kudryavka").digest(), event()
    plain += b" " * (-(len(plain) + len(padding)) % 16) + padding
    text = base64.b64encode(RANDOM + crypto.cbc(key, RANDOM, plain)).decode()
    assert refused(feishu_body(json.dumps({"encrypt": text}).encode()))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"encrypt": 5}', b'{"encrypt": "%%%"}', b'{"encrypt": ""}', event()]
)
def test_a_body_that_is_not_encrypted_is_refused(body: bytes) -> None:
    """A body that is not encrypted is refused even if its signature is right."""
    assert refused(feishu_body(body))


def test_a_wrong_token_is_refused() -> None:
    """It is a second check in every event, of the older form too."""
    assert refused(feishu(event(token="another")))
    assert refused(feishu(event(token="")))
    assert refused(feishu(json.dumps({"uuid": "1", "token": "x", "type": "event_callback", "event": {}}).encode()))


def test_an_event_of_the_older_form_is_taken() -> None:
    """Of old apps: its id is a `uuid`, its time in seconds with a fraction, its token beside them."""
    inner = {"type": "contact.user.deleted_v3", "object": {"user_id": "u1"}}
    told = {"uuid": "u-1", "token": "vtoken", "ts": "1700000000.512", "type": "event_callback", "event": inner}
    received = APP.receive(feishu(json.dumps(told).encode()))
    assert received.event
    assert (received.event.kind, received.event.time) == ("contact.user.deleted_v3", 1_700_000_000.0)
    other = APP.receive(feishu(json.dumps({**told, "uuid": "u-2"}).encode())).event
    assert other
    assert other.id != received.event.id
    assert "vtoken" not in repr(received)


def test_an_event_with_a_byte_order_mark_is_read() -> None:
    """A byte order mark before the JSON, which some systems write, is ignored."""
    assert APP.receive(feishu(b"\xef\xbb\xbf" + event())).event


def test_what_concerns_nobody_is_answered_and_forgotten() -> None:
    """An unknown type, or a change of the app's range, is answered 200, because Feishu would else send it four times
    more.
    """
    for kind in ("contact.scope.updated_v3", "im.message.receive_v1"):
        received = APP.receive(feishu(event(kind)))
        assert (received.event, received.unreadable, received.reply.body) == (None, None, "{}")


@pytest.mark.parametrize("plain", [b"no JSON", b"[1]", b"\xff", event(kind=""), event(event_id="")])
def test_what_is_verified_and_cannot_be_read_is_kept_for_people(plain: bytes) -> None:
    """It is answered, so that it does not come again; its token is kept nowhere."""
    received = APP.receive(feishu(plain))
    assert received.event is None
    assert received.unreadable
    assert "vtoken" not in received.unreadable.text


def test_a_time_in_another_unit_counts_as_none() -> None:
    """A time in seconds, where milliseconds belong, counts as no time instead of 1970."""
    received = APP.receive(feishu(event(create_time="1700000000")))
    assert received.event
    assert received.event.time is None
