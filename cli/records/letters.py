"""Reads dead letters from the bucket as rows, and finds one by the beginning of its id."""

from __future__ import annotations

import json
from typing import Any

from cli.language import _
from cli.records.ids import long_enough, the_one
from cli.terminal.console import EVERYTHING, Console

_PREFIX = "dead-letters/"


def all_letters(console: Console) -> list[dict[str, Any]]:
    """Every dead letter as a row with its `id`, `key`, `function` and `user`. Shows progress meanwhile."""
    found = []
    rows = console.cos().below(_PREFIX, limit=EVERYTHING)
    for done, row in enumerate(rows, 1):
        found.append(_read(console, row.key))
        console.progress.advance(done, len(rows), _("dead letters read"))
    return [letter for letter in found if letter is not None]


def one_letter(console: Console, wanted: str) -> dict[str, Any]:
    """The dead letter whose id begins with this text. Raises LookupError unless there is exactly one."""
    long_enough(wanted)
    keys = {_id(row.key): row.key for row in console.cos().below(_PREFIX, limit=EVERYTHING)}
    letter = _read(console, keys[the_one(wanted, keys)])
    if letter is None:
        raise LookupError(_("The dead letter {id} is gone").format(id=wanted))
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
