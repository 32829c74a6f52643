"""Reading what the functions have written down: the ledger's entries and the requests behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cli.console import EVERYTHING, Console
from shared.clock import rfc3339
from shared.idempotency.stored import REQUESTS, open_key
from shared.people.life import NOBODY, Life, LifeRow
from shared.policies.ledger import Entry, Row
from shared.policies.orphans import parsed


@dataclass(frozen=True)
class Recorded:
    """A request as its folder shows it."""

    request_id: str
    function: str
    attempts: int
    state: str
    outcomes: dict[str, str]


def events(console: Console, user: str) -> list[Entry]:
    """All policy events of those who have had this name: given by a create, recorded for a UIN, or for nobody."""
    lives, waiting = console.ledger().lives.everything(user)
    shown = console.cam().user(user)
    uins = {row.life.uin for row in lives if row.life.uin != NOBODY} | ({shown.uin} if shown else set())
    given = console.ledger().lives.given
    found = [Entry(life.uin, policy, "grant", life.time, life.request) for life, _ in lives for policy in given(life)]
    found += [row.entry for uin in uins for rows in console.ledger().everything(uin).values() for row in rows]
    taken = {(entry.policy, entry.request) for entry in found}
    nobody = [parsed(key, NOBODY) for key in waiting]
    return found + [entry for entry in nobody if (entry.policy, entry.request) not in taken]


def lives(console: Console) -> dict[int, LifeRow]:
    """The newest event in the life of every user that the functions made, by UIN."""
    found: dict[int, LifeRow] = {}
    for row in console.cos().below("lives/", limit=EVERYTHING):
        if "/life-" in row.key:
            life = Life.parse(row.key)
            if life.uin not in found or life.key < found[life.uin].life.key:
                found[life.uin] = LifeRow(life, row.age)
    return found


def entries(console: Console, policy: str) -> dict[int, list[Row]]:
    """The ledger's entries of one policy, newest first, by UIN."""
    found: dict[int, list[Row]] = {}
    for row in console.cos().below("ledger/", limit=EVERYTHING):
        entry = Entry.parse(row.key)
        if entry.policy == policy:
            found.setdefault(entry.uin, []).append(Row(entry, row.age))
    return found


def recorded_name(console: Console, entry: Entry) -> str:
    """The name that a user had when this was recorded; the UIN where the record does not say."""
    return str(_load(console, entry.key).get("user") or entry.uin)


def request(console: Console, key: str) -> Recorded:
    """What became of the request of this identity hash."""
    cos, prefix = console.cos(), f"{REQUESTS}{key}/"
    keys = [row.key for row in cos.below(prefix, limit=EVERYTHING)]
    leases = [one for one in keys if one.endswith("-lease.json")]
    lease = _load(console, leases[0]) if leases else {}
    ended = leases[0].replace("-lease", "-outcome") if leases else ""
    outcome = _load(console, ended) if ended in keys else {}
    result = outcome.get("result") or {}
    return Recorded(
        request_id=f"req_{key[:32]}",
        function=str(lease.get("function", "?")),
        attempts=len(leases),
        state=_state(str(outcome.get("kind", "")), is_open=cos.exists(open_key(key))),
        outcomes=_outcomes(result),
    )


def moment(entry: Entry) -> str:
    """The event's time as people read it."""
    return rfc3339(entry.time / 1_000_000)


def _state(kind: str, *, is_open: bool) -> str:
    if kind == "receipt":
        return "notification due" if is_open else "finished"
    if kind == "released":
        return "failed, to be retried" if is_open else "failed"
    return "in progress or crashed"


def _outcomes(result: dict[str, Any]) -> dict[str, str]:
    # A grant's and a revoke's result has outcomes, a create's the names of what it attached.
    rows = result.get("policies", [])
    return dict((row["name"], row["outcome"]) if isinstance(row, dict) else (row, "attached") for row in rows)


def _load(console: Console, key: str) -> dict[str, Any]:
    found = console.cos().get(key)
    body = json.loads(found.body) if found else {}
    return body if isinstance(body, dict) else {}
