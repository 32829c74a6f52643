"""`im-access outbox`: notifications and mails that their receivers have not accepted yet."""

from __future__ import annotations

from typing import Any

import click

from cli.exit_codes import OK
from cli.language import _
from cli.terminal.command import command
from cli.terminal.console import EVERYTHING, Console
from shared.clock import rfc3339
from shared.errors import ImAccessError
from shared.notifications.outbox import KEPT, PREFIX, OutboxEntry

COLUMNS = ("id", "type", "user", "tries", "waiting_since", "next_try", "until")


@command("outbox", example="im-access outbox --json")
@click.pass_obj
def outbox(console: Console) -> int:
    """Notifications and mails that are not delivered yet; the sweep sends them."""
    cos = console.cos()
    keys = [row.key for row in cos.below(PREFIX, limit=EVERYTHING)]
    found = console.each(lambda key: (key, cos.get(key)), keys, _("entries read"))
    rows = [_row(key, stored.body) for key, stored in found if stored is not None]
    if rows or console.as_json:
        console.show(rows, COLUMNS)
    else:
        console.say(_("No notification or mail waits."))
    return OK


def _row(key: str, body: bytes) -> dict[str, Any]:
    id_ = key.split("-")[1][:16]
    try:
        entry = OutboxEntry.load(body)
    except ImAccessError as error:
        return {"id": id_, "key": key, "type": error.code}
    user = entry.parcel.user if entry.parcel else (entry.data.get("user") or {}).get("name")
    return {
        "id": id_,
        "key": key,
        "type": entry.type,
        "user": user,
        "request_id": entry.data.get("request_id"),
        "tries": entry.tries,
        "waiting_since": rfc3339(entry.first_at),
        "next_try": rfc3339(entry.due),
        "until": rfc3339(entry.first_at + KEPT),
    }
