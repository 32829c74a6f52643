"""`im-access who POLICY`: who holds a policy, by the ledger and by CAM, with the differences marked."""

from __future__ import annotations

from cli.console import DIFFERENT, OK, Console
from cli.records import entries, moment
from shared.policies.catalog import PolicyCache, PolicyCatalog
from shared.policies.ledger import Entry

COLUMNS = ("user", "uin", "ledger", "cam", "since", "difference")


def who(console: Console, policy: str) -> int:
    """Compare, user by user. Exit code 1 where ledger and CAM differ."""
    cam = console.cam()
    resolved = PolicyCatalog(cam, PolicyCache(), console.clock).resolve(policy)
    attached = dict(cam.holders(resolved.id))
    newest = _newest(console, policy)
    rows = []
    for user in sorted(newest.keys() | attached.keys()):
        entry = newest.get(user)
        told = {"grant": "granted", "revoke": "revoked"}[entry.effect] if entry else None
        held = user in attached
        rows.append(
            {
                "user": user,
                "uin": attached.get(user),
                "ledger": told,
                "cam": "attached" if held else "not attached",
                "since": moment(entry) if entry else None,
                "difference": _difference(told, held),
            }
        )
    if rows or console.as_json:
        console.show(rows, COLUMNS)
    else:
        console.say(f"Nobody holds {policy}.")
    return DIFFERENT if any(row["difference"] for row in rows) else OK


def _newest(console: Console, policy: str) -> dict[str, Entry]:
    newest: dict[str, Entry] = {}
    for entry in entries(console, "ledger/"):
        if entry.policy == policy and (entry.user not in newest or entry.key < newest[entry.user].key):
            newest[entry.user] = entry
    return newest


def _difference(told: str | None, held: bool) -> str | None:
    if told is None:
        return "attached by somebody else"
    if told == "granted" and not held:
        return "granted, but not attached"
    if told == "revoked" and held:
        return "revoked, but attached"
    return None
