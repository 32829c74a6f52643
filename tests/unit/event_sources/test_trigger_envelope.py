"""CloudEvents: identity, time and data, each with its own refusal."""

import base64
import json
from typing import Any

import pytest

from shared.event_sources.cloudevents import EARLIEST, Envelope, is_envelope
from tests.unit.entrypoints.fakes import NOW, command, envelope, refused_as

AHEAD = 300


def test_an_envelope_tells_who_when_and_what() -> None:
    """Type, (source, id), time and data are read; extensions are of no interest."""
    event = Envelope(envelope(time="2026-01-02T03:04:05Z", subject="alice", traceparent="00-0af7"))
    assert event.type == "imaccess.policy.grant"
    assert event.identity == ("cloudevents", "/hr", "for-alice")
    assert event.time(NOW) == 1767323045
    assert event.data() == command()


@pytest.mark.parametrize("name", ["type", "source", "id"])
@pytest.mark.parametrize("value", [None, "", "  ", 5, ["a"], "x" * 1025, "a\nb", "a\x7fb", "\ud800"])
def test_what_names_an_event_is_a_reasonable_text(name: str, value: object) -> None:
    """Missing, empty, too long, with control characters or no text: `invalid_event`, which names the attribute."""
    event = Envelope(envelope() | {name: value})
    refusal = refused_as(lambda: event.type if name == "type" else event.identity)
    assert refusal == f"invalid_event: {name} is no text of 1 to 1024 characters"


def test_names_may_be_long_and_of_any_script() -> None:
    """1024 characters are good, and so is what is not ASCII."""
    event = Envelope(envelope(source="/人事", id="x" * 1024))
    assert event.identity == ("cloudevents", "/人事", "x" * 1024)


@pytest.mark.parametrize("version", ["0.3", "1", "1.1", "0", "1.0.2", None, 1.0, ["1.0"]])
def test_a_sender_speaks_1_0(version: object) -> None:
    """Only `specversion` "1.0" is CloudEvents 1.0."""
    assert refused_as(Envelope(envelope() | {"specversion": version}).data).startswith("invalid_event: specversion")


@pytest.mark.parametrize("version", ["0", "1.0", "1.0.2"])
def test_eventbridge_speaks_its_own_versions(version: str) -> None:
    """EventBridge's pages and samples show three."""
    assert Envelope(envelope(specversion=version), from_bus=True).data() == command()


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-01-02", "2026-01-02T03:04:05", "1767323045000", 1767323045, True, []]
)
def test_a_time_is_rfc_3339(value: object) -> None:
    """Anything else is `invalid_time`; epoch milliseconds are EventBridge's alone."""
    assert refused_as(lambda: Envelope(envelope(time=value)).time(NOW)) == "invalid_time: time is not RFC 3339"


@pytest.mark.parametrize(
    "value", ["1767323045000", 1767323045000, "2026-01-02T03:04:05Z", "2026-01-02T11:04:05.0+08:00"]
)
def test_a_time_of_eventbridge_may_be_milliseconds(value: object) -> None:
    """There the time is epoch milliseconds, as text or number, or RFC 3339."""
    assert Envelope(envelope(time=value), from_bus=True).time(NOW) == 1767323045


@pytest.mark.parametrize("value", ["", "-1", "1767323045.5", "１７６７", "9" * 16, True])
def test_not_all_that_looks_like_milliseconds_is(value: object) -> None:
    """Numbers that are no milliseconds of our time are refused."""
    assert refused_as(lambda: Envelope(envelope(time=value), from_bus=True).time(NOW)).startswith("invalid_time")


def test_an_event_without_time_has_none() -> None:
    """The time is optional; null means that it is not there."""
    assert Envelope(envelope()).time(NOW) is None
    assert Envelope(envelope() | {"time": None}).time(NOW) is None


@pytest.mark.parametrize(("ahead", "good"), [(0, True), (AHEAD, True), (AHEAD + 0.001, False), (10**9, False)])
def test_the_future_is_refused(ahead: float, good: bool) -> None:
    """A time more than 5 minutes ahead would win over every later event: `invalid_time`."""
    event = Envelope(envelope(time="2026-01-02T03:04:05Z"))
    refusal = refused_as(lambda: event.time(1767323045 - ahead))
    assert refusal == ("" if good else "invalid_time: time is more than 5 minutes in the future")


NEVER_SET = (
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
    "2019-12-31T23:59:59Z", "2020-01-01T00:00:00+00:01",
)  # fmt: skip


@pytest.mark.parametrize("value", NEVER_SET)
def test_a_time_that_was_never_set_is_refused(value: str) -> None:
    """The zero time of some languages and clocks would lose to every other event: refused, not obeyed."""
    assert refused_as(lambda: Envelope(envelope(time=value)).time(NOW)).startswith("invalid_time")
    assert Envelope(envelope(time="2020-01-01T00:00:00Z")).time(NOW) == EARLIEST


@pytest.mark.parametrize("value", ["1767323045", 1767323045, "1577836799999", "0", "1", 0, "1767323045000000"])
def test_a_bus_time_in_another_unit_is_refused(value: object) -> None:
    """EventBridge's is in milliseconds: seconds would be 1970, which never wins, and microseconds are none."""
    assert refused_as(lambda: Envelope(envelope(time=value), from_bus=True).time(NOW)).startswith("invalid_time")
    assert Envelope(envelope(time="1577836800000"), from_bus=True).time(NOW) == EARLIEST


def encoded(data: object) -> str:
    """The base64 of JSON."""
    return base64.b64encode(json.dumps(data).encode()).decode()


def test_data_may_be_base64() -> None:
    """`data_base64` holds the same JSON text, encoded."""
    assert Envelope(envelope(data=None, data_base64=encoded(command()))).data() == command()


@pytest.mark.parametrize(
    ("attributes", "refusal"),
    [
        ({"data": None}, "invalid_event: data is missing"),
        ({"data_base64": encoded(command())}, "invalid_event: data and data_base64 are both there"),
        ({"data": None, "data_base64": "%"}, "invalid_event: data_base64 is no base64"),
        ({"data": None, "data_base64": "é"}, "invalid_event: data_base64 is no base64"),
        ({"data": None, "data_base64": 5}, "invalid_event: data_base64 is no base64"),
        ({"data": None, "data_base64": encoded([])}, "malformed_json: The body is not a JSON object"),
        ({"datacontenttype": "text/plain"}, "invalid_event: datacontenttype is no JSON"),
        ({"datacontenttype": "application/json-seq"}, "invalid_event: datacontenttype is no JSON"),
        ({"datacontenttype": 5}, "invalid_event: datacontenttype is no JSON"),
    ],
)
def test_data_that_is_no_command_is_refused(attributes: dict[str, Any], refusal: str) -> None:
    """Missing, doubled, undecodable or of another type: each says so."""
    assert refused_as(Envelope(envelope(**attributes)).data) == refusal


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", "text/json", "application/x+json;v=1", None]
)
def test_data_is_json_under_several_names(content_type: str | None) -> None:
    """`datacontenttype` may be any JSON type, or missing."""
    assert Envelope(envelope(datacontenttype=content_type)).data() == command()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (envelope(), True),
        (envelope(specversion=None), True),
        ({"specversion": None}, True),
        (command(), False),
        (command(type="x"), False),
        ({}, False),
    ],
)
def test_an_envelope_is_told_from_a_bare_command(body: dict[str, Any], expected: bool) -> None:
    """By fields that no command has; a stray `type` in a command stays the unknown field that it is."""
    assert is_envelope(body) is expected
