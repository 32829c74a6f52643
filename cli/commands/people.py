"""`im-access people`: the people that HR systems have reported."""

from __future__ import annotations

from typing import Any

import click

from cli.commands import people_csv
from cli.commands.people_import import import_people
from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.known_people import everybody
from cli.terminal import table
from cli.terminal.command import Commands, command
from cli.terminal.console import Console
from cli.terminal.output_file import OUTPUT, write_file
from cli.terminal.untrusted_text import inert
from shared.clock import rfc3339
from shared.people.person_key import PersonKey
from shared.people.person_records import People
from shared.people.person_state import KnownPerson, PersonState

_LIST = ("source", "employee", "name", "status", "user", "state", "policies")


@command("list", example="im-access people list --source wecom")
@click.option("--source", metavar="NAME", help="only those of this source")
@click.pass_obj
def list_people(console: Console, source: str | None) -> int:
    """The people that HR systems have reported, with their users and the policies that rules gave them."""
    everyone = everybody(console, source)
    rows = [_row(known) for known in everyone.known]
    if rows or console.as_json:
        console.show(rows, _LIST)
    else:
        console.say(_("No HR system has reported anybody."))
    return FAILED if everyone.warn(console) else OK


@command("show", example="im-access people show 10023 --source hr")
@click.argument("employee")
@click.option("--source", metavar="NAME", help="whose id it is")
@click.pass_obj
def show(console: Console, employee: str, source: str | None) -> int:
    """All that is known of a person, and which rule of which version gave which policy."""
    if source:
        people = People(console.cos())
        one = people.known(people.ids.resolve(PersonKey.of(source, employee)))
        found = [one] if one else []
    else:
        everyone = everybody(console)
        everyone.warn(console)
        found = [known for known in everyone.known if known.person.employee == employee]
    if not found:
        raise LookupError(_("No HR system has reported {employee}").format(employee=employee))
    rows = [_whole(known) for known in found]
    if console.as_json:
        console.show_json(rows)
        return OK
    for row in rows:
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
    everyone = everybody(console, source)
    people = [one.person for one in everyone.known]
    text = people_csv.write(people)
    if console.as_json:
        console.show_json([person.model_dump(mode="json") for person in people])
    elif output:
        write_file(output, "\ufeff" + text)
        console.say(_("{of} people written.").format(of=len(people)))
    else:
        console.progress.stop()
        console.out.write(text)
    return FAILED if everyone.warn(console) else OK


people = Commands("people", help="People of HR systems.", commands=(import_people, list_people, show, export))


def _row(known: KnownPerson) -> dict[str, Any]:
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


def _state(state: PersonState) -> str | None:
    if state.step is None:
        return None
    if state.unfinished:
        return "unfinished"
    return "open" if state.open else "closed"


def _whole(known: KnownPerson) -> dict[str, Any]:
    step = known.state.step
    because = step.because if step else {}
    given = {policy: because.get(policy, []) for policy in sorted(known.state.given)}
    person = known.person.model_dump(mode="json", exclude_none=True)
    return {
        "source": known.source,
        **person,
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
    return inert(str(value))
