"""Converts dates of HR systems to times: a date without a time is a whole day in the organisation's time zone,
including the last day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from shared.clock import parse_rfc3339


def begins(moment: str, zone: tzinfo) -> float:
    """When a date or time begins, in seconds since the epoch. Raises ValueError."""
    return parse_rfc3339(moment) if "T" in moment else _midnight(date.fromisoformat(moment), zone)


def ends(moment: str, zone: tzinfo) -> float:
    """When a date or time has passed (for a date: the end of that day), in seconds since the epoch. Raises
    ValueError.
    """
    if "T" in moment:
        return parse_rfc3339(moment)
    return _midnight(date.fromisoformat(moment) + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
