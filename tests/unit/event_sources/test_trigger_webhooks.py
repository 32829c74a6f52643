"""Standard Webhooks: what we sign others verify, what others sign we verify, and nothing else passes."""

import base64
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from shared.errors import Rejected
from shared.event_sources.standard_webhooks import sign, verify
from shared.secret import Secret
from tests.unit.entrypoints.fakes import KEY, NOW, OTHER_KEY, refused_as, signature_headers

BODY = '{"user": "alice", "policies": ["QcloudIMReadOnlyAccess"]}'
GOOD = signature_headers(BODY)
SIGNATURE = GOOD["webhook-signature"]


def accepts(
    headers: dict[str, str], body: bytes = BODY.encode(), now: float = NOW, keys: tuple[str, ...] = (KEY,)
) -> bool:
    """Whether a message verifies; a refusal says nothing of its reason."""
    refusal = refused_as(lambda: verify(body, headers, [Secret(key) for key in keys], now))
    assert refusal in ("", "unauthorized: The signature is missing, wrong or expired")
    return not refusal


@settings(deadline=None)
@given(
    st.binary(min_size=24, max_size=64),
    st.text(st.characters(codec="ascii", exclude_characters="\n"), min_size=1),
    st.text(st.characters(codec="utf-8")),
)
def test_signatures_are_those_of_the_reference(key: bytes, message_id: str, body: str) -> None:
    """For any key, id and body the reference implementation makes the same signature, and ours verifies it."""
    secret = "whsec_" + base64.b64encode(key).decode()
    theirs = Webhook(secret).sign(message_id, datetime.fromtimestamp(NOW, tz=timezone.utc), body)
    assert sign(Secret(secret), message_id, int(NOW), body.encode()) == theirs
    headers = {"webhook-id": message_id, "webhook-timestamp": str(int(NOW)), "webhook-signature": theirs}
    assert verify(body.encode(), headers, [Secret(secret)], NOW) == message_id


def test_the_reference_verifies_ours() -> None:
    """A message signed here, now, passes the reference implementation."""
    now = datetime.now(timezone.utc).timestamp()
    assert Webhook(KEY).verify(BODY, signature_headers(BODY, at=now)) is not None


@pytest.mark.parametrize(("age", "good"), [(300, True), (301, False), (-300, True), (-301, False), (300.5, False)])
def test_a_timestamp_is_good_for_five_minutes_either_way(age: float, good: bool) -> None:
    """Exactly 300 seconds are good, before and after; more are not."""
    assert accepts(GOOD, now=NOW + age) is good


@pytest.mark.parametrize("keys", [(KEY,), (OTHER_KEY, KEY), (KEY, OTHER_KEY)])
def test_any_secret_may_match(keys: tuple[str, ...]) -> None:
    """During a rotation several secrets are set, and a message of either passes."""
    assert accepts(GOOD, keys=keys)


@pytest.mark.parametrize(
    "signatures", [f"v1,AAAA {SIGNATURE}", f"{SIGNATURE} v1,AAAA", f"v1a,AAAA {SIGNATURE}", f"junk  {SIGNATURE}"]
)
def test_any_signature_may_match(signatures: str) -> None:
    """A sender that rotates sends several signatures; those of unknown versions are passed over."""
    assert accepts(GOOD | {"webhook-signature": signatures})


BAD = {
    "no headers": dict.fromkeys(GOOD, ""),
    "no id": GOOD | {"webhook-id": ""},
    "another id": GOOD | {"webhook-id": "msg_2"},
    "another timestamp": GOOD | {"webhook-timestamp": str(int(NOW) + 1)},
    "a signed timestamp": GOOD | {"webhook-timestamp": f"+{int(NOW)}"},
    "a fraction": GOOD | {"webhook-timestamp": f"{int(NOW)}.0"},
    "other digits": GOOD | {"webhook-timestamp": "１７９０００００００"},
    "a space": GOOD | {"webhook-timestamp": f" {int(NOW)}"},
    "a line end": GOOD | {"webhook-timestamp": f"{int(NOW)}\n"},
    "a huge number": GOOD | {"webhook-timestamp": "9" * 5000},
    "no signature": GOOD | {"webhook-signature": ""},
    "no version": GOOD | {"webhook-signature": SIGNATURE.removeprefix("v1,")},
    "another version": GOOD | {"webhook-signature": SIGNATURE.replace("v1,", "v1a,")},
    "no base64": GOOD | {"webhook-signature": "v1,%%%"},
    "no ASCII": GOOD | {"webhook-signature": "v1,é☃"},
    "lone surrogates": GOOD | {"webhook-id": "\ud800", "webhook-signature": "v1,\udfff"},
    "a part of it": GOOD | {"webhook-signature": SIGNATURE[:-4]},
}


@pytest.mark.parametrize("headers", BAD.values(), ids=BAD)
def test_anything_else_is_refused_in_the_same_words(headers: dict[str, str]) -> None:
    """Every signature that is not right is refused with the same text."""
    assert not accepts(headers)


def test_another_body_or_secret_is_refused() -> None:
    """The body is covered to its last byte, and a secret that is not ours signs nothing."""
    assert not accepts(GOOD, body=BODY.encode() + b" ")
    assert not accepts(GOOD, keys=(OTHER_KEY,))
    assert not accepts(GOOD, keys=())


def test_missing_headers_are_refused() -> None:
    """No header at all is a refusal too."""
    with pytest.raises(Rejected, match="unauthorized"):
        verify(BODY.encode(), {}, [Secret(KEY)], NOW)


def test_dots_of_an_id_cannot_move_into_the_body() -> None:
    """Read with its dots elsewhere, a signed message has a body that is no JSON object, or a timestamp that is none."""
    headers = signature_headers(BODY, message_id=f"a.{int(NOW)}")
    assert accepts(headers)
    moved = headers | {"webhook-id": "a"}
    assert accepts(moved, body=f"{int(NOW)}.{BODY}".encode())
    assert not accepts(headers | {"webhook-id": "a", "webhook-timestamp": f"{int(NOW)}.{int(NOW)}"})


@settings(deadline=None)
@given(st.fixed_dictionaries({name: st.text() for name in GOOD}), st.binary())
def test_garbage_never_raises_anything_else(headers: dict[str, str], body: bytes) -> None:
    """Headers of any content end in the one refusal."""
    assert not accepts(headers, body)
