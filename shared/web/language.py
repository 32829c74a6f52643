"""Chooses Chinese or English by Accept-Language (RFC 9110, section 12.5.4), and formats times in that language."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Literal

Language = Literal["en", "zh"]

_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII
)
_READ = 20
"""The most language ranges of the header that are read; browsers send a handful."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_BEIJING = timezone(timedelta(hours=8))


def preferred(accept_language: str) -> Language:
    """Chinese or English, whichever the header prefers; English where it names neither."""
    liked: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accept_language.split(",", _READ)[:_READ]):
        match = _RANGE.fullmatch(part) if len(part) < 100 else None
        name = match[1].partition("-")[0].lower() if match else ""
        weight = float(match[2] or 1) if match else 0.0
        if name in ("zh", "en", "*") and weight > 0:
            liked.append((-weight, place, "zh" if name == "zh" else "en"))
    return min(liked)[2] if liked else "en"


def tag(language: Language) -> str:
    """The language tag for HTML and HTTP (BCP 47)."""
    return "zh-CN" if language == "zh" else "en"


def moment(at: float, language: Language) -> str:
    """A time to the minute, with its zone: UTC in English, Beijing time in Chinese."""
    return " ".join(moment_parts(at, language))


def moment_parts(at: float, language: Language) -> tuple[str, str]:
    """A time in two parts: the date, and the time of day with its zone."""
    if language == "zh":
        there = datetime.fromtimestamp(at, _BEIJING)
        return f"{there.year}年{there.month}月{there.day}日", f"{there:%H:%M}（北京时间）"
    utc = datetime.fromtimestamp(at, timezone.utc)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year},", f"{utc:%H:%M} UTC"
