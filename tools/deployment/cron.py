"""Checks a timer's cron expression of seven fields (https://cloud.tencent.com/document/product/583/9708).

The libraries check other dialects: croniter accepts what that page does not define (7 for Sunday, `L`, `#`, `R`,
`@daily`, backward ranges) and its errors name neither field nor range; cronsim knows no years.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Field(NamedTuple):
    """One field: what it counts, its lowest and highest value, and the names that may replace its numbers."""

    name: str
    first: int
    last: int
    words: tuple[str, ...] = ()

    def number(self, text: str) -> int | None:
        """The number that a text means in this field; None if it means none."""
        if text in self.words:
            return self.first + self.words.index(text)
        return int(text) if re.fullmatch(r"[0-9]{1,4}", text) and self.first <= int(text) <= self.last else None

    def holds(self, part: str) -> bool:
        """Whether a part between commas is a valid value, range or star, with or without a step."""
        span, slash, step = part.partition("/")
        if slash and not (re.fullmatch(r"[0-9]{1,4}", step) and int(step)):
            return False
        low, dash, high = span.partition("-")
        first, last = self.number(low), self.number(high if dash else low)
        in_order = first is not None and last is not None and (first <= last or low in self.words)
        return span == "*" or in_order


FIELDS = (
    Field("second", 0, 59),
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day", 1, 31),
    Field("month", 1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
    Field("weekday", 0, 6, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
    Field("year", 1970, 2099),
)


def problems(text: str) -> Iterator[str]:
    """What is wrong with a cron expression."""
    parts = text.split()
    if len(parts) != len(FIELDS):
        yield f"a cron expression has seven fields: {text}"
        return
    for field, value in zip(FIELDS, parts, strict=True):
        if not all(field.holds(part) for part in value.split(",")):
            yield f"the cron expression's {field.name} is {value}: {field.first} to {field.last}"
