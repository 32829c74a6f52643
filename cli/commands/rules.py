"""`im-access rules`: checks a document that says who gets which policies, shows its effects, and makes it valid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.exit_codes import DIFFERENT, FAILED, OK
from cli.language import _
from cli.records.known_people import PLAN, Everybody, everybody, plan_row, planned
from cli.terminal.command import Commands, command
from cli.terminal.console import Console
from cli.terminal.options import FILE, yes_option
from shared.clock import rfc3339
from shared.people.due_action import DueAction
from shared.people.person_state import KnownPerson
from shared.people.rule_versions import RuleVersions
from shared.people.rules import Rules
from shared.people.rules_check import check as check_document


@command("check", example="im-access rules check rules.json")
@click.argument("file", type=FILE)
@click.pass_obj
def check(console: Console, file: str) -> int:
    """Say what is wrong with a file: line, rule and field of every fault."""
    rules = _read(console, file)
    if rules is None:
        return FAILED
    if console.as_json:
        console.show_json([])
    console.say(_("{of} rules, and nothing is wrong with them.").format(of=len(rules.rules)))
    return OK


@command("show", example="im-access rules show")
@click.option("--version", "number", type=int, metavar="N", help="another version than the newest")
@click.pass_obj
def show(console: Console, number: int | None) -> int:
    """Show the rules in force."""
    versions = RuleVersions(console.cos())
    newest = versions.newest()
    if newest is None or not (number is None or 1 <= number <= newest.number):
        raise LookupError(_("There is no such version: nobody has pushed it"))
    found = versions.version(number) if number else newest
    about = {"version": found.number, "pushed_at": rfc3339(found.pushed_at), "approved": found.approved}
    if console.as_json:
        console.show_json({**about, "document": found.rules.document()})
        return OK
    console.say(_("version {version}, pushed at {pushed_at}").format(**about))
    console.show([_row(rule) for rule in found.rules.document()["rules"]], ("rule", "when", "policies"))
    return OK


@command("plan", example="im-access rules plan rules.json")
@click.argument("file", type=FILE)
@click.pass_obj
def plan(console: Console, file: str) -> int:
    """Show person by person what a file would change, and change nothing; exit code 3 where it would."""
    rules = _read(console, file)
    if rules is None:
        return FAILED
    return _show_plan(console, rules)


@command("push", example="im-access rules push rules.json")
@click.argument("file", type=FILE)
@yes_option
@click.pass_obj
def push(console: Console, file: str, yes: bool) -> int:
    """Put the rules in a file into force. The sweep applies them to everybody; new events follow them at once."""
    rules = _read(console, file)
    if rules is None:
        return FAILED
    versions, brake = RuleVersions(console.cos()), console.container().settings.people_brake
    changes, people = _changes(console, rules)
    people.warn(console)
    losers = sum(due.takes_away for _known, due in changes)
    newest = versions.newest()
    if newest is not None and newest.rules == rules and losers <= brake:
        console.say(_("Version {version} says the same already.").format(version=newest.number))
        return _report(console, newest.number, losers)
    if losers > brake:
        question = _("{of} people would lose something, more than IM_ACCESS_PEOPLE_BRAKE allows. Push it?")
        console.confirm(question.format(of=losers), yes=yes)
    pushed = versions.push(rules, console.clock.now(), approved=losers > brake)
    console.changed.append(_("version {version} was pushed").format(version=pushed.number))
    console.say(_("Version {version} holds from now on; the sweep applies it.").format(version=pushed.number))
    return _report(console, pushed.number, losers)


rules = Commands("rules", help="Who gets what.", commands=(check, show, plan, push))


def _report(console: Console, version: int, losers: int) -> int:
    if console.as_json:
        console.show_json({"version": version, "losing": losers})
    return OK


def _read(console: Console, file: str) -> Rules | None:
    """Read the rules in a file. Prints its faults and returns None if it has any. Raises LookupError without a file."""
    try:
        raw = Path(file).read_bytes()
    except OSError:
        raise LookupError(_("{file} cannot be read").format(file=file)) from None
    found, faults = check_document(raw, console.container().settings.policies)
    if faults and console.as_json:
        console.show_json([fault._asdict() for fault in faults])
    elif faults:
        for fault in faults:
            console.say(f"{file}: {fault}")
    return found


def _changes(console: Console, rules: Rules) -> tuple[list[tuple[KnownPerson, DueAction]], Everybody]:
    people = everybody(console)
    due = [(one, planned(console, one.person, rules, one.state)) for one in people.known]
    return [(one, due_action) for one, due_action in due if due_action.what not in ("nothing", "later")], people


def _show_plan(console: Console, rules: Rules) -> int:
    """Show what would change; returns the exit code."""
    changes, people = _changes(console, rules)
    rows = [plan_row(one.source, one.person, one.state, due) for one, due in changes]
    if rows or console.as_json:
        console.show(rows, PLAN)
    losers = sum(due.takes_away for _known, due in changes)
    console.say(_("{of} people would change, {losers} of them lose something.").format(of=len(rows), losers=losers))
    incomplete = people.warn(console)
    return DIFFERENT if rows else FAILED if incomplete else OK


def _row(rule: dict[str, Any]) -> dict[str, Any]:
    when = "; ".join(f"{name} = {' | '.join(wanted)}" for name, wanted in rule["when"].items())
    return {"rule": rule["name"], "when": when, "policies": rule["policies"]}
