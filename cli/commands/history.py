"""`im-access history USER`: what happened to a person, event by event; it reads only the records, not CAM."""

from __future__ import annotations

from typing import Any

import click

from cli.commands.moments import at_option
from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.life_events import events, state
from cli.records.requests import WHY
from cli.records.timeline import Timeline
from cli.terminal.command import command
from cli.terminal.console import Console
from cli.terminal.untrusted_text import inert

COLUMNS = ("time", "applied", "event", "policy", "outcome")
HELD = ("user", "uin", "state", "policy", "since", "given_by", "function")


@command("history", example="im-access history alice --at 2026-01-31")
@click.argument("user")
@at_option
@click.pass_obj
def history(console: Console, user: str, at: float | None) -> int:
    """What happened to a person, oldest first."""
    console.progress.step(_("reading the records of {user}").format(user=user))
    timeline = Timeline(console)
    shown = console.cam().user(user) if at is None else None
    records = timeline.of_name(user, shown.uin if shown else None)
    rows = list(events(timeline, user, records) if at is None else state(timeline, records, at))
    if console.as_json:
        console.show_json(rows)
    elif not rows:
        console.say(_("Nothing is recorded for {user}.").format(user=user))
    elif at is not None:
        console.show(rows, HELD)
    else:
        _print_events(console, rows)
    return OK if rows else FAILED


def _print_events(console: Console, rows: list[dict[str, Any]]) -> None:
    """Print a line for each event, and below it who asked for it and what happened to its credentials."""
    for row in rows:
        console.say("  ".join(str(_(str(row[name]))) for name in COLUMNS if row[name]))
        about = [(name, row[name]) for name in ("until", "caller", *WHY) if row[name]]
        if row["state"] != "finished":
            about.append(("state", _(row["state"])))
        if row["code"]:
            about.append(("code", row["code"]))
        about.append(("request id", row["request_id"]))
        console.say("    " + " · ".join(f"{_(name.replace('_', ' '))}: {inert(str(value))}" for name, value in about))
        if row["credentials"]:
            found = row["credentials"]
            more = " ".join(str(found[name]) for name in ("at", "address") if found[name])
            console.say(f"    {_('credentials')}: {_(found['state'])} {more}".rstrip())
            if found["disputed_at"]:
                console.say(f"    {_('disputed')}: {found['disputed_at']}")
