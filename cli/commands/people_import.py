"""`im-access people import`: a table of people, for an HR system that has no webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import click

from cli.account.own_container import QuietContainer
from cli.commands import people_csv
from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.known_people import PLAN, everybody, plan_row, planned
from cli.terminal.command import command
from cli.terminal.console import Console
from cli.terminal.options import FILE, dry_run_option, yes_option
from shared.entrypoints.person_events import apply_event
from shared.errors import ImAccessError, Misconfigured, Verdict
from shared.people.due_action import DueAction
from shared.people.person import Person, PersonEvent
from shared.people.person_key import PersonKey
from shared.people.person_records import People
from shared.people.person_state import PersonState
from shared.people.rule_versions import RuleVersions

_SECONDS = 120
"""Seconds allowed for one person. A lease that a crash leaves behind is valid for as long."""
_TRIES = 5


class Change(NamedTuple):
    """A person of the table, or one who is missing from it, and what has to be done for the person."""

    person: Person
    state: PersonState
    due: DueAction


@command("import", example="im-access people import staff.csv --source hr --dry-run")
@click.argument("file", type=FILE)
@click.option("--source", default="csv", metavar="NAME", help="whose ids the employees' are; csv if not given")
@click.option("--missing", type=click.Choice(("left",)), metavar="left", help="who is not in the file has left")
@dry_run_option
@yes_option
@click.pass_obj
def import_people(console: Console, file: str, source: str, missing: str | None, dry_run: bool, yes: bool) -> int:
    """Do for the people of a table what the rules say. What was done is not done twice: run it again to go on."""
    try:
        rows = people_csv.read(Path(file).read_bytes())
    except OSError:
        raise LookupError(_("{file} cannot be read").format(file=file)) from None
    except people_csv.BadTable as bad:
        for fault in bad.faults:
            console.warn(f"{file}: {fault}")
        return FAILED
    changes = _changes(console, [row.person for row in rows], source, missing)
    due = [change for change in changes if change.due.what != "nothing"]
    losers = sum(change.due.takes_away for change in due)
    if dry_run:
        console.show([plan_row(source, *change) for change in due], PLAN)
        return OK
    brake = console.container().settings.people_brake
    if losers > brake:
        question = _("{of} people would lose something, more than IM_ACCESS_PEOPLE_BRAKE allows. Do it?")
        console.confirm(question.format(of=losers), yes=yes)
    return _carry_out(console, changes, source)


def _changes(console: Console, people: Sequence[Person], source: str, missing: str | None) -> list[Change]:
    """What has to be done for each person in the table, and for those missing. Raises ImAccessError `no_rules`."""
    rules = RuleVersions(console.cos()).current().rules

    def look(person: Person) -> Change:
        records = People(console.cos())
        known = records.known(records.ids.resolve(PersonKey.of(source, person.employee)))
        state = known.state if known else PersonState()
        return Change(person, state, planned(console, person, rules, state))

    changes = console.each(look, people, _("people looked at"))
    if missing:
        here, everyone = _keys(console, people, source), everybody(console, source)
        everyone.warn(console)
        gone = [one for one in everyone.known if one.key not in here and one.person.status != "left"]
        changes += [look(Person(employee=one.person.employee, status="left")) for one in gone]
    return changes


def _keys(console: Console, people: Sequence[Person], source: str) -> set[PersonKey]:
    records = People(console.cos())
    return set(
        console.each(lambda one: records.ids.resolve(PersonKey.of(source, one.employee)), people, _("ids looked up"))
    )


def _carry_out(console: Console, changes: Sequence[Change], source: str) -> int:
    """Apply the table to everybody, in threads. Unchanged people too: the table is then the newest report of them."""
    now, lock, done = console.clock.now(), Lock(), [0]
    console.changed = [_("{done} of {of} people done").format(done=0, of=len(changes))]

    def one(change: Change) -> dict[str, Any]:
        event = PersonEvent(source, f"import {now}", now, change.person)
        row = {"employee": change.person.employee, "name": change.person.name, **_outcome(console, event)}
        with lock:
            done[0] += 1
            console.changed = [_("{done} of {of} people done").format(done=done[0], of=len(changes))]
        return row

    rows = console.each(one, changes, _("people done"))
    console.show([row for row in rows if row["outcome"] != "unchanged"], ("employee", "name", "user", "outcome"))
    for code, detail in sorted({(row["outcome"], row["detail"]) for row in rows if row["failed"]}):
        console.warn(f"{code}: {detail}")
    failed = sum(bool(row["failed"]) for row in rows)
    console.say(_("{of} people, {failed} of them could not be done.").format(of=len(rows), failed=failed))
    return FAILED if failed else OK


def _outcome(console: Console, event: PersonEvent) -> dict[str, Any]:
    for left in reversed(range(_TRIES)):
        context = {"time_limit_in_ms": _SECONDS * 1000}
        container = QuietContainer("people", context, console.environment, console.instance, console.clock)
        try:
            came = apply_event(event, container)
        except Misconfigured:
            raise
        except ImAccessError as error:
            if error.meaning.verdict is Verdict.LATER and left:
                console.clock.sleep(error.retry_after or 2)
                continue
            return {"user": None, "outcome": error.code, "detail": error.detail, "failed": True}
        return {"user": came.user or None, "outcome": came.outcome, "failed": False}
    raise AssertionError("unreachable")
