"""Whatever JSON a platform hands over: HTTP answers, queues count or raise one of ours, nothing else comes out."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.entrypoints.queue import Redeliver
from shared.errors import MEANINGS, ImAccessError
from tests.unit.entrypoints.fakes import (
    ENV,
    PLATFORM,
    FakeFunction,
    command,
    envelope,
    on,
    signature_headers,
)

BARE = ENV | {"IM_ACCESS_BARE_MESSAGES": "accept"}
KEYS = (
    st.sampled_from([*envelope(), *command(), "time", "data_base64", "datacontenttype", "remark", "link_ttl"])
    | st.text()
)
TEXT = st.text(st.characters()) | st.sampled_from(
    ["1.0", "imaccess.policy.grant", "2026-01-02T03:04:05Z", "alice", "{}"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
NAMES = ["webhook-id", "Webhook-Timestamp", "webhook-signature", "Idempotency-Key", "ce-id", "ce-type", "content-type"]
fuzz = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def nearly(whole: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A good object, with some of its members replaced by anything."""
    changes = st.dictionaries(st.sampled_from(list(whole)) | KEYS, JSON, max_size=3)
    return changes.map(lambda members: whole | members)


def as_text(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """JSON texts of these values, or any text, or no text at all."""
    from shared.event_sources.strict_json import dump

    return values.map(dump) | TEXT | JSON


BODY = as_text(nearly(envelope()) | nearly(command()) | JSON)
HEADERS = st.dictionaries(st.sampled_from(NAMES) | st.text(), TEXT | st.lists(TEXT) | JSON, max_size=6)


@fuzz
@given(nearly({"httpMethod": "POST", "path": "/"}), HEADERS | JSON, BODY, st.booleans(), st.booleans())
def test_http_always_answers(event: dict[str, Any], headers: Any, body: Any, encoded: bool, platform: bool) -> None:  # noqa: ANN401
    """Any headers and body end in an answer with a status of the contract, never in an exception."""
    whole = {**event, "httpMethod": "POST", "headers": headers, "body": body, "isBase64Encoded": encoded}
    whole = {name: value for name, value in whole.items() if name not in ("specversion", "EventList", "Records")}
    if whole.get("type") == "connector:tdmq":
        return
    answer = on(FakeFunction(env=PLATFORM if platform else ENV), whole, {})
    assert answer["statusCode"] in (200, 400, 401, 403, 413)


@fuzz
@given(st.one_of(nearly(envelope()), nearly(command()), JSON), st.text(st.characters(codec="utf-8"), min_size=1))
def test_signed_http_always_answers(body: object, message_id: str) -> None:
    """Nor does anything get through that a signer may send; an unforeseen exception would be a 500."""
    from shared.event_sources.strict_json import dump, encode

    text = dump(body)
    if encode(text) is None:
        return
    event = {"httpMethod": "POST", "headers": signature_headers(text, message_id), "body": text}
    assert on(FakeFunction(), event, {})["statusCode"] in (200, 400, 403, 413)


def ends_well(event: object) -> None:
    """A queue event is counted, or raises one of ours; a door that parks leaves nothing for later."""
    door = FakeFunction(env=BARE)
    try:
        returned = on(door, event, {})
    except (ImAccessError, Redeliver) as error:
        assert isinstance(error, ImAccessError) and error.code == "unknown_trigger"  # noqa: PT017, PT018
        return
    assert returned["received"] == sum(list(returned.values())[1:])
    assert returned["parked"] == len(door.parked)
    assert all(letter.code in MEANINGS and letter.code != "internal_error" for letter in door.parked)


@fuzz
@given(
    st.lists(
        st.fixed_dictionaries({"Ckafka": nearly({"topic": "t", "partition": 1, "offset": 2, "msgBody": ""}) | JSON})
        | st.builds(lambda body: {"Ckafka": {"topic": "t", "partition": 1, "offset": 2, "msgBody": body}}, BODY)
        | JSON
    )
)
def test_ckafka_always_ends_well(records: list[Any]) -> None:
    """Records of any content are counted."""
    ends_well({"Records": records})


@fuzz
@given(
    st.lists(
        st.builds(lambda body: {"CMQ": {"topicName": "t", "msgId": "1", "msgBody": body}}, BODY)
        | st.fixed_dictionaries({"CMQ": JSON})
        | JSON
    )
)
def test_cmq_always_ends_well(records: list[Any]) -> None:
    """Records of any content are counted."""
    ends_well({"Records": records})


@fuzz
@given(
    st.lists(
        nearly(envelope(specversion="1.0.2", time="1767323045000"))
        | st.builds(lambda body: {"type": "connector:tdmq", "data": {"topic": "t", "msgId": 1, "msgBody": body}}, BODY)
        | JSON
    )
)
def test_eventbridge_always_ends_well(events: list[Any]) -> None:
    """Events of any content are counted."""
    ends_well({"EventList": events})


@fuzz
@given(
    st.dictionaries(st.sampled_from(["Records", "EventList", "specversion", "httpMethod", "Type"]) | st.text(), JSON)
)
def test_any_event_at_all_ends_well(event: dict[str, Any]) -> None:
    """Any dict is answered, counted, or refused."""
    try:
        assert isinstance(on(FakeFunction(), event, {}), dict)
    except ImAccessError as error:
        assert error.code == "unknown_trigger"  # noqa: PT017
