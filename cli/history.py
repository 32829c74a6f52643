"""`im-access history USER`: what happened to this person, event by event, from the ledger and the receipts."""

from __future__ import annotations

import click

from cli.command import command
from cli.console import Console
from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records import events, moment, request

COLUMNS = ("time", "event", "policy", "outcome", "state", "attempts", "function", "request_id")


@command("history", example="im-access history alice")
@click.argument("user")
@click.pass_obj
def history(console: Console, user: str) -> int:
    """What happened to a person, oldest first."""
    console.progress.step(_("reading the records of {user}").format(user=user))
    found = sorted(events(console, user), key=lambda entry: (entry.time, entry.order))
    requests = {key: request(console, key) for key in {entry.request for entry in found}}
    rows = []
    for entry in found:
        behind = requests[entry.request]
        default = "superseded" if behind.state == "finished" else None
        rows.append(
            {
                "time": moment(entry),
                "event": entry.effect,
                "policy": entry.policy,
                "outcome": behind.outcomes.get(entry.policy, default),
                "state": behind.state,
                "attempts": behind.attempts,
                "function": behind.function,
                "request_id": behind.request_id,
            }
        )
    if rows or console.as_json:
        console.show(rows, COLUMNS)
    else:
        console.say(_("Nothing is recorded for {user}.").format(user=user))
    return OK if rows else FAILED
