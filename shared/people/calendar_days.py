"""Days of HR systems: a date without a time is a whole day in the organisation's time zone, the last one included."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from shared.clock import parse_rfc3339


def begins(moment: str, zone: tzinfo) -> float:
    """When what starts at a moment or on a day begins, in seconds since the epoch. Raises ValueError."""
    return parse_rfc3339(moment) if "T" in moment else _midnight(date.fromisoformat(moment), zone)


def ends(moment: str, zone: tzinfo) -> float:
    """When what ends at a moment or with a day is over, in seconds since the epoch. Raises ValueError."""
    if "T" in moment:
        return parse_rfc3339(moment)
    return _midnight(date.fromisoformat(moment) + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
