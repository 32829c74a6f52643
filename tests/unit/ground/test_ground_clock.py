"""The standard's text forms of a moment."""

from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import SystemClock, parse_rfc3339, rfc3339

MOMENT = 1767323045


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T03:04:05Z",
        "2026-01-02t03:04:05z",
        "2026-01-02 03:04:05Z",
        "2026-01-02T03:04:05.0Z",
        "2026-01-02T03:04:05.000000000Z",
        "2026-01-02T03:04:05+00:00",
        "2026-01-02T03:04:05-00:00",
        "2026-01-02T11:04:05+08:00",
        "2026-01-01T21:34:05-05:30",
    ],
)
def test_every_form_of_the_standard_is_read(text: str) -> None:
    """`Z`, offsets, fractions of any length and either case are read."""
    assert parse_rfc3339(text) == MOMENT


@pytest.mark.parametrize(("text", "fraction"), [("5", 0.5), ("25", 0.25), ("123456789", 0.123456789), ("0001", 0.0001)])
def test_fractions_count(text: str, fraction: float) -> None:
    """A fraction of a second of any number of digits counts."""
    assert parse_rfc3339(f"2026-01-02T03:04:05.{text}Z") == pytest.approx(MOMENT + fraction, abs=1e-6)


def test_a_leap_second_is_the_next_minutes_first() -> None:
    """A leap second is read as the first second of the next minute."""
    assert parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-01-02",
        "2026-01-02T03:04Z",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05,5Z",
        "2026-01-02T03:04:05+0800",
        "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05+08:60",
        "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:05Z",
        "2026-01-02T03:04:61Z",
        "2026-02-29T03:04:05Z",
        "2026-13-01T03:04:05Z",
        "0000-01-01T00:00:00Z",
        "2026-01-02T03:04:05Z\n",
        " 2026-01-02T03:04:05Z",
        "2026-01-02_03:04:05Z",
        "２０２６-01-02T03:04:05Z",
        "1767323045",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    """With a ValueError, impossible dates and digits of other scripts included."""
    with pytest.raises(ValueError, match=r".+"):
        parse_rfc3339(text)


@settings(deadline=None)
@given(
    st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 31)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.integers(-23 * 60, 23 * 60),
)
def test_python_agrees(moment: datetime, minutes: int) -> None:
    """For any moment and offset, what Python writes is read as the same moment."""
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_rfc3339(aware.isoformat()) == pytest.approx(aware.timestamp(), abs=1e-3)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    """Any text is a moment, or raises ValueError and nothing else."""
    with suppress(ValueError):
        assert isinstance(parse_rfc3339(text), float)


@pytest.mark.parametrize(
    ("moment", "text"),
    [(0, "1970-01-01T00:00:00Z"), (MOMENT, "2026-01-02T03:04:05Z"), (MOMENT + 0.999, "2026-01-02T03:04:05Z")],
)
def test_a_moment_is_written_in_utc_and_whole_seconds(moment: float, text: str) -> None:
    """Rounded down: a link never claims to live longer than it does."""
    assert rfc3339(moment) == text


@settings(deadline=None)
@given(st.integers(0, 253402300799))
def test_what_is_written_is_read_back(moment: int) -> None:
    """A moment that is written and read is the same moment."""
    assert parse_rfc3339(rfc3339(moment)) == moment


def test_the_machines_clock_goes() -> None:
    """The system's clock gives seconds since the epoch, and its sleep waits."""
    clock = SystemClock()
    before = clock.now()
    clock.sleep(0.01)
    assert 0.009 < clock.now() - before < 5
    assert before > MOMENT
