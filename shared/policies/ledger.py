"""The append-only record of who should have what: one object for each event, user and policy; the newest event wins.

    ledger/<user>/<policy>/<inverted time>-<rank>-<inverted identity hash>.json

The key holds all that decides: a listing shows the newest first, a revoke before a grant of the same time, then the
greater identity hash. Arrival order means nothing: events come through different functions, triggers and retries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from shared.errors import Unavailable
from shared.ports import Store

Effect = Literal["grant", "revoke"]

_END_OF_TIME = 10**17
"""Microseconds; the year 5138."""
_RANK: dict[Effect, str] = {"revoke": "0", "grant": "1"}
_KEY = re.compile(r"ledger/([^/]+)/([^/]+)/(\d{17})-([01])-([0-9a-f]{64})\.json")
_INVERT = str.maketrans("0123456789abcdef", "fedcba9876543210")

RECENT = 60.0
"""Seconds after which nobody waits any more for CAM to show what the ledger says."""


class Entry(NamedTuple):
    """One event for one user and policy. `time` is in microseconds since the epoch, `request` the identity's hash."""

    user: str
    policy: str
    effect: Effect
    time: int
    request: str

    @property
    def key(self) -> str:
        """The object key; smaller is newer."""
        inverted = f"{_END_OF_TIME - self.time:017}-{_RANK[self.effect]}-{self.request.translate(_INVERT)}"
        return f"{prefix(self.user, self.policy)}{inverted}.json"

    @classmethod
    def parse(cls, key: str) -> Entry | None:
        """The entry of an object key, or None for a key of something else."""
        match = _KEY.fullmatch(key)
        if match is None:
            return None
        effect: Effect = "revoke" if match[4] == "0" else "grant"
        return cls(match[1], _decode(match[2]), effect, _END_OF_TIME - int(match[3]), match[5].translate(_INVERT))


class LedgerState(NamedTuple):
    """What the ledger says of a user and a policy: the newest entry, and the one that it displaced.

    `lately`: that one was recorded so shortly before that CAM may not have shown its effect yet.
    """

    newest: Entry
    displaced: Entry | None
    lately: bool

    @property
    def alone(self) -> bool:
        """Whether the newest entry is the only one."""
        return self.displaced is None


class Ledger:
    """The record, over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, entry: Entry, *, before: bool) -> tuple[bool, bool]:
        """Add an entry, once. `before` says whether the policy was attached until then.

        Returns what the first recording said of that, and whether this is the first: a redelivery must not take its
        own effect for the state before it.
        """
        body = {"effect": entry.effect, "time": entry.time, "request": entry.request, "before": before}
        if self._store.create(entry.key, json.dumps(body).encode()):
            return before, True
        found = self._store.get(entry.key)
        if found is None:
            raise Unavailable("The store does not show a ledger entry that exists")
        try:
            return bool(json.loads(found.body)["before"]), False
        except (ValueError, KeyError, TypeError):
            raise Unavailable("The store answered with garbage") from None

    def state(self, user: str, policy: str) -> LedgerState:
        """What is newest. At least one entry has been recorded before this is asked."""
        rows = self._store.below(prefix(user, policy), limit=2)
        entries = [Entry.parse(row.key) for row in rows]
        if not entries or entries[0] is None:
            raise Unavailable("The store does not show a ledger entry that exists")
        if len(rows) == 1:
            return LedgerState(entries[0], None, lately=False)
        gap = (rows[1].age or 0.0) - (rows[0].age or 0.0)
        # An older event that was recorded after the newest has changed nothing before it.
        return LedgerState(entries[0], entries[1], lately=0 <= gap < RECENT)

    def recently_granted(self, user: str) -> bool:
        """Whether a grant was recorded for this user so recently that CAM may not show the user yet."""
        rows = self._store.below(f"ledger/{user}/")
        return any(
            entry.effect == "grant" and (row.age is None or row.age < RECENT)
            for row in rows
            if (entry := Entry.parse(row.key)) is not None
        )


def apply_newest(ledger: Ledger, entry: Entry, apply: Callable[[LedgerState], bool]) -> bool:
    """Apply the newest entry's effect until it is still the newest afterwards; whether that is the given entry.

    Whoever executes applies the newest entry, never its own: so whoever comes last, and whatever crashed, CAM ends at
    the newest event. `apply` returns whether it sent a write; without one there is nothing that came too late.
    """
    state = ledger.state(entry.user, entry.policy)
    while apply(state):
        again = ledger.state(entry.user, entry.policy)
        if again.newest == state.newest:
            break
        state = again
    return state.newest == entry


def prefix(user: str, policy: str) -> str:
    """The folder of a user and a policy."""
    return f"ledger/{user}/{_encode(policy)}/"


def _encode(name: str) -> str:
    return re.sub(rb"[^A-Za-z0-9_@+,-]", lambda match: b"=%02X" % match[0][0], name.encode()).decode()


def _decode(text: str) -> str:
    return re.sub(rb"=([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), text.encode()).decode(errors="replace")
