"""`im-access history USER`: what happened to this person, event by event, from the ledger and the receipts."""

from __future__ import annotations

from cli.console import DIFFERENT, OK, Console
from cli.records import events, moment, request

COLUMNS = ("time", "event", "policy", "outcome", "state", "attempts", "function", "request_id")


def history(console: Console, user: str) -> int:
    """Show the user's events, oldest first. Exit code 1 where nothing is recorded or something is unfinished."""
    found = sorted(events(console, user), key=lambda entry: (entry.time, entry.order))
    if not found and not console.as_json:
        console.say(f"Nothing is recorded for {user}.")
        return DIFFERENT
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
    console.show(rows, COLUMNS)
    return OK if rows and all(row["state"] == "finished" for row in rows) else DIFFERENT
