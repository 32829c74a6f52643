"""`im-access dead-letters`: lists, shows, redrives and drops dead letters (messages that could not be carried out)."""

from __future__ import annotations

from typing import Any

import click

from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.letters import all_letters, one_letter
from cli.terminal import table
from cli.terminal.command import Commands, command
from cli.terminal.console import Console
from cli.terminal.options import dry_run_option, yes_option
from shared.entrypoints.redrive import redrive as again
from shared.errors import ImAccessError, Misconfigured
from shared.event_sources.dead_letters import DeadLetter
from shared.operations import OPERATIONS

_COLUMNS = ("id", "function", "code", "retry", "received_at", "user")
_SHOWN = ("id", "function", "code", "reason", "retry", "received_at", "identity", "message")
_DONE = ("applied", "replayed", "would be tried")


@command("list", example="im-access dead-letters list --retry")
@click.option(
    "--function", type=click.Choice(tuple(OPERATIONS)), metavar="FUNCTION", help="only those of this function"
)
@click.option("--retry", is_flag=True, help="only those that can succeed once somebody has acted")
@click.pass_obj
def list_letters(console: Console, function: str | None, retry: bool) -> int:
    """Show the dead letters, oldest first."""
    letters = [letter for letter in all_letters(console) if function in (None, letter["function"])]
    shown = [letter for letter in letters if letter["retry"] or not retry]
    if shown or console.as_json:
        console.show(sorted(shown, key=lambda letter: str(letter["received_at"])), _COLUMNS)
    else:
        console.say(_("No dead letters."))
    return OK


@command("show", example="im-access dead-letters show 3f2a77")
@click.argument("id")
@click.pass_obj
def show_letter(console: Console, id: str) -> int:
    """Show one dead letter completely, with its message."""
    letter = one_letter(console, id)
    if console.as_json:
        console.show([letter], _COLUMNS)
        return OK
    for name in _SHOWN:
        console.say(table.line(name, repr(letter[name]), width=12))
    return OK


@command("redrive", example="im-access dead-letters redrive 3f2a77 77b0c1")
@click.argument("id", nargs=-1)
@click.option("--all", "all_retryable", is_flag=True, help="all that are marked retry")
@dry_run_option
@click.pass_obj
def redrive(console: Console, id: tuple[str, ...], all_retryable: bool, dry_run: bool) -> int:
    """Carry dead letters out again under the same identity; those that succeed are removed."""
    if bool(id) == all_retryable:
        raise click.UsageError(_("redrive takes ids, or --all"))
    letters = [one_letter(console, each) for each in id]
    if all_retryable:
        letters = [letter for letter in all_letters(console) if letter["retry"]]
    if not (letters or console.as_json):
        console.say(_("No dead letters."))
        return OK
    rows = []
    for letter in letters:
        rows.append({**letter, "result": "would be tried" if dry_run else _again(console, letter)})
        console.progress.advance(len(rows), len(letters), _("redriven"))
        console.changed = [_("{done} of {of} redriven").format(done=len(rows), of=len(letters))] * (not dry_run)
    console.show(rows, ("id", "function", "user", "result"))
    return OK if all(row["result"] in _DONE for row in rows) else FAILED


@command("drop", example="im-access dead-letters drop 3f2a77")
@click.argument("id", nargs=-1, required=True)
@dry_run_option
@yes_option
@click.pass_obj
def drop(console: Console, id: tuple[str, ...], dry_run: bool, yes: bool) -> int:
    """Remove them for good."""
    letters = [one_letter(console, each) for each in id]
    if dry_run:
        console.show([{**letter, "result": "would be dropped"} for letter in letters], ("id", "result"))
        return OK
    if not (yes or console.as_json):
        console.show(letters, _COLUMNS)
    console.confirm(_("Remove {of} for good?").format(of=len(letters)), yes=yes)
    for done, letter in enumerate(letters, 1):
        console.cos().delete(letter["key"])
        console.changed = [_("{done} of {of} dropped").format(done=done, of=len(letters))]
    console.show([{**letter, "result": "dropped"} for letter in letters], ("id", "result"))
    return OK


dead_letters = Commands(
    "dead-letters", help="Messages that could not be done.", commands=(list_letters, show_letter, redrive, drop)
)


def _again(console: Console, row: dict[str, Any]) -> str:
    found = console.cos().get(row["key"])
    if found is None:
        return "gone"
    try:
        letter = DeadLetter.load(found.body)
        return again(letter, console.quiet(letter.function))
    except Misconfigured:
        raise
    except ImAccessError as error:
        return error.code
