"""Attacks on the signature, at the door of a function with everything behind it: nothing forged or stale gets in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from contextlib import suppress
from typing import Any

import pytest

from shared.errors import Rejected
from shared.event_sources import standard_webhooks as webhooks
from shared.secret import Secret
from tests.answers import Answer
from tests.fakes import invoke
from tests.system.fuzz.targets import NOW
from tests.system.security.commands import command
from tests.world import FULL, SECRET, World

KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
OTHER = "whsec_" + base64.b64encode(b"another key that is long enough.").decode()
BODY = json.dumps(command("alice"))


def mac(content: bytes, algorithm: str = "sha256", key: bytes = KEY) -> str:
    """A MAC in base64."""
    return base64.b64encode(hmac.new(key, content, algorithm).digest()).decode()


def knock(world: World, headers: dict[str, str], body: str = BODY) -> Answer:
    """Send exactly these headers: the world's own signing is left out."""
    event = {"httpMethod": "POST", "path": "/", "headers": headers, "body": body}
    context = {"time_limit_in_ms": 30_000}
    env = world.roles["create_user"] | world.env
    answer = invoke("create_user", event, context, env, world.process().instance, world.clock)
    return Answer(answer["statusCode"], json.loads(answer["body"]), answer["headers"])


def headers(
    world: World, *, name: str = "msg_1", age: float = 0, body: str = BODY, signature: str = ""
) -> dict[str, str]:
    """The headers of a good sender, or with another signature."""
    at = str(int(world.clock.now() - age))
    good = "v1," + mac(f"{name}.{at}.{body}".encode())
    return {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": signature or good}


def untouched(world: World) -> bool:
    """Whether nothing was called and nothing was written."""
    return not world.cloud.journal.calls() and not world.cloud.cam.users and not world.cloud.cos.objects


def test_a_good_signature_gets_in(world: World) -> None:
    """A right signature is accepted, which shows that the others here fail for their own fault."""
    assert knock(world, headers(world)).status == 201


def forged(world: World) -> dict[str, dict[str, Any]]:
    """Attacks by their names, as what `knock` takes."""
    now = str(int(world.clock.now()))
    content = f"msg_1.{now}.{BODY}".encode()
    arabic = now.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    plain_hash = base64.b64encode(hashlib.sha256(content).digest()).decode()
    other_key = mac(content, key=base64.b64decode(OTHER.removeprefix("whsec_")))
    good = headers(world)
    return {
        "another body": {"headers": good, "body": BODY.replace("alice", "mallory")},
        "a byte more": {"headers": good, "body": BODY + " "},
        "another id": {"headers": good | {"webhook-id": "msg_2"}},
        "another time": {"headers": good | {"webhook-timestamp": str(int(now) + 1)}},
        "time with a zero": {"headers": good | {"webhook-timestamp": "0" + now}},
        "time with a sign": {"headers": good | {"webhook-timestamp": "+" + now}},
        "time in other digits": {"headers": good | {"webhook-timestamp": arabic}},
        "time with a fraction": {"headers": good | {"webhook-timestamp": now + ".0"}},
        "too old": {"headers": headers(world, age=301)},
        "too new": {"headers": headers(world, age=-301)},
        "no version": {"headers": good | {"webhook-signature": mac(content)}},
        "asymmetric version": {"headers": good | {"webhook-signature": "v1a," + mac(content)}},
        "next version": {"headers": good | {"webhook-signature": "v2," + mac(content)}},
        "upper case": {"headers": good | {"webhook-signature": "V1," + mac(content)}},
        "sha1": {"headers": good | {"webhook-signature": "v1," + mac(content, "sha1")}},
        "sha512": {"headers": good | {"webhook-signature": "v1," + mac(content, "sha512")}},
        "no algorithm": {"headers": good | {"webhook-signature": "v1," + plain_hash}},
        "the secret as text": {"headers": good | {"webhook-signature": "v1," + mac(content, key=SECRET.encode())}},
        "an empty key": {"headers": good | {"webhook-signature": "v1," + mac(content, key=b"")}},
        "hexadecimal": {"headers": good | {"webhook-signature": "v1," + base64.b64decode(mac(content)).hex()}},
        "cut": {"headers": good | {"webhook-signature": ("v1," + mac(content))[:-2]}},
        "padded": {"headers": good | {"webhook-signature": "v1," + mac(content) + "="}},
        "another secret": {"headers": good | {"webhook-signature": "v1," + other_key}},
        "empty": {"headers": good | {"webhook-signature": "v1,"}},
        "commas for spaces": {"headers": good | {"webhook-signature": f"v1,AAAA,v1,{mac(content)}"}},
        "moved dot": {"headers": headers(world, name="msg_1." + now) | {"webhook-id": "msg_1"}},
        "no id": {"headers": {name: value for name, value in good.items() if name != "webhook-id"}},
        "twice, joined": {"headers": {**good, "Webhook-Id": "msg_1"}},
        "other headers": {"headers": {name.replace("webhook", "svix"): value for name, value in good.items()}},
        "platform's word": {"headers": {"idempotency-key": "1", "x-scf-remote-addr": "127.0.0.1"}},
    }  # fmt: skip


def test_nothing_forged_gets_in(world: World) -> None:
    """Another body, id, time, algorithm, version or encoding: the same words for all, and nothing is touched."""
    answers = {name: knock(world, **attack) for name, attack in forged(world).items()}
    assert {name for name, answer in answers.items() if answer.status != 401} == set()
    assert {answer.body["detail"] for answer in answers.values()} == {"The signature is missing, wrong or expired"}
    assert untouched(world)


def test_a_replay_inside_the_window_changes_nothing(world: World) -> None:
    """It is answered with what was done: the same user, the same key, a link to the same file."""
    sent = headers(world)
    first = knock(world, sent)
    keys = [key.access_key_id for key in world.cloud.cam.keys_of("alice")]
    objects = set(world.cloud.cos.objects)
    world.clock.advance(299 - 1)
    second = knock(world, sent)
    assert (first.status, second.status) == (201, 200)
    assert second.body["replayed"] is True
    assert [key.access_key_id for key in world.cloud.cam.keys_of("alice")] == keys
    assert set(world.cloud.cos.objects) == objects


def test_a_replay_outside_of_the_window_gets_no_link(world: World) -> None:
    """Whoever finds an old request in a log finds no credentials with it."""
    sent = headers(world)
    knock(world, sent)
    world.clock.advance(301)
    world.cloud.journal.clear()
    assert knock(world, sent).status == 401
    assert not world.cloud.journal.calls()


def test_a_signed_request_cannot_be_turned_into_another(world: World) -> None:
    """The same id with another command, properly signed by somebody who holds the secret: 422, nothing changes."""
    knock(world, headers(world))
    other = json.dumps(command("mallory", FULL))
    assert knock(world, headers(world, body=other), other).status == 422
    assert list(world.cloud.cam.users) == ["alice"]


def test_a_replay_at_another_function_is_another_type(world: World) -> None:
    """A signed envelope names the function that it is for; the others refuse it."""
    envelope = json.dumps(world.envelope("create_user", command("alice"), id="1"))
    event = {"httpMethod": "POST", "headers": {"webhook-id": "msg_1"}, "body": envelope}
    answer = world.invoke("grant_policy", event)
    assert (answer.status, answer.body["code"]) == (400, "wrong_type")


@pytest.mark.parametrize("count", [1, 2, 500])
def test_one_good_signature_among_many_is_enough_and_many_bad_ones_are_not(world: World, count: int) -> None:
    """Rotation: any may match; a crowd of wrong ones does not wear the door down."""
    good = headers(world)["webhook-signature"]
    crowd = " ".join(["v1," + mac(str(n).encode()) for n in range(count)])
    assert knock(world, headers(world, signature=crowd)).status == 401
    assert knock(world, headers(world, signature=f"{crowd} {good}")).status == 201


def test_a_rotated_secret_stops_working_when_it_is_taken_away(world: World) -> None:
    """In a rotation both secrets are accepted, and then the new one alone."""
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = f"{OTHER} {SECRET}"
    assert knock(world, headers(world)).status == 201
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = OTHER
    assert knock(world, headers(world)).status == 401


def test_how_long_it_takes_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every signature is compared with every secret, in constant time, whichever of them matches first."""
    compared: list[int] = []
    compare = hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        compared.append(1)
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counting)
    good = webhooks.sign(Secret(SECRET), "1", int(NOW), b"{}")
    bad = "v1," + mac(b"")
    counts = set()
    for signatures in ((good, bad, bad), (bad, bad, good), (good, good, good), (bad, bad, bad)):
        compared.clear()
        given = {"webhook-id": "1", "webhook-timestamp": str(int(NOW)), "webhook-signature": " ".join(signatures)}
        with suppress(Rejected):
            webhooks.verify(b"{}", given, [Secret(SECRET), Secret(OTHER)], NOW)
        counts.add(len(compared))
    assert counts == {6}
