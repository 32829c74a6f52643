"""`im-access drift`: lists the differences between the records and CAM by severity; it changes nothing."""

from __future__ import annotations

import click

from cli.commands.users import name_of
from cli.exit_codes import DIFFERENT, OK
from cli.language import _
from cli.records.cam_snapshot import Gathered, Gathering
from cli.records.hr_differences import WORDS as HR_WORDS
from cli.records.hr_differences import of_people
from cli.records.timeline import Timeline
from cli.terminal.command import command
from cli.terminal.console import Console
from shared.people.life import NOBODY
from shared.people.offboarding import Offboardings
from shared.policies.drift_findings import Finding, Shown, compare, unreadable
from shared.policies.recorded_users import RecordedUser, expected

COLUMNS = ("grade", "user", "finding", "about")
YOUNG = 300.0
"""Seconds. A difference in records younger than this is checked twice, because CAM may not show a change yet."""
LAG = 8.0
"""Seconds by which CAM's reads may lag behind its writes; longer than any lag seen so far."""
WORDS = {
    "made_by_hand": "made by hand",
    "user_missing": "recorded, but not in CAM",
    "login_open": "offboarded, but console login is open",
    "key_active": "offboarded, but an access key works",
    "policy_left": "offboarded, but a policy is attached",
    "foreign_policy_left": "offboarded; a policy that is not ours is left",
    "deletion_overdue": "offboarded, and was to be deleted long ago",
    "policy_revoked_attached": "revoked, but attached",
    "policy_by_hand": "attached by hand",
    "policy_missing": "granted, but not attached",
    "policy_by_group": "has it by a group",
    "record_unreadable": "a record cannot be read",
    **HR_WORDS,
}
"""The text of each kind of finding."""


@command("drift", example="im-access drift --quick")
@click.option("--quick", is_flag=True, help="without groups, which CAM tells slowly")
@click.pass_obj
def drift(console: Console, quick: bool) -> int:
    """What differs between HR systems, the records and CAM."""
    console.progress.step(_("reading records and CAM"))
    gathering = Gathering(console, quick=quick, resume=False, activity=False)
    found = gathering.all()
    timeline = Timeline(console)
    records = timeline.everybody()
    findings = _findings(console, timeline, records, found)
    young = {uin for uin, record in records.items() if record.younger_than(YOUNG)}
    doubtful = sorted({one.uin for one in findings if one.is_difference and one.uin in young})
    if doubtful:
        console.progress.step(_("looking again at what changed in the last minutes"))
        console.clock.sleep(LAG)
        again = Timeline(console)
        facts = {**found.facts, **gathering.look_again(doubtful)}
        second = _findings(console, again, again.everybody(), found._replace(facts=facts, users=gathering.users()))
        findings = [one for one in findings if one.uin not in doubtful or one in second]
    _print_findings(console, findings)
    return DIFFERENT if any(one.is_difference for one in findings) else OK


def _findings(console: Console, timeline: Timeline, records: dict[int, RecordedUser], found: Gathered) -> list[Finding]:
    allowed, now = console.container().settings.policies, console.clock.now()
    uins = sorted(found.users.keys() | records.keys(), key=lambda uin: (name_of(uin, found.users, records), uin))
    offboardings = Offboardings(console.cos())

    def one(uin: int) -> list[Finding]:
        name, given = name_of(uin, found.users, records), timeline.ledger.lives.given
        should = timeline.look(records.get(uin), lambda record: expected(record, given, offboardings), None)
        if uin in timeline.unreadable:
            return unreadable(name, uin, timeline.unreadable[uin])
        return compare(name, uin, should, _shown(found, uin), allowed, now)

    findings = [finding for some in console.each(one, uins, _("users looked at")) for finding in some]
    findings += unreadable("", NOBODY, timeline.strays)
    return findings + of_people(console, timeline, records, found.users)


def _shown(found: Gathered, uin: int) -> Shown | None:
    user, facts = found.users.get(uin), found.facts.get(uin)
    if user is None or facts is None:
        return None
    active = [key.secret_id for key in facts.keys if key.active]
    return Shown(user.console_login, active, frozenset(facts.direct), facts.groups or {})


def _print_findings(console: Console, findings: list[Finding]) -> None:
    rows = [{**one._asdict(), "finding": WORDS[one.kind], "about": one.about or None} for one in findings]
    if rows or console.as_json:
        console.show(rows, COLUMNS)
    if not any(one.is_difference for one in findings):
        console.say(_("No differences."))
