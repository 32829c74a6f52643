"""`im-access who POLICY`: who holds a policy according to the ledger and to CAM, or who held it at an earlier
moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli.commands.moments import at_option
from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.life_events import by
from cli.records.timeline import Held, Timeline, text
from cli.terminal.command import command
from cli.terminal.console import Console
from shared.clock import rfc3339
from shared.people.life import NOBODY
from shared.policies.catalog import PolicyCache, PolicyCatalog
from shared.policies.ledger import LedgerEntry, PolicyState, effective_state
from shared.policies.recorded_users import RecordedUser

COLUMNS = ("user", "uin", "ledger", "cam", "since", "difference")
HELD = ("user", "uin", "since", "given_by", "reason", "ticket")
_UNKNOWN = "a record cannot be read"


@command("who", example="im-access who QcloudIMReadOnlyAccess")
@click.argument("policy")
@at_option
@click.pass_obj
def who(console: Console, policy: str, at: float | None) -> int:
    """Who holds a policy: ledger against CAM."""
    console.progress.step(_("reading ledger and CAM"))
    timeline = Timeline(console)
    rows = list(_now(console, timeline, policy) if at is None else _then(console, timeline, policy, at))
    if rows or console.as_json:
        console.show(rows, COLUMNS if at is None else HELD)
    else:
        console.say(_("Nobody holds {policy}.").format(policy=policy))
    return FAILED if timeline.warn() else OK


def _then(console: Console, timeline: Timeline, policy: str, at: float) -> Iterator[dict[str, Any]]:
    """Who held the policy at a moment, according to the records alone."""
    everyone = sorted(timeline.everybody().values(), key=lambda record: (record.name, record.uin))

    def held_by(record: RecordedUser) -> list[Held]:
        return timeline.look(record, lambda record: timeline.held_at(record, at), [])

    held = console.each(held_by, everyone, _("users looked at"))
    for record, found in zip(everyone, held, strict=True):
        for one in found:
            if one.policy == policy:
                about = {"user": timeline.name(record), "uin": record.uin, "since": rfc3339(one.applied)}
                yield about | by(timeline.requests.read(one.event.request))


def _now(console: Console, timeline: Timeline, policy: str) -> Iterator[dict[str, Any]]:
    """Who holds the policy now, according to the ledger or to CAM."""
    cam = console.cam()
    resolved = PolicyCatalog(cam, PolicyCache(), console.clock).resolve(policy)
    names = {uin: name for name, uin in cam.holders(resolved.id)}
    held = set(names)
    records = timeline.everybody()
    newest = _newest(console, timeline, records, policy)
    names |= {uin: timeline.name(records[uin]) for uin in newest if uin not in names}
    for uin in sorted(names, key=lambda uin: (names[uin], uin)):
        entry = newest.get(uin)
        recorded = {"grant": "granted", "revoke": "revoked"}[entry.effect] if entry else None
        yield {
            "user": names[uin],
            "uin": uin if uin in held else None,
            "ledger": recorded,
            "cam": "attached" if uin in held else "not attached",
            "since": text(entry.time) if entry else None,
            "difference": _UNKNOWN if uin in timeline.unreadable else _difference(recorded, uin in held),
        }


def _newest(
    console: Console, timeline: Timeline, found: dict[int, RecordedUser], policy: str
) -> dict[int, LedgerEntry]:
    """The newest event that counts for each user: one in the ledger, or an event of the user's life that gives the
    policy.
    """
    given = timeline.ledger.lives.given
    records = [record for record in found.values() if record.uin != NOBODY]

    def state_of(record: RecordedUser) -> PolicyState:
        life = timeline.life_at(record, None)
        return effective_state(record.uin, policy, record.policies.get(policy, ()), life, given)

    nothing = PolicyState(None)
    states = console.each(lambda record: timeline.look(record, state_of, nothing), records, _("users looked at"))
    return {record.uin: state.newest for record, state in zip(records, states, strict=True) if state.newest is not None}


def _difference(recorded: str | None, held: bool) -> str | None:
    if recorded is None:
        return "attached by somebody else"
    if recorded == "granted" and not held:
        return "granted, but not attached"
    if recorded == "revoked" and held:
        return "revoked, but attached"
    return None
