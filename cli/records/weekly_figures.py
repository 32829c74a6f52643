"""Computes the figures of the report, week by week, from the records in the bucket alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from cli.language import _
from cli.records.timeline import Timeline
from cli.terminal.console import EVERYTHING, Console
from shared.event_sources.dead_letters import PREFIX as LETTERS
from shared.idempotency.stored_attempts import OPEN
from shared.notifications.outbox import PREFIX as OUTBOX

_WEEK = timedelta(days=7)
_HOUR, _DAY = 3600.0, 86_400.0
AGES = (("up to an hour", _HOUR), ("up to a day", _DAY), ("longer", float("inf")))
"""Classes of how long something has been waiting, and their upper bounds in seconds."""
WAITING = (
    ("requests", OPEN),
    ("notifications", OUTBOX),
    ("dead letters", LETTERS),
    ("HR events", "inbox/"),
    ("SCIM changes", "scim/now/due/"),
)
"""Kinds of work that can wait, and the prefixes of their objects."""


class Week(NamedTuple):
    """One week, from its Monday (UTC).

    `delays`: seconds from each event to its effect. `waiting`: the largest number of events that waited for their
    effect at one moment. `late`: the same for events that had waited for more than an hour.

    """

    begins: str
    joiners: int
    leavers: int
    grants: int
    revokes: int
    delays: tuple[float, ...]
    waiting: int
    late: int


class Figures(NamedTuple):
    """All figures. `backlog`: how many things wait, by kind and age; `users`: how many, by state."""

    weeks: list[Week]
    backlog: dict[str, dict[str, int]]


class _Event(NamedTuple):
    at: float
    kind: str
    request: str


def collect(console: Console, timeline: Timeline, days: int) -> Figures:
    """The figures of the last days."""
    now = console.clock.now()
    events = [event for event in _events(timeline) if event.at > now - days * _DAY]
    timeline.requests.load(event.request for event in events)
    return Figures(list(_weeks(timeline, events, now, days)), _backlog(console))


def _events(timeline: Timeline) -> Iterable[_Event]:
    for record in timeline.everybody().values():
        for row in record.lives:
            if row.life.uin == record.uin:
                yield _Event(row.life.time / 1_000_000, row.life.effect, row.life.request)
        for rows in record.policies.values():
            for one in rows:
                yield _Event(one.entry.time / 1_000_000, one.entry.effect, one.entry.request)


def _weeks(timeline: Timeline, events: list[_Event], now: float, days: int) -> Iterable[Week]:
    monday = _monday(now - days * _DAY)
    waits = [(event.at, _done(timeline, event, now)) for event in events]
    while monday.timestamp() <= now:
        ends = monday + _WEEK
        some = [event for event in events if monday.timestamp() <= event.at < ends.timestamp()]
        kinds = [event.kind for event in some]
        delays = [_delay(timeline, event) for event in some]
        yield Week(
            begins=monday.date().isoformat(),
            joiners=kinds.count("create") + kinds.count("restore"),
            leavers=kinds.count("offboard"),
            grants=kinds.count("grant"),
            revokes=kinds.count("revoke"),
            delays=tuple(sorted(delay for delay in delays if delay is not None)),
            waiting=most_at_once(waits, monday.timestamp(), ends.timestamp()),
            late=most_at_once([(at + _HOUR, done) for at, done in waits], monday.timestamp(), ends.timestamp()),
        )
        monday = ends


def _delay(timeline: Timeline, event: _Event) -> float | None:
    done = timeline.requests.read(event.request).done_at
    # Receipts have whole seconds.
    return None if done is None else max(0.0, done - event.at)


def _done(timeline: Timeline, event: _Event, now: float) -> float:
    """When an event took effect; the present moment for one that still waits."""
    done = timeline.requests.read(event.request).done_at
    return now if done is None else done


def most_at_once(waits: Iterable[tuple[float, float]], begins: float, ends: float) -> int:
    """The largest number of time spans that overlap at one moment between two given moments."""
    inside = [(max(start, begins), min(stop, ends)) for start, stop in waits if start < ends and stop > begins]
    steps = sorted(
        [(start, 1) for start, stop in inside if start < stop] + [(stop, -1) for start, stop in inside if start < stop]
    )
    most = waiting = 0
    for _moment, step in steps:
        waiting += step
        most = max(most, waiting)
    return most


def _monday(at: float) -> datetime:
    day = datetime.fromtimestamp(at, timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def _backlog(console: Console) -> dict[str, dict[str, int]]:
    cos = console.cos()
    found = {}
    for what, prefix in WAITING:
        console.progress.step(_(what))
        ages = [row.age or 0.0 for row in cos.below(prefix, limit=EVERYTHING)]
        counts, before = {}, -1.0
        for name, most in AGES:
            counts[name] = sum(before < age <= most for age in ages)
            before = most
        found[what] = counts
    return found


def quantile(sorted_values: tuple[float, ...], share: float) -> float | None:
    """The value below which the given share of the values lies."""
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))] if sorted_values else None
