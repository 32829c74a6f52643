"""JSON is taken strictly: what two parsers could read in two ways is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.event_sources.strict_json import dump, encode, parse_object
from tests.unit.entrypoints.fakes import refused_as

MALFORMED = "malformed_json: The body is not a JSON object"

BAD = {
    "nothing": b"",
    "no JSON": b"user=alice",
    "a list": b"[]",
    "a text": b'"alice"',
    "null": b"null",
    "a key twice": b'{"user": "alice", "user": "bob"}',
    "a key twice further in": b'{"data": {"user": "alice", "user": "bob"}}',
    "a key twice, escaped": b'{"user": "alice", "\\u0075ser": "bob"}',
    "NaN": b'{"link_ttl": NaN}',
    "Infinity": b'{"link_ttl": -Infinity}',
    "a number beyond floats": b'{"link_ttl": 1e999}',
    "a byte order mark twice": b'\xef\xbb\xbf\xef\xbb\xbf{"user": "alice"}',
    "a byte order mark inside": b' \xef\xbb\xbf{"user": "alice"}',
    "a byte order mark alone": b"\xef\xbb\xbf",
    "UTF-16": '{"user": "alice"}'.encode("utf-16"),
    "Latin-1": '{"user": "é"}'.encode("latin-1"),
    "an encoded surrogate": b'{"user": "\xed\xa0\x80"}',
    "more behind it": b'{"user": "alice"}{}',
    "a comment": b'{"user": "alice"} // hi',
    "a raw line end in a text": b'{"user": "al\nice"}',
    "nested too deeply": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "lists nested too deeply": b'{"a":' + b"[" * 60_000,
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD)
def test_anything_but_one_strict_object_is_malformed(raw: bytes) -> None:
    """Each of these is `malformed_json`, and the refusal quotes nothing of it."""
    assert refused_as(lambda: parse_object(raw)) in (MALFORMED, "malformed_json: The body is nested too deeply")


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    """A UTF-8 byte order mark may stand before the object."""
    assert parse_object(b'\xef\xbb\xbf{"user": "alice"}') == {"user": "alice"}


def test_huge_numbers_are_no_accident() -> None:
    """A number of thousands of digits ends as a refusal or a number, never as another exception."""
    raw = b'{"a": ' + b"9" * 60_000 + b"}"
    assert refused_as(lambda: parse_object(raw)) in ("", MALFORMED)


def test_an_object_is_what_it_says() -> None:
    """Texts of any script, numbers, lists and nested objects come through."""
    assert parse_object(' {"a": ["é", "\\u00e9", 1, 2.5, true, null, {"b": {}}]}\n'.encode()) == {
        "a": ["é", "é", 1, 2.5, True, None, {"b": {}}]
    }


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    """Any bytes are an object or `malformed_json`."""
    assert refused_as(lambda: parse_object(raw)) in ("", MALFORMED)


def test_texts_of_a_platform() -> None:
    """A text has bytes unless it was no UTF-8; what is no text has none."""
    assert encode("é") == b"\xc3\xa9"
    assert encode("\ud800") is None
    assert encode(5) is None


def test_a_value_without_json_is_dumped_as_nothing() -> None:
    """What cannot be dumped is an empty text, since a dead letter must not fail for it."""
    assert dump({"ä": [1]}) == '{"ä":[1]}'
    assert dump({1, 2}) == ""
