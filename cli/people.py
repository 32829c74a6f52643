"""`im-access people`: whom the sources have told of, and a table of an HR system that has no webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import click

from cli import people_csv, table
from cli.command import FILE, Commands, command, dry_run_option, yes_option
from cli.console import Console, Quiet
from cli.exit_codes import FAILED, OK
from cli.known_people import PLAN, everybody, plan_row, planned
from cli.language import _
from cli.output_file import OUTPUT, write_file
from shared.clock import rfc3339
from shared.entrypoints.people import apply_event
from shared.errors import ImAccessError, Misconfigured, Verdict
from shared.people.course import Course
from shared.people.directory import Known, People
from shared.people.identity import PersonKey
from shared.people.person import Person, PersonEvent
from shared.people.rule_versions import RuleVersions
from shared.people.steps import State

_SECONDS = 120
"""Within which one person is done; what a crash leaves behind holds for as long."""
_TRIES = 5
_LIST = ("source", "employee", "name", "status", "user", "state", "policies")


class Change(NamedTuple):
    """A person of the table, or one who is missing from it, and what is due for whom."""

    person: Person
    state: State
    due: Course


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
    changes = _looked_at(console, [row.person for row in rows], source, missing)
    due = [change for change in changes if change.due.what != "nothing"]
    losers = sum(change.due.takes_away for change in due)
    if dry_run:
        console.show([plan_row(source, *change) for change in due], PLAN)
        return OK
    brake = console.container().settings.people_brake
    if losers > brake:
        question = _("{of} people would lose something, more than IM_ACCESS_PEOPLE_BRAKE allows. Do it?")
        console.confirm(question.format(of=losers), yes=yes)
    return _do(console, changes, source)


@command("list", example="im-access people list --source wecom")
@click.option("--source", metavar="NAME", help="only those of this source")
@click.pass_obj
def list_people(console: Console, source: str | None) -> int:
    """Whom the sources have told of, with the users and what rules gave them."""
    rows = [_row(known) for known in everybody(console, source)]
    if rows or console.as_json:
        console.show(rows, _LIST)
    else:
        console.say(_("No source has told of anybody."))
    return OK


@command("show", example="im-access people show 10023 --source hr")
@click.argument("employee")
@click.option("--source", metavar="NAME", help="whose id it is")
@click.pass_obj
def show(console: Console, employee: str, source: str | None) -> int:
    """All that is known of a person, and which rule of which version gave what."""
    if source:
        people = People(console.cos())
        one = people.known(people.resolve(PersonKey.of(source, employee)))
        found = [one] if one else []
    else:
        found = [known for known in everybody(console) if known.person.employee == employee]
    if not found:
        raise LookupError(_("No source has told of {employee}").format(employee=employee))
    told = [_whole(known) for known in found]
    if console.as_json:
        console.show_json(told)
        return OK
    for row in told:
        for name, value in row.items():
            if value not in (None, [], {}):
                console.say(table.line(name, _plain(value)))
        if row["state"] is None and row["status"] == "active":
            console.say(_("There is no user: no rule gives anything, or the first day has not come."))
    return OK


@command("export", example="im-access people export --output staff.csv")
@click.option("--source", metavar="NAME", help="only those of this source")
@click.option("--output", type=OUTPUT, metavar="FILE", help="into a file, with a byte order mark for Excel")
@click.pass_obj
def export(console: Console, source: str | None, output: str | None) -> int:
    """The people as a table, as `import` reads it."""
    known = everybody(console, source)
    people = [one.person for one in known]
    if console.as_json:
        console.show_json([person.model_dump(mode="json") for person in people])
        return OK
    text = people_csv.write(people)
    if output:
        write_file(output, "\ufeff" + text)
        console.say(_("{of} people written.").format(of=len(people)))
    else:
        console.progress.stop()
        console.out.write(text)
    return OK


people = Commands("people", help="People of HR systems.", commands=(import_people, list_people, show, export))


def _looked_at(console: Console, told: Sequence[Person], source: str, missing: str | None) -> list[Change]:
    """What is due for everybody in the table, and for who is missing. Raises ImAccessError `no_rules`."""
    rules = RuleVersions(console.cos()).current().rules

    def look(person: Person) -> Change:
        records = People(console.cos())
        known = records.known(records.resolve(PersonKey.of(source, person.employee)))
        state = known.state if known else State()
        return Change(person, state, planned(console, person, rules, state))

    changes = console.each(look, told, _("people looked at"))
    if missing:
        here = _keys(console, told, source)
        gone = [one for one in everybody(console, source) if one.key not in here and one.person.status != "left"]
        changes += [look(Person(employee=one.person.employee, status="left")) for one in gone]
    return changes


def _keys(console: Console, told: Sequence[Person], source: str) -> set[PersonKey]:
    records = People(console.cos())
    return set(console.each(lambda one: records.resolve(PersonKey.of(source, one.employee)), told, _("ids looked up")))


def _do(console: Console, changes: Sequence[Change], source: str) -> int:
    """Do it for everybody, side by side; also for whom nothing changes, as this is the newest that was told."""
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
        container = Quiet("people", context, console.environment, console.instance, console.clock)
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


def _row(known: Known) -> dict[str, Any]:
    person, state = known.person, known.state
    return {
        "source": known.source,
        "employee": person.employee,
        "name": person.name,
        "status": person.status,
        "user": state.user or None,
        "state": _state(state),
        "policies": sorted(state.given),
    }


def _state(state: State) -> str | None:
    if state.step is None:
        return None
    if state.unfinished:
        return "unfinished"
    return "open" if state.open else "closed"


def _whole(known: Known) -> dict[str, Any]:
    step = known.state.step
    because = step.because if step else {}
    given = {policy: because.get(policy, []) for policy in sorted(known.state.given)}
    told = known.person.model_dump(mode="json", exclude_none=True)
    return {
        "source": known.source,
        **told,
        "told_at": rfc3339(known.time / 1_000_000),
        "sub_user": known.state.user or None,
        "state": _state(known.state),
        "rules_version": step.rules if step else None,
        "given_by": given,
    }


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    text = str(value)
    return text if text.isprintable() else ascii(text)[1:-1]
