"""Reading what the functions have written down: the ledger's entries and the requests behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cli.console import EVERYTHING, Console
from shared.clock import rfc3339
from shared.idempotency.stored import REQUESTS, open_key
from shared.policies.ledger import Entry


@dataclass(frozen=True)
class Recorded:
    """A request as its folder shows it."""

    request_id: str
    function: str
    attempts: int
    state: str
    outcomes: dict[str, str]


def entries(console: Console, prefix: str) -> list[Entry]:
    """The ledger's entries below a prefix, each user's and policy's newest first."""
    rows = console.cos().below(prefix, limit=EVERYTHING)
    return [entry for row in rows if (entry := Entry.parse(row.key)) is not None]


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
