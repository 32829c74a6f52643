"""Writes the order of events into object keys: in a listing, the newer event comes first.

    <inverted time>-<rank>-<inverted identity hash>

A later time comes first; at equal times the smaller rank; then the greater identity hash. A time that could not be read
back is refused before it becomes a key, because it would count as the newest for ever.
"""

from __future__ import annotations

EARLIEST = 1_577_836_800_000_000
"""2020-01-01 in microseconds since the epoch. Nothing was recorded before, so an earlier time was never set."""
LATEST = 7_258_118_400_000_000
"""2200-01-01."""
PATTERN = r"(\d{17})-(\d)-([0-9a-f]{64})"
"""Matches what `text` makes, as part of the pattern of a whole key; `parsed` takes its three groups."""

_END_OF_TIME = 10**17
_INVERT = str.maketrans("0123456789abcdef", "fedcba9876543210")
_DIGITS = frozenset("0123456789abcdef")


def check(time: int, request: str) -> None:
    """Raise ValueError for a time outside 2020 to 2200, or for a text that is no identity hash."""
    if not EARLIEST <= time < LATEST:
        raise ValueError("The time of an event lies outside 2020 to 2200")
    if len(request) != 64 or not _DIGITS.issuperset(request):
        raise ValueError("The identity hash of an event is not 64 hex digits")


def text(time: int, rank: int, request: str) -> str:
    """The text for a key; `time` is in microseconds since the epoch. Raises ValueError, as `check` does."""
    check(time, request)
    return f"{_END_OF_TIME - time:017}-{rank}-{request.translate(_INVERT)}"


def parsed(time: str, rank: str, request: str) -> tuple[int, int, str]:
    """The time, rank and identity hash in the groups of PATTERN. Raises ValueError, as `check` does."""
    found = _END_OF_TIME - int(time), int(rank), request.translate(_INVERT)
    check(found[0], found[2])
    return found
