"""Reading what the functions have written down: the ledger's entries and the requests behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cli.console import EVERYTHING, Console
from shared.clock import rfc3339
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
    cos, prefix = console.cos(), f"requests/{key}/"
    names = [row.key.removeprefix(prefix) for row in cos.below(prefix)]
    claims = [name for name in names if name.startswith("claim-")]
    claim = _load(console, prefix + claims[-1]) if claims else {}
    receipt = _load(console, prefix + "receipt.json") if "receipt.json" in names else {}
    return Recorded(
        request_id=f"req_{key[:32]}",
        function=str(claim.get("function", "?")),
        attempts=len(claims),
        state=_state(names, receipt, claims),
        outcomes=_outcomes(receipt),
    )


def moment(entry: Entry) -> str:
    """The event's time as people read it."""
    return rfc3339(entry.time / 1_000_000)


def _state(names: list[str], receipt: dict[str, Any], claims: list[str]) -> str:
    if receipt:
        due = receipt.get("notify") and "notified.json" not in names
        return "notification due" if due else "finished"
    if claims and claims[-1].replace("claim", "released") in names:
        return "failed, to be retried"
    return "in progress or crashed"


def _outcomes(receipt: dict[str, Any]) -> dict[str, str]:
    # A grant's and a revoke's result has outcomes, a create's the names of what it attached.
    rows = receipt.get("result", {}).get("policies", [])
    return dict((row["name"], row["outcome"]) if isinstance(row, dict) else (row, "attached") for row in rows)


def _load(console: Console, key: str) -> dict[str, Any]:
    found = console.cos().get(key)
    body = json.loads(found.body) if found else {}
    return body if isinstance(body, dict) else {}
