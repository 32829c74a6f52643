"""`im-access users`: every sub-user with its state, such as active or offboarded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.timeline import Timeline, text
from cli.terminal.command import command
from cli.terminal.console import Console
from shared.clock import rfc3339
from shared.people.life import NOBODY
from shared.people.offboarding import Offboardings, made_here
from shared.policies.recorded_users import RecordedUser
from shared.tencent.cam_listing import Listing, SubUser

STATES = ("active", "offboarded", "deleted", "missing", "by hand", "unreadable")
"""`missing`: the records say that the user is there, and CAM does not show it. `by hand`: CAM alone knows it.
`unreadable`: a record of the user is of a form that is not known here, so the state is not either.
"""
COLUMNS = ("user", "uin", "state", "since", "delete_at", "console_login")


@command("users", example="im-access users --state offboarded")
@click.option(
    "--state",
    type=click.Choice(STATES),
    metavar="STATE",
    help="active, offboarded, deleted, missing, by hand, unreadable",
)
@click.pass_obj
def users(console: Console, state: str | None) -> int:
    """Every sub-user with its state of life."""
    console.progress.step(_("reading records and CAM"))
    timeline = Timeline(console)
    rows = [row for row in _rows(console, timeline) if state in (None, row["state"])]
    if rows or console.as_json:
        console.show(rows, COLUMNS)
    else:
        console.say(_("No such user."))
    return FAILED if timeline.warn() else OK


def _rows(console: Console, timeline: Timeline) -> Iterator[dict[str, Any]]:
    shown = {user.uin: user for user in Listing(console.api()).users()}
    records = timeline.everybody()
    uins = sorted(shown.keys() | records.keys(), key=lambda uin: (name_of(uin, shown, records), uin))
    states = [state_of(timeline, records.get(uin), shown.get(uin)) for uin in uins]
    offboardings = Offboardings(console.cos())

    def delete_at(place: int) -> str | None:
        def look(record: RecordedUser) -> int | None:
            life = timeline.life_at(record, None)
            return offboardings.met(life.life).delete_at if life and made_here(record.lives, record.uin) else None

        due = timeline.look(records.get(uins[place]) if states[place] == "offboarded" else None, look, None)
        return None if due is None else rfc3339(due)

    deletions = console.each(delete_at, range(len(uins)), _("users looked at"))
    for uin, state, deletion in zip(uins, states, deletions, strict=True):
        user = shown.get(uin)
        life = timeline.look(records.get(uin), lambda record: timeline.life_at(record, None), None)
        yield {
            "user": name_of(uin, shown, records),
            "uin": uin,
            "state": "unreadable" if uin in timeline.unreadable else state,
            "since": text(life.life.time) if life else None,
            "delete_at": deletion,
            "console_login": user.console_login if user else None,
            "created_in_cam": user.created if user else None,
        }


def name_of(uin: int, shown: dict[int, SubUser], records: dict[int, RecordedUser]) -> str:
    """The user's name in CAM, else in the records."""
    return shown[uin].name if uin in shown else records[uin].name or str(uin)


def state_of(timeline: Timeline, record: RecordedUser | None, user: SubUser | None) -> str:
    """One of STATES."""
    if record and record.uin in timeline.unreadable:
        return "unreadable"
    life = timeline.life_at(record, None) if record else None
    if life is None or all(row.life.uin == NOBODY for row in (record.lives if record else ())):
        return "by hand" if user else "deleted"
    if user is None:
        return "deleted" if life.life.effect == "offboard" else "missing"
    return "offboarded" if life.life.effect == "offboard" else "active"
