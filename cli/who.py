"""`im-access who POLICY`: who holds a policy, by the ledger and by CAM, with the differences marked."""

from __future__ import annotations

import click

from cli.command import command
from cli.console import Console
from cli.exit_codes import DIFFERENT, OK
from cli.language import _
from cli.records import entries, lives, moment, recorded_name
from shared.people.life import NOBODY, LifeRow
from shared.policies.catalog import PolicyCache, PolicyCatalog
from shared.policies.ledger import Entry, settled

COLUMNS = ("user", "uin", "ledger", "cam", "since", "difference")


@command("who", example="im-access who QcloudIMReadOnlyAccess")
@click.argument("policy")
@click.pass_obj
def who(console: Console, policy: str) -> int:
    """Who holds a policy: ledger against CAM."""
    console.progress.step(_("reading ledger and CAM"))
    cam = console.cam()
    resolved = PolicyCatalog(cam, PolicyCache(), console.clock).resolve(policy)
    names = {uin: name for name, uin in cam.holders(resolved.id)}
    alive, held = lives(console), set(names)
    newest = _newest(console, policy, alive)
    names |= {uin: _name(console, uin, entry, alive) for uin, entry in newest.items() if uin not in names}
    rows = []
    for uin in sorted(names, key=lambda uin: (names[uin], uin)):
        entry = newest.get(uin)
        told = {"grant": "granted", "revoke": "revoked"}[entry.effect] if entry else None
        rows.append(
            {
                "user": names[uin],
                "uin": uin if uin in held else None,
                "ledger": told,
                "cam": "attached" if uin in held else "not attached",
                "since": moment(entry) if entry else None,
                "difference": _difference(told, uin in held),
            }
        )
    if rows or console.as_json:
        console.show(rows, COLUMNS)
    else:
        console.say(_("Nobody holds {policy}.").format(policy=policy))
    return DIFFERENT if any(row["difference"] for row in rows) else OK


def _newest(console: Console, policy: str, alive: dict[int, LifeRow]) -> dict[int, Entry]:
    """What counts for each user: of the ledger, and of what their life gives."""
    found = entries(console, policy)
    given = console.ledger().lives.given
    states = {
        uin: settled(uin, policy, found.get(uin, ()), alive.get(uin), given) for uin in found.keys() | alive.keys()
    }
    return {uin: state.newest for uin, state in states.items() if state.newest is not None and uin != NOBODY}


def _name(console: Console, uin: int, entry: Entry, alive: dict[int, LifeRow]) -> str:
    life = alive.get(uin)
    return life.life.user if life else recorded_name(console, entry)


def _difference(told: str | None, held: bool) -> str | None:
    if told is None:
        return "attached by somebody else"
    if told == "granted" and not held:
        return "granted, but not attached"
    if told == "revoked" and held:
        return "revoked, but attached"
    return None
