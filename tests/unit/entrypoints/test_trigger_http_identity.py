"""HTTP: who a request is, and in which of its forms the command comes."""

import json
from typing import Any

import pytest

from shared.request_identity import request_id
from tests.unit.entrypoints.fakes import (
    NOW,
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

STRUCTURED = {"Content-Type": "Application/CloudEvents+JSON; charset=utf-8"}
BINARY = {
    "CE-SpecVersion": "1.0",
    "ce-type": "imaccess.policy.grant",
    "Ce-Source": "/hr",
    "ce-id": "42",
    "content-type": "application/json",
}


def identity(body: object, headers: dict[str, Any]) -> tuple[str, ...]:
    """The identity of the request that the platform-authenticated event became."""
    door = FakeFunction(env=PLATFORM)
    status, answer, _ = send(door, http_event(body, headers))
    assert status == 200, answer
    [request] = door.performed
    assert answer["request_id"] == request.id
    return request.identity


def test_an_envelope_comes_before_the_headers() -> None:
    """The identity is the envelope's source and id, else `webhook-id`, else `Idempotency-Key`."""
    both = {"Webhook-ID": "w", "IDEMPOTENCY-KEY": "k"}
    assert identity(envelope(), both) == ("cloudevents", "/hr", "for-alice")
    assert identity(command(), both) == ("webhook-id", "w")
    assert identity(command(), {"IDEMPOTENCY-KEY": "k"}) == ("idempotency-key", "k")


def test_a_header_may_come_as_a_list() -> None:
    """Some gateways send each header's values as a list."""
    assert identity(command(), {"Idempotency-Key": ["k"]}) == ("idempotency-key", "k")
    body = json.dumps(command())
    headers = {name.title(): [value] for name, value in signature_headers(body).items()}
    assert send(FakeFunction(), http_event(body, headers))[0] == 200


def test_without_identity_nothing_runs() -> None:
    """A bare command without any identity is refused."""
    assert refusal(FakeFunction(env=PLATFORM), http_event(command())) == (400, "no_identity")
    assert refusal(FakeFunction(env=PLATFORM), http_event(command()) | {"headers": None}) == (400, "no_identity")


@pytest.mark.parametrize("name", ["webhook-id", "idempotency-key"])
@pytest.mark.parametrize("value", ["", "  ", "x" * 1025, "a\nb", "a\x00", 5, None, True, [], {}])
def test_an_unreasonable_identity_is_none(name: str, value: object) -> None:
    """Empty, over 1024 characters, with control characters, or no text."""
    assert refusal(FakeFunction(env=PLATFORM), http_event(command(), {name: value})) == (400, "no_identity")


def test_an_identity_counts_per_function() -> None:
    """One `webhook-id` sent to two functions is two requests."""
    ids = {
        send(FakeFunction(name), signed_event(command()))[1]["request_id"] for name in ("grant_policy", "revoke_policy")
    }
    assert len(ids) == 2


@pytest.mark.parametrize("headers", [{}, STRUCTURED, {"content-type": "application/json"}])
def test_an_envelope_is_recognised_with_or_without_its_content_type(headers: dict[str, str]) -> None:
    """Structured mode, signed: identity and time are the event's, the command is its data."""
    door = FakeFunction()
    status, _, _ = send(door, signed_event(envelope(time="2026-01-02T03:04:05Z"), headers))
    [request] = door.performed
    assert status == 200
    assert request.identity == ("cloudevents", "/hr", "for-alice")
    assert request.time == 1767323045
    assert request.command.user == "alice"


def test_structured_mode_takes_nothing_from_headers() -> None:
    """A structured event may repeat its attributes as headers; only the signed body counts."""
    door = FakeFunction()
    assert send(door, signed_event(envelope(), STRUCTURED | {"ce-id": "other", "ce-type": "other"}))[0] == 200
    assert door.performed[0].identity == ("cloudevents", "/hr", "for-alice")


def test_structured_mode_needs_an_envelope() -> None:
    """A bare command that says it is an envelope is an invalid one."""
    assert refusal(FakeFunction(), signed_event(command(), STRUCTURED)) == (400, "invalid_event")


@pytest.mark.parametrize("type", ["imaccess.user.create", "imaccess.policy.revoke", "other", "IMACCESS.POLICY.GRANT"])
def test_the_envelope_of_another_function_is_refused(type: str) -> None:  # noqa: A002
    """Over HTTP the caller has chosen the function: a type that is not its own is a mistake."""
    assert refusal(FakeFunction(), signed_event(envelope(type=type))) == (400, "wrong_type")


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"specversion": "0.3"}, "invalid_event"),
        ({"id": ""}, "invalid_event"),
        ({"source": None}, "invalid_event"),
        ({"time": "yesterday"}, "invalid_time"),
        ({"time": "2099-01-01T00:00:00Z"}, "invalid_time"),
        ({"data": None}, "invalid_event"),
        ({"data": []}, "invalid_command"),
        ({"data": "{}"}, "invalid_command"),
    ],
)
def test_a_bad_envelope_is_a_400(attributes: dict[str, Any], code: str) -> None:
    """Each faulty envelope is answered 400 with what is wrong with it."""
    assert refusal(FakeFunction(), signed_event(envelope(**attributes))) == (400, code)


def test_binary_mode_is_accepted_from_the_platform() -> None:
    """Where the platform has authenticated the caller, the attributes may be headers, percent-encoded."""
    door = FakeFunction(env=PLATFORM)
    headers = BINARY | {"Ce-Source": "/%E4%BA%BA%20x", "ce-time": "2026-01-02T03:04:05Z"}
    assert send(door, http_event(command(), headers))[0] == 200
    [request] = door.performed
    assert request.identity == ("cloudevents", "/人 x", "42")
    assert request.time == 1767323045


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ('"/hr"', "/hr"), ('"/hr staff"', "/hr staff"), (' "/hr" ', "/hr"), ('"a\\"b\\\\c"', 'a"b\\c'),
        ('"%E4%BA%BA"', "人"),
        ('"', '"'), ('a"b', 'a"b'), ('"a"b"', '"a"b"'), ("%22a%22", '"a"'),
    ],
)  # fmt: skip
def test_a_header_of_binary_mode_may_be_quoted(sent: str, meant: str) -> None:
    """As HTTP quotes a text; what is no quoted text stands for itself."""
    door = FakeFunction(env=PLATFORM)
    assert send(door, http_event(command(), BINARY | {"Ce-Source": sent}))[0] == 200
    assert door.performed[0].identity == ("cloudevents", meant, "42")


@pytest.mark.parametrize("header", ["ce-specversion", "ce-type", "CE-ID", "ce-source", "ce-time"])
def test_binary_mode_is_refused_with_a_signature(header: str) -> None:
    """A signature does not cover headers: whoever adds one to a signed request must not change what it means."""
    assert refusal(FakeFunction(), signed_event(command(), {header: "x"})) == (400, "unsigned_event")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"ce-type": "imaccess.user.create"}, "wrong_type"),
        ({"CE-SpecVersion": "0.3"}, "invalid_event"),
        ({"ce-id": ""}, "invalid_event"),
        ({"ce-id": "%00"}, "invalid_event"),
        ({"ce-id": "%ff"}, "invalid_event"),
        ({"ce-time": "now"}, "invalid_time"),
    ],
)
def test_bad_headers_of_binary_mode_are_a_400(headers: dict[str, str], code: str) -> None:
    """They are held to the same rules as an envelope."""
    assert refusal(FakeFunction(env=PLATFORM), http_event(command(), BINARY | headers)) == (400, code)


def test_a_refusal_carries_the_requests_own_id_as_soon_as_it_is_known() -> None:
    """A caller that is authenticated and named finds its id in every problem; before that it is the invocation's."""
    door = FakeFunction()
    unsigned = send(door, http_event(command(), {"webhook-id": "msg_1"}))[1]
    named = send(door, signed_event("{"))[1]
    event = send(door, signed_event(envelope(data={})))[1]
    assert unsigned["request_id"] == "platform-1"
    assert named["request_id"] == request_id("grant_policy", ("webhook-id", "msg_1"))
    assert event["request_id"] == request_id("grant_policy", ("cloudevents", "/hr", "for-alice"))
    assert [line["request_id"] for line in door.lines] == [
        unsigned["request_id"],
        named["request_id"],
        event["request_id"],
    ]


def test_a_future_event_is_measured_by_the_doors_clock() -> None:
    """An event may be five minutes ahead of the function's clock, and no more."""
    for ahead, code in ((300, 200), (301, 400)):
        door = FakeFunction(env=PLATFORM)
        door.fake_clock.moment = 1767323045.0 - ahead
        assert send(door, http_event(envelope(time="2026-01-02T03:04:05Z")))[0] == code
    assert NOW > 1767323045
