"""`im-access dead-letters`: what could not be done and was taken off its queue; to look at, do again, or drop."""

from __future__ import annotations

import json
from typing import Any

from cli.console import DIFFERENT, EVERYTHING, OK, Console
from shared.entrypoints.redrive import redrive as again
from shared.errors import ImAccessError, Misconfigured
from shared.event_sources.dead_letters import DeadLetter
from shared.operations import OPERATIONS

_PREFIX = "dead-letters/"
_COLUMNS = ("id", "function", "code", "retry", "received_at", "user")


def list_letters(console: Console, *, function: str | None, retry_only: bool) -> int:
    """Show the dead letters, oldest first."""
    letters = [letter for letter in _all(console) if function in (None, letter["function"])]
    shown = [letter for letter in letters if letter["retry"] or not retry_only]
    if shown or console.as_json:
        console.show(sorted(shown, key=lambda letter: str(letter["received_at"])), _COLUMNS)
    else:
        console.say("No dead letters.")
    return OK


def show_letter(console: Console, wanted: str) -> int:
    """Show one whole, its message included."""
    letter = _one(console, wanted)
    if console.as_json:
        console.show([letter], _COLUMNS)
        return OK
    for name in ("id", "function", "code", "reason", "retry", "received_at", "identity", "message"):
        console.say(f"{name:12} {letter[name]!r}")
    return OK


def redrive(console: Console, wanted: list[str], *, all_retryable: bool, dry_run: bool) -> int:
    """Do the messages as their functions would, with the same identity; what succeeds leaves the dead letters."""
    letters = [_one(console, each) for each in wanted]
    if all_retryable:
        letters = [letter for letter in _all(console) if letter["retry"]]
    rows = []
    for letter in letters:
        rows.append({**letter, "result": "would be tried" if dry_run else _again(console, letter)})
        console.progress(len(rows), len(letters))
    console.show(rows, ("id", "function", "user", "result"))
    return OK if all(row["result"] in ("applied", "replayed", "would be tried") for row in rows) else DIFFERENT


def drop(console: Console, wanted: list[str], *, dry_run: bool) -> int:
    """Remove dead letters for good."""
    letters = [_one(console, each) for each in wanted]
    for letter in letters:
        if not dry_run:
            console.cos().delete(letter["key"])
    console.show(
        [{**letter, "result": "would be dropped" if dry_run else "dropped"} for letter in letters], ("id", "result")
    )
    return OK


def _again(console: Console, row: dict[str, Any]) -> str:
    found = console.cos().get(row["key"])
    if found is None:
        return "gone"
    try:
        letter = DeadLetter.load(found.body)
        return again(letter, console.container(letter.function))
    except Misconfigured:
        raise
    except ImAccessError as error:
        return error.code


def _all(console: Console) -> list[dict[str, Any]]:
    cos = console.cos()
    rows = cos.below(_PREFIX, limit=EVERYTHING)
    return [letter for row in rows if (letter := _read(console, row.key)) is not None]


def _one(console: Console, wanted: str) -> dict[str, Any]:
    found = [row.key for row in console.cos().below(_PREFIX, limit=EVERYTHING) if _id(row.key).startswith(wanted)]
    if len(found) != 1:
        raise LookupError(f"{'No' if not found else 'More than one'} dead letter has an id that begins with {wanted}")
    letter = _read(console, found[0])
    if letter is None:
        raise LookupError(f"The dead letter {wanted} is gone")
    return letter


def _read(console: Console, key: str) -> dict[str, Any] | None:
    found = console.cos().get(key)
    if found is None:
        return None
    try:
        letter: dict[str, Any] = json.loads(found.body)
    except ValueError:
        letter = {
            "code": "unreadable",
            "retry": False,
            "message": "",
            "identity": [],
            "received_at": None,
            "reason": "",
        }
    function = letter.get("function", key.split("/")[1])
    return {**letter, "id": _id(key), "key": key, "function": function, "user": _user(letter["message"])}


def _id(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(".json")[:16]


def _user(message: str) -> str | None:
    try:
        body = json.loads(message)
        command = body.get("data", body)
        return str(command["user"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


FUNCTIONS = tuple(OPERATIONS)
