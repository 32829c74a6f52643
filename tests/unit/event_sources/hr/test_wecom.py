"""WeCom: what is verified, what is refused, and what is made of it."""

from __future__ import annotations

import base64

import pytest

from local.hr import crypto
from shared.errors import Rejected
from shared.event_sources.hr.callback_crypto import CallbackCrypto
from shared.event_sources.hr.received import Incoming
from shared.event_sources.hr.wecom import WeCom
from tests.unit.event_sources.hr.requests_of import KEY, NOW, RANDOM, VECTORS, change, secret, wecom

OURS = VECTORS["wecom"]
CORP = OURS["corp_id"]
CALLBACK = WeCom(secret("imaccess"), secret(KEY), CORP)


def refused(incoming: Incoming) -> bool:
    """Whether a request is answered 401."""
    with pytest.raises(Rejected) as caught:
        (CALLBACK.receive if incoming.method == "POST" else CALLBACK.check)(incoming)
    return caught.value.code == "unauthorized"


def padded(count: int, last: int) -> str:
    """A message with a padding of so many bytes of such a value, encrypted."""
    key = base64.b64decode(KEY + "=")
    plain = RANDOM + (5).to_bytes(4, "big") + b"<xml>" + CORP.encode()
    plain += b" " * (-(len(plain) + count) % 32) + bytes([last]) * count
    return base64.b64encode(crypto.cbc(key, key[:16], plain)).decode()


def echo(text: str, signature: str) -> Incoming:
    """The check of the address."""
    query = {"msg_signature": signature, "timestamp": OURS["timestamp"], "nonce": OURS["nonce"], "echostr": text}
    return Incoming("GET", {}, query, b"", NOW)


def test_the_vendor_s_vector_is_opened() -> None:
    """The official sample, of which the padding is 30 bytes; it fits a strict decoder badly."""
    text = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    callback = CallbackCrypto(secret("QDG6eK"), secret("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"))
    assert callback.sign("1409659589", "263014780", text) == "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    opened = callback.open(
        "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780", text, ["wx5823bf96d3bd56c7"]
    )
    assert opened == (b"1616140317555161061", "wx5823bf96d3bd56c7")


def test_a_key_whose_last_bits_mean_nothing_is_taken() -> None:
    """The last of 43 characters carries two bits too many; Tencent's own keys have them set."""
    other = CallbackCrypto(secret("imaccess"), secret(KEY[:-1] + "9"))
    query = wecom(change()).query
    opened = other.open(OURS["echostr_msg_signature"], OURS["timestamp"], query["nonce"], OURS["echostr"], [CORP])
    assert opened.text.decode() == OURS["echostr_plain"]


def test_the_check_of_the_address_is_answered() -> None:
    """The vector, also where a plus sign has become a space; the answer is the text alone."""
    reply = CALLBACK.check(echo(OURS["echostr"], OURS["echostr_msg_signature"]))
    assert (reply.body, reply.content_type.partition(";")[0]) == (OURS["echostr_plain"], "text/plain")
    assert CALLBACK.check(echo(OURS["echostr"].replace("+", " "), OURS["echostr_msg_signature"])) == reply
    assert refused(echo(OURS["echostr"], "0" * 40))
    assert refused(echo("", ""))


def test_an_event_is_taken() -> None:
    """The vector of a person who was deleted: nothing but the id, and an answer without a body."""
    received = CALLBACK.receive(wecom(b"", sealed=OURS["encrypt"], msg_signature=OURS["msg_signature"]))
    assert received.event
    assert (received.event.kind, received.event.time) == ("delete_user", 1_700_000_000.0)
    assert (received.event.data["UserID"], received.reply.body) == ("zhangsan", "")


def test_the_same_event_has_the_same_id() -> None:
    """It is encrypted anew each time it is sent. Two changes in one second differ in what they hold."""
    one, again, other = (
        CALLBACK.receive(wecom(change(ChangeType="update_user", UserID="a", Position=title))).event
        for title in ("Agent", "Agent", "Lead")
    )
    assert one
    assert other
    assert one == again
    assert one.id != other.id


@pytest.mark.parametrize("owner", ["wwanother", "", f"{CORP}x"])
def test_another_corporation_is_refused(owner: str) -> None:
    """An event of another corporation is refused even if its signature is right."""
    assert refused(wecom(change(ChangeType="delete_user", UserID="a"), owner=owner))


@pytest.mark.parametrize(("count", "last"), [(1, 0), (1, 33), (33, 33), (2, 3), (32, 31)])
def test_a_wrong_padding_is_refused(count: int, last: int) -> None:
    """0, more than 32, and bytes that do not agree."""
    assert refused(wecom(b"", sealed=padded(count, last)))


def test_a_length_beyond_the_text_is_refused() -> None:
    """The four bytes say more than what there is; or there are not even four."""
    key = base64.b64decode(KEY + "=")
    for plain in (RANDOM + (999).to_bytes(4, "big") + b"<xml/>" + CORP.encode(), RANDOM, b""):
        sealed = base64.b64encode(crypto.cbc(key, key[:16], crypto.pad(plain, 32))).decode()
        assert refused(wecom(b"", sealed=sealed))


@pytest.mark.parametrize("size", [1, 15, 17, 33])
def test_what_are_no_whole_blocks_is_refused(size: int) -> None:
    """A text that is no base64, or no whole number of AES blocks, is refused."""
    assert refused(wecom(b"", sealed=base64.b64encode(bytes(size)).decode()))
    assert refused(wecom(b"", sealed="%" * size))


def test_a_wrong_signature_is_refused() -> None:
    """Another nonce, none at all, and one in capitals: SHA-1 is written in lower case."""
    good = wecom(change(ChangeType="delete_user", UserID="a"))
    for name in ("msg_signature", "timestamp", "nonce"):
        assert refused(good._replace(query={**good.query, name: "1"}))
        assert refused(good._replace(query={key: value for key, value in good.query.items() if key != name}))
    assert refused(good._replace(query={**good.query, "msg_signature": good.query["msg_signature"].upper()}))


@pytest.mark.parametrize(
    "change_of",
    [
        lambda body: body.replace(b"<Encrypt>", b"<Encrypt>x</Encrypt><Encrypt>"),
        lambda body: body.replace(b"</xml>", body[body.index(b"<Encrypt>") :]),
        lambda body: body.replace(b"</Encrypt>", b"<More/></Encrypt>"),
        lambda body: body.replace(b"Encrypt>", b"Other>"),
        lambda body: b"<!DOCTYPE xml>" + body,
        lambda body: b'<!doctype xml [<!ENTITY a "b">]>' + body,
        lambda _: b"",
        lambda _: b"{}",
        lambda body: b"\xff" + body,
    ],
)
def test_an_outer_document_that_is_no_simple_one_is_refused(change_of: object) -> None:
    """Encrypt twice or not at all, a document type, no XML."""
    good = wecom(change(ChangeType="delete_user", UserID="a"))
    assert refused(good._replace(body=change_of(good.body)))  # type: ignore[operator]


@pytest.mark.parametrize(
    "plain",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><UserID>&a;</UserID></xml>',
        b"no XML",
        b"\xff\xfe<\x00x\x00m\x00l\x00",
        change(ChangeType="delete_user", UserID=""),
        change(ChangeType="delete_user", UserID="a").replace(b"</xml>", b"<UserID>b</UserID></xml>"),
    ],
)
def test_what_is_verified_and_cannot_be_read_is_kept_for_people(plain: bytes) -> None:
    """A document type in the decrypted document as well; nobody's id, or two."""
    received = CALLBACK.receive(wecom(plain))
    assert received.event is None
    assert received.unreadable
    assert received.unreadable.code == "invalid_event"


def test_what_concerns_nobody_is_answered_and_forgotten() -> None:
    """Events about departments, tags and messages are answered and not kept."""
    for fields in (
        {"ChangeType": "create_party", "Id": "2"},
        {"Event": "enter_agent", "ChangeType": "delete_user", "UserID": "a"},
        {"ChangeType": "update_tag"},
    ):
        received = CALLBACK.receive(wecom(change(**fields)))
        assert (received.event, received.unreadable) == (None, None)


def test_own_fields_of_a_corporation_are_read() -> None:
    """A corporation's own text and link fields become attributes under their names."""
    items = (
        "<ExtAttr><Item><Name><![CDATA[Site]]></Name><Type>0</Type><Text><Value><![CDATA[Shenzhen]]></Value></Text></Item>"
        "<Item><Name>Page</Name><Type>1</Type><Web><Title>Home</Title><Url>https://example.com</Url></Web></Item></ExtAttr>"
    )
    plain = change(ChangeType="create_user", UserID="a").replace(b"</xml>", items.encode() + b"</xml>")
    event = CALLBACK.receive(wecom(plain)).event
    assert event
    assert event.data["ExtAttr"] == {"Site": "Shenzhen", "Page": "Home"}
