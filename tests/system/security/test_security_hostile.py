"""Hostile input: what is in a name, a remark, a header or a body does nothing but what a text does."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from shared.commands.create_user import CreateUser
from shared.errors import Rejected
from shared.event_sources import http_request as http_event
from shared.event_sources.standard_webhooks import verify
from shared.event_sources.strict_json import MAX_BODY, parse_object
from shared.policies.policy_document import allowed_actions, pattern_covers
from shared.secret import Secret
from shared.web.language import preferred
from tests.system.fuzz.targets import ENV, NOW, SECRET, Cell, answered, post
from tests.system.security.commands import command
from tests.unit.entrypoints.fakes import signature_headers
from tests.world import FULL, World

NAMES = (
    "../alice", "..", ".", "/alice", "alice/../root", "a\\b", "a%2fb", "alice\n", "alice\r\nX: y", "al ice",
    "alice\x00", "=alice", "+alice", "-alice", "@alice", "аlice", "ａlice", "alıce", "al\u200bice", "al\ud800ice", "",
    "a" * 65, "alice\u2028", "\ufeffalice", "alice,root", 'al"ice', "al'ice", "al{ice}", "al$ice", "<b>alice",
    "ALICE\u0307",
)  # fmt: skip
FORMULA = "=cmd|' /C calc'!A0"


def signed(body: bytes, **members: object) -> dict[str, Any]:
    """A properly signed event, whatever its body is."""
    from shared.event_sources.standard_webhooks import sign

    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW))}
    headers["webhook-signature"] = sign(Secret(SECRET), "msg_1", int(NOW), body)
    return post(base64.b64encode(body).decode(), headers, encoded=True) | members


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name(name: str) -> None:
    """No path, formula, control character or look-alike becomes a user, and so a key, a CSV cell or a log line."""
    with pytest.raises(Rejected) as refused:
        CreateUser.parse(command(name))
    assert refused.value.code == "invalid_command"
    assert refused.value.detail.isascii()
    assert refused.value.detail.isprintable()


@pytest.mark.parametrize(
    "name", ["QсloudAVCFullAccess", "QcloudAVCFullAccess ", "qcloudavcfullaccess", "QcloudAVCFullAccess\u200b", "../x"]
)
def test_an_almost_allowed_policy_is_not_allowed(name: str) -> None:
    """The allow-list is compared letter for letter, and the refusal shows the name in ASCII on one line."""
    body = json.dumps(command("alice", name)).encode()
    answer = handled(signed(body))
    assert answer["statusCode"] == 403
    detail = json.loads(answer["body"])["detail"]
    assert detail.isascii()
    assert detail.isprintable()


def handled(event: dict[str, Any]) -> dict[str, Any]:
    """The answer of a function with nothing behind its checks."""
    return Cell("create_user", ENV).handle(event)


@pytest.mark.parametrize("size", [MAX_BODY + 1, 6 * 1024 * 1024])
def test_a_large_body_is_a_413_before_anything_is_done_with_it(size: int) -> None:
    """64 KiB and a byte, and the platform's own limit; signed or not, plain or in base64."""
    body = b'{"user":"' + b"a" * (size - 9)
    answered(Cell("create_user", ENV), signed(body), 413)
    answered(Cell("create_user", ENV), post(body.decode(), {}), 413)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "x-gzip, identity"])
def test_a_compressed_body_is_no_json(encoding: str) -> None:
    """Nothing is ever inflated: a bomb of 64 KiB stays 64 KiB."""
    bomb = gzip.compress(b" " * 10_000_000, mtime=0)
    event = signed(bomb)
    event["headers"]["content-encoding"] = encoding
    answered(Cell("create_user", ENV), event, 400)


@pytest.mark.parametrize(
    "body",
    ["[" * 60_000, '{"a":' * 12_000, '{"user":' + "[" * 30_000 + "]" * 30_000 + "}", '{"n":' + "9" * 60_000 + "}",
     '{"n":1e99999}', '{"user":"a","user":"b"}', '{"user":"a","\\u0075ser":"b"}', '{"n":-Infinity}', '{"user":"a"}\x00',
     '\ufeff{"user":"a"}'],
)  # fmt: skip
def test_json_bombs_are_malformed(body: str) -> None:
    """Depth, digits, duplicates however they are spelled, constants that do not exist, bytes behind the end."""
    answered(Cell("create_user", ENV), signed(body.encode()), 400)


def test_headers_cannot_smuggle_headers() -> None:
    """What a caller writes is in no header of the answer, and a newline in an identity is no identity."""
    for value in ("a\r\nSet-Cookie: x=y", "a\nb", "a\x00b", "a\x85b", "\x1b[31m"):
        body = json.dumps(command("alice"))
        answer = handled(post(body, signature_headers(body, value, NOW, SECRET)))
        assert answer["statusCode"] == 400
        assert "Set-Cookie" not in json.dumps(answer)
        assert set(answer["headers"]) == {"Content-Type", "Cache-Control", "X-Content-Type-Options"}


def test_a_formula_in_a_remark_reaches_cam_and_nothing_else(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """It is in no CSV cell, no log line and no object but its lease; the file's only free text is the user's name."""
    world.env["IM_ACCESS_LOG_LEVEL"] = "DEBUG"
    fields = {"remark": FORMULA, "email": "=1+1@example.com", "phone": "+8613800000000", "country_code": "86"}
    answer = world.invoke("create_user", world.http("create_user", command("alice", **fields), id="1"))
    assert answer.status == 201
    assert world.cloud.cam.users["alice"].remark.startswith(FORMULA)
    objects = {key: stored.body for key, stored in world.cloud.cos.objects.items() if not key.endswith("-lease.json")}
    everything = b"".join(objects.values()).decode()
    file = requests.get(answer.body["credentials"]["url"], timeout=30).content.decode("utf-8-sig")
    for text in (everything, file, capfd.readouterr().out, json.dumps(answer.body)):
        assert "calc" not in text
        assert "=1+1" not in text
    assert not [cell for cell in file.replace("\r\n", ",").split(",") if cell[:1] in tuple("=+-@\t")]


def test_a_log_line_is_one_line(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever a message holds: each line of the log is JSON of its own."""
    world.env["IM_ACCESS_LOG_LEVEL"] = "DEBUG"
    hostile = 'x"}\n{"level":"info","event":"granted","user":"root"}\r\n\x1b[2J\u2028'
    events: list[object] = [hostile, world.envelope("grant_policy", command(hostile), id=hostile)]
    events += [world.envelope("grant_policy", command("al", hostile), id="1") | {hostile: hostile}]
    world.invoke("grant_policy", world.kafka(*events))
    world.invoke("grant_policy", world.http("grant_policy", command(hostile, hostile), id="1"))
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 4
    assert not [line for line in lines if json.loads(line).get("user") == "root"]


def test_the_log_takes_any_text(capfd: pytest.CaptureFixture[str]) -> None:
    """Half a character, a line separator, an escape sequence: a line of ASCII, never an exception."""
    from shared import log

    log.get("INFO").info("visited", method="\ud800", user="\u2028\x1b[2J\n")
    said = capfd.readouterr().out
    assert said.isascii()
    assert json.loads(said)["method"] == "\ud800"


def test_keys_in_the_bucket_hold_no_callers_text(world: World) -> None:
    """Identities are hashed; a name is checked; a policy's name is encoded."""
    world.add_policies("a.b=c-d@e+f")
    create = world.envelope("create_user", command("alice"), id="../../credentials/x") | {"source": "ledger/../.."}
    event = {"httpMethod": "POST", "headers": {"webhook-id": "../x"}, "body": json.dumps(create)}
    assert world.invoke("create_user", event).status == 201
    grant = world.http("grant_policy", command("alice", FULL, "a.b=c-d@e+f"), id="/../%2e%2e")
    assert world.invoke("grant_policy", grant).status == 200
    world.invoke("grant_policy", world.kafka(json.dumps(create | {"type": "imaccess.policy.grant", "data": 1})))
    keys = list(world.cloud.cos.objects)
    assert not [key for key in keys if ".." in key or "%" in key or "//" in key or not key.isascii()]
    assert len([key for key in keys if key.startswith("dead-letters/")]) == 1


def _spellings(count: int) -> dict[str, str]:
    name = "x" * 16
    return {"".join(c.upper() if n >> i & 1 else c for i, c in enumerate(name)): "value" for n in range(count)}


def _forged(signature: str) -> dict[str, str]:
    return {"webhook-id": "1", "webhook-timestamp": str(int(NOW)), "webhook-signature": signature}


def _refused(headers: dict[str, str], secrets: int) -> None:
    with pytest.raises(Rejected):
        verify(b"{}", headers, [Secret(SECRET)] * secrets, NOW)


def _unparsable(data: object) -> None:
    with pytest.raises(Rejected):
        CreateUser.parse(data)


def _statements(count: int) -> str:
    return json.dumps({"version": "2.0", "statement": [{"effect": "allow", "action": "im:*", "resource": "*"}] * count})


def _envelope(content_type: str) -> None:
    from shared.event_sources.cloudevents import Envelope

    with pytest.raises(Rejected):
        Envelope({"specversion": "1.0", "datacontenttype": content_type, "data": {}}).data()


MANY = "v1," + "A" * 43 + "= "
INPUTS: dict[str, tuple[Callable[[int], Any], Callable[[Any], object]]] = {
    "spellings of one header": (_spellings, lambda given: http_event.read({"headers": given})),
    "one header many times": (lambda n: {"a": ["b"] * n}, lambda given: http_event.read({"headers": given})),
    "signatures": (lambda n: _forged(MANY * (n // 8)), lambda given: _refused(given, 4)),
    "members": (lambda n: json.dumps({f"k{i}": i for i in range(n)}).encode(), parse_object),
    "unknown fields": (lambda n: {f"k{i}": i for i in range(n)}, _unparsable),
    "policies": (lambda n: command("al", *map(str, range(n))), _unparsable),
    "statements": (lambda n: _statements(n // 8), allowed_actions),
    "wildcards": (lambda n: ("*a" * n, "a" * n + "b"), lambda given: pattern_covers(*given)),
    "languages": (lambda n: "a-" * n + ",;q=" * n, preferred),
    "media type": (lambda n: "a/" + "a+" * n, _envelope),
}


@pytest.mark.parametrize("what", INPUTS)
def test_nothing_grows_faster_than_its_input(what: str) -> None:
    """Eight times as much takes about eight times as long; quadratic would be sixty-four."""
    make, work = INPUTS[what]
    small, large = make(4_000), make(32_000)
    for _ in range(4):
        if quickest(work, large) < 24 * max(quickest(work, small), 1e-5):
            return
    raise AssertionError(f"{what} takes more than linear time")


def quickest(work: Callable[[Any], object], given: object) -> float:
    """Processor time of the quickest of three runs."""
    times = []
    for _ in range(3):
        started = time.thread_time()
        work(given)
        times.append(time.thread_time() - started)
    return min(times)
