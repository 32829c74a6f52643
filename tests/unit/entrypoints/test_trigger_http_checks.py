"""HTTP: which check refuses what, and which one speaks first."""

import base64
import json
from typing import Any

import pytest

from shared.errors import Misconfigured
from tests.unit.entrypoints.fakes import (
    ENV,
    NOW,
    OTHER_KEY,
    PLATFORM,
    FakeFunction,
    command,
    envelope,
    http_event,
    refusal,
    send,
    signature_headers,
    signed_event,
)

BODY = json.dumps(command())
HUGE = "x" * 65537
FORBIDDEN = json.dumps(command() | {"policies": ["AdministratorAccess"]})
NO_BUCKET = ENV | {"IM_ACCESS_BUCKET": "no-appid"}
NO_SECRET = {name: value for name, value in NO_BUCKET.items() if name != "IM_ACCESS_WEBHOOK_SECRETS"}


def of_size(size: int) -> str:
    """A command whose JSON has exactly so many bytes."""
    return BODY + " " * (size - len(BODY))


def test_a_signed_command_is_performed() -> None:
    """A signed POST becomes the request of its `webhook-id`, on any path, and the answer is its result."""
    door = FakeFunction()
    status, body, headers = send(door, signed_event(command(), path="/any/path"))
    [request] = door.performed
    assert (request.function, request.identity, request.time) == ("grant_policy", ("webhook-id", "msg_1"), None)
    assert request.command.user == "alice"
    assert (status, body["request_id"], body["status"]) == (200, request.id, "granted")
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("event", "env", "expected"),
    [
        (http_event(HUGE, httpMethod="PUT"), NO_SECRET, (405, "method_not_allowed")),
        (http_event(HUGE), NO_SECRET, (413, "body_too_large")),
        (http_event("{"), NO_SECRET, (500, "misconfigured")),
        (http_event("{", {"ce-type": "x"}), NO_BUCKET, (401, "unauthorized")),
        (signed_event("{"), NO_BUCKET, (400, "malformed_json")),
        (signed_event(FORBIDDEN), NO_BUCKET, (403, "policy_not_allowed")),
        (signed_event(BODY), NO_BUCKET, (500, "misconfigured")),
    ],
    ids=["405", "413", "no secrets", "401", "400", "403", "the rest"],
)
def test_the_checks_come_in_their_order(event: dict[str, Any], env: dict[str, str], expected: tuple[int, str]) -> None:
    """Each of these fails the next check, too, and is refused by the first one."""
    assert refusal(FakeFunction(env=env), event) == expected


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "", "POST "])
def test_only_post_is_allowed(method: str) -> None:
    """Every other method is a 405 that says which is allowed."""
    status, body, headers = send(FakeFunction(), signed_event(command(), httpMethod=method))
    assert (status, body["code"], headers["Allow"]) == (405, "method_not_allowed", "POST")


def test_64_kib_are_not_too_large() -> None:
    """65536 bytes are good and one more is not; what counts is bytes, not characters."""
    assert send(FakeFunction(), signed_event(of_size(65536)))[0] == 200
    assert refusal(FakeFunction(), signed_event(of_size(65537))) == (413, "body_too_large")
    assert refusal(FakeFunction(), http_event("é" * 32769)) == (413, "body_too_large")


def test_the_size_of_an_encoded_body_is_that_of_the_decoded() -> None:
    """A body in base64 may be larger than the limit while what it holds is not."""
    for size, status in ((65536, 200), (65537, 413)):
        body = of_size(size)
        event = signed_event(body) | {"body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}
        assert send(FakeFunction(), event)[0] == status


def test_base64_is_taken_strictly() -> None:
    """Characters that a lenient decoder skips would give one body several spellings."""
    text = base64.b64encode(json.dumps(envelope()).encode()).decode()
    event = http_event(text, isBase64Encoded=True)
    assert send(FakeFunction(env=PLATFORM), event)[0] == 200
    assert refusal(FakeFunction(env=PLATFORM), event | {"body": f"{text[:8]}!{text[8:]}"}) == (400, "malformed_json")


def test_a_method_may_be_in_lower_case() -> None:
    """A method in lower case counts as in upper case."""
    assert send(FakeFunction(), signed_event(command(), httpMethod="post"))[0] == 200


def test_the_flag_of_base64_is_a_boolean() -> None:
    """isBase64Encoded may be a boolean or its text: "false" means no base64, and "true" does."""
    assert send(FakeFunction(), signed_event(command(), isBase64Encoded="false"))[0] == 200
    assert send(FakeFunction(), signed_event(command(), isBase64Encoded=False))[0] == 200
    body = json.dumps(command())
    text = base64.b64encode(body.encode()).decode()
    for on in (True, "true", "True", "TRUE"):
        assert send(FakeFunction(), signed_event(body) | {"body": text, "isBase64Encoded": on})[0] == 200
    for off in (False, "false", "False", None, "", "yes", 1, 0):
        assert refusal(FakeFunction(), signed_event(body) | {"body": text, "isBase64Encoded": off})[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(NOW) - 301)},
        {"webhook-timestamp": "soon"},
        {"Webhook-Id": "msg_1"},
        signature_headers(BODY, key=OTHER_KEY),
        signature_headers(BODY, at=NOW - 301),
        signature_headers(BODY, at=NOW + 301),
    ],
)
def test_a_signature_that_does_not_verify_is_a_401(headers: dict[str, str]) -> None:
    """Wrong, expired, of another secret, or with an id that came twice."""
    assert refusal(FakeFunction(), signed_event(BODY, headers)) == (401, "unauthorized")


@pytest.mark.parametrize("body", ["{", "%%%", None, "\ud800", {"user": "alice"}, 5])
def test_a_body_that_cannot_be_had_is_not_authenticated(body: object) -> None:
    """No signature can be verified over it: 401, flagged as base64 or not."""
    event = signed_event(command()) | {"body": body}
    assert refusal(FakeFunction(), event) == (401, "unauthorized")
    assert refusal(FakeFunction(), event | {"isBase64Encoded": True}) == (401, "unauthorized")


@pytest.mark.parametrize("body", ["{", "%%%", None, "", "\ud800", {"user": "alice"}, 5, "[]"])
def test_a_body_that_is_no_json_is_a_400(body: object) -> None:
    """Where the platform authenticates, the same is `malformed_json`."""
    event = http_event("") | {"body": body, "headers": {"webhook-id": "a"}}
    assert refusal(FakeFunction(env=PLATFORM), event) == (400, "malformed_json")
    assert refusal(FakeFunction(env=PLATFORM), event | {"isBase64Encoded": True}) == (400, "malformed_json")


def test_the_signature_covers_the_bytes_that_came() -> None:
    """Another spelling of the same JSON is another body; text that is not ASCII is signed as UTF-8."""
    headers = signature_headers(BODY)
    assert refusal(FakeFunction(), http_event(BODY.replace(": ", ":"), headers)) == (401, "unauthorized")
    text = json.dumps(envelope(id="für alice"), ensure_ascii=False)
    assert send(FakeFunction(), signed_event(text))[0] == 200


@pytest.mark.parametrize("value", ["", "   "])
def test_missing_secrets_never_open_the_door(value: str) -> None:
    """Unset or empty, they are a 500, and with them nothing is performed, however well it is signed."""
    env = ENV | {"IM_ACCESS_WEBHOOK_SECRETS": value}
    assert refusal(FakeFunction(env=env), signed_event(command())) == (500, "misconfigured")
    assert refusal(FakeFunction(env=env), http_event(command())) == (500, "misconfigured")


def test_an_unknown_way_to_authenticate_is_a_500() -> None:
    """An unknown IM_ACCESS_HTTP_AUTH is answered 500, and lets nobody in."""
    assert refusal(FakeFunction(env=ENV | {"IM_ACCESS_HTTP_AUTH": "none"}), http_event(command())) == (
        500,
        "misconfigured",
    )


def test_a_problem_of_the_settings_names_the_setting_alone() -> None:
    """A problem about a setting names the setting but not its value, which may be secret."""
    env = ENV | {"IM_ACCESS_NOTIFY_URL": "https://example.com", "IM_ACCESS_NOTIFY_SECRET": "hunter2"}
    door = FakeFunction(env=env)
    _, body, _ = send(door, signed_event(command()))
    assert "IM_ACCESS_NOTIFY_SECRET" in body["detail"]
    assert "hunter2" not in str(body) + str(door.lines)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"remark": "x"}, "remark"), ({"user": ""}, "user"), ({"policies": []}, "policies"), ({"a": 1}, "a")],
)
def test_a_bad_command_is_a_400_that_names_the_field(fields: dict[str, Any], field: str) -> None:
    """An unknown field, as `remark` is for a grant, and a bad value."""
    status, body, _ = send(FakeFunction(), signed_event(command() | fields))
    assert (status, body["code"]) == (400, "invalid_command")
    assert field in body["detail"]


def test_an_unforeseen_exception_is_a_500_without_its_text() -> None:
    """Whatever happens inside, the platform sees an answer; only the exception's type is logged."""

    def burst(_: object) -> None:
        raise KeyError("hunter2")

    door = FakeFunction(perform=burst)  # type: ignore[arg-type]
    status, body, _ = send(door, signed_event(command()))
    assert (status, body["code"]) == (500, "internal_error")
    assert door.lines[0]["exception"] == "KeyError"
    assert door.lines[0]["level"] == "error"
    assert "hunter2" not in str(body) + str(door.lines)


def test_settings_that_fail_late_are_a_500() -> None:
    """The credentials are read where the work begins; their absence is a problem like any other."""

    def no_credentials(_: object) -> None:
        raise Misconfigured("TENCENTCLOUD_SECRETID", "is missing")

    status, body, _ = send(FakeFunction(perform=no_credentials), signed_event(command()))  # type: ignore[arg-type]
    assert (status, body["code"], body["detail"]) == (500, "misconfigured", "TENCENTCLOUD_SECRETID is missing")
