"""Compares what HR systems report of people with what the records and CAM say they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cli.records.known_people import everybody, planned
from cli.records.timeline import Timeline
from cli.terminal.console import Console
from shared.people.life import NOBODY
from shared.people.person_state import KnownPerson
from shared.people.rule_versions import RuleVersions
from shared.people.rules import Rules
from shared.policies.drift_findings import Finding, unreadable
from shared.policies.recorded_users import RecordedUser
from shared.tencent.cam_listing import SubUser

WORDS = {
    "hr_has_left": "HR says that the person is away, but the user is open",
    "hr_is_here": "HR says that the person is here, but the user is closed or missing",
    "hr_due": "the rules ask for something else",
}


def of_people(
    console: Console, timeline: Timeline, records: dict[int, RecordedUser], shown: Mapping[int, SubUser]
) -> list[Finding]:
    """The findings about all known people; none if no rules were ever pushed."""
    version = RuleVersions(console.cos()).newest()
    if version is None:
        return []
    people = everybody(console)
    found = [_of(console, timeline, records, shown, known, version.rules) for known in people.known]
    strangers = unreadable("", NOBODY, [key.text for key in people.unreadable])
    return [*(finding for some in found for finding in some), *strangers]


def _of(
    console: Console,
    timeline: Timeline,
    records: dict[int, RecordedUser],
    shown: Mapping[int, SubUser],
    known: KnownPerson,
    rules: Rules,
) -> Iterator[Finding]:
    state, uin = known.state, known.state.done.uin if known.state.done else None
    user, who = state.user or "-", f"{known.source} {known.person.employee}"
    due = planned(console, known.person, rules, state)
    record = records.get(uin) if uin else None
    life = timeline.look(record, lambda record: timeline.life_at(record, None), None)
    closed = uin not in shown or (life is not None and life.life.effect == "offboard")
    if due.what not in ("nothing", "later"):
        yield Finding("critical" if due.takes_away else "warning", "hr_due", user, uin or 0, who)
    elif uin in timeline.unreadable:
        return
    elif uin is not None and state.open and closed:
        yield Finding("warning", "hr_is_here", user, uin, who)
    elif uin is not None and not state.open and not closed:
        yield Finding("critical", "hr_has_left", user, uin, who)
