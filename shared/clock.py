"""The clock, which everything that needs the time receives as an argument; and RFC 3339 date-times."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone
from typing import Protocol

_RFC3339 = r"(?a)(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:([Zz])|([+-])(\d{2}):(\d{2}))"


class Clock(Protocol):
    """The source of the time. Tests use one that they can set."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def parse_rfc3339(text: str) -> float:
    """Seconds since the epoch of an RFC 3339 date-time, in every form of the standard (section 5.6).

    `datetime.fromisoformat` of Python 3.10 knows neither `Z` nor fractions of other than 3 or 6 digits. A leap second
    counts as the first second of the next minute. Raises ValueError.
    """
    match = re.fullmatch(_RFC3339, text)
    if match is None:
        raise ValueError("not an RFC 3339 date-time")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    leap = second == 60
    base = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=timezone.utc).timestamp() + leap
    fraction = float(f"0.{match[7]}") if match[7] else 0.0
    return base + fraction - _offset(match[9], match[10], match[11])


def _offset(sign: str | None, hours: str | None, minutes: str | None) -> int:
    if sign is None or hours is None or minutes is None:
        return 0
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("not an RFC 3339 offset")
    seconds = int(hours) * 3600 + int(minutes) * 60
    return -seconds if sign == "-" else seconds


def rfc3339(moment: float) -> str:
    """RFC 3339 in UTC, whole seconds (rounded down): `2026-01-02T03:04:05Z`."""
    return datetime.fromtimestamp(int(moment // 1), tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
