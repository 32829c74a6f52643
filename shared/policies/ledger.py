"""The ledger: an append-only record of who should have which policy. Each event has an object for each user and policy;
the newest event wins.

    ledger/<uin>/<policy>/<inverted time>-<rank>-<inverted identity hash>.json

It belongs to a UIN, not to a name: an entry never affects a later user with the same name. The key holds everything
that decides: a listing shows the newest first; at equal times a revoke before a grant; then the greater identity hash.
The order of arrival does not matter, because events come through different functions, triggers and retries. Policies
from a create or a restore have no entry here; they are read from that event (people/life.py).
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from shared import event_order
from shared.errors import Unavailable
from shared.people.life import VERSION, Life, LifeRow, Lives, read, unreadable
from shared.policies.policy_names import decode, encode
from shared.ports import Store

Effect = Literal["grant", "revoke"]

RANKS: tuple[Effect, ...] = ("revoke", "grant")
"""The order of events of the same time: a revoke counts as newer than a grant."""
RECENT = 60.0
"""Seconds after the record of an event from which on CAM's reads certainly show its effect."""
_KEY = r"ledger/(\d{1,20})/([^/]+)/" + event_order.PATTERN + r"\.json"
_ALL = 1_000_000
_WHAT = "entry of the ledger"


class LedgerEntry(NamedTuple):
    """One event for one user and policy. `time`: microseconds since the epoch; `request`: the hash of the identity."""

    uin: int
    policy: str
    effect: Effect
    time: int
    request: str

    @property
    def order(self) -> str:
        """Smaller is newer. Raises ValueError for a time outside 2020 to 2200."""
        return event_order.text(self.time, RANKS.index(self.effect), self.request)

    @property
    def key(self) -> str:
        """The object key; smaller is newer."""
        return f"{folder(self.uin, self.policy)}{self.order}.json"

    @classmethod
    def parse(cls, key: str) -> "LedgerEntry":
        """The entry of an object key. Raises ImAccessError `record_unreadable`."""
        match = re.fullmatch(_KEY, key)
        try:
            if match is None:
                raise ValueError("another form")
            time, rank, request = event_order.parsed(*match.groups()[2:5])
            return cls(int(match[1]), decode(match[2]), RANKS[rank], time, request)
        except (ValueError, IndexError):
            raise unreadable(_WHAT) from None


class Row(NamedTuple):
    """An entry, and the age of its record in seconds; None where the store does not say."""

    entry: LedgerEntry
    age: float | None


class PolicyState(NamedTuple):
    """What should be: the newest event that counts, and the event before it; None where there is none.

    `lately`: the event before was recorded so shortly before that CAM may not show its effect yet. `outlived`: there
    are grants that are too old to count, whose writes may have been sent before that was known.
    """

    newest: LedgerEntry | None
    displaced: LedgerEntry | None = None
    lately: bool = False
    outlived: bool = False

    @property
    def attached(self) -> bool:
        """Whether the user should have the policy."""
        return self.newest is not None and self.newest.effect == "grant"


class Ledger:
    """The ledger in the store, with the records of lives, which decide which entries count."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lives = Lives(store)

    def record(self, entry: LedgerEntry, user: str, *, before: bool) -> tuple[bool, bool]:
        """Add an entry, once. `before`: whether the policy was attached until then.

        Returns the `before` of the first recording, and whether this is the first. A redelivery must not take its own
        effect for the state before it. Raises Unavailable, ImAccessError `record_unreadable`.
        """
        body = {"v": VERSION, "user": user, "effect": entry.effect, "time": entry.time, "request": entry.request}
        if self.store.create(entry.key, json.dumps({**body, "before": before}).encode()):
            return before, True
        found = self.store.get(entry.key)
        if found is None:
            raise Unavailable("The store does not show a ledger entry that exists")
        return read(found.body, _WHAT).get("before") is True, False

    def has(self, entry: LedgerEntry) -> bool:
        """Whether the entry has been recorded."""
        return self.store.get(entry.key) is not None

    def rows(self, uin: int, policy: str) -> list[Row]:
        """The two newest entries of a policy; older ones do not matter."""
        return self._below(folder(uin, policy), 2)

    def all_records(self, uin: int) -> dict[str, list[Row]]:
        """All entries of all policies, each newest first; a new user has hardly any."""
        found: dict[str, list[Row]] = {}
        for row in self._below(f"ledger/{uin}/", _ALL):
            found.setdefault(row.entry.policy, []).append(row)
        return found

    def ever_granted(self, uin: int, policy: str) -> bool:
        """Whether a grant of this policy was ever recorded for this user."""
        return any(row.entry.effect == "grant" for row in self._below(folder(uin, policy), _ALL))

    def _below(self, prefix: str, limit: int) -> list[Row]:
        return [Row(LedgerEntry.parse(row.key), row.age) for row in self.store.below(prefix, limit=limit)]


def effective_state(
    uin: int, policy: str, rows: Sequence[Row], life: LifeRow | None, given: Callable[[Life], Sequence[str]]
) -> PolicyState:
    """The state that a policy should have, from its newest entries (at least two) and the newest event of the user's
    life.

    Events that are older than the life do not count. A create or restore counts as a grant of its policies, which are
    read only where they matter. While a user is offboarded no grant counts, not even a newer one; it counts again after
    a restore that is older than it.
    """
    floor = life.life.floor if life else 0
    counted = [row for row in rows if row.entry.time >= floor]
    outlived = any(row.entry.effect == "grant" for row in rows[len(counted) :])
    if life is not None and life.life.effect == "offboard":
        newest = counted[0].entry if counted and counted[0].entry.effect == "revoke" else None
        return PolicyState(newest, outlived=outlived or any(row.entry.effect == "grant" for row in counted))
    if life is not None:
        gift = Row(LedgerEntry(uin, policy, "grant", life.life.time, life.life.request), life.age)
        place = sum(row.entry.order < gift.entry.order for row in counted)
        matters = place == 0 or (place == 1 and _lately(gift, counted[0]))
        if matters and policy in given(life.life):
            counted.insert(place, gift)
    if len(counted) < 2:
        return PolicyState(counted[0].entry if counted else None, outlived=outlived)
    return PolicyState(counted[0].entry, counted[1].entry, _lately(counted[1], counted[0]), outlived)


def _lately(older: Row, newer: Row) -> bool:
    # An older event that was recorded after the newer one had no effect before it.
    return 0 <= (older.age or 0.0) - (newer.age or 0.0) < RECENT


def recent(age: float | None) -> bool:
    """Whether a record is so new that CAM's reads may not show its effect yet."""
    return age is None or age < RECENT


def folder(uin: int, policy: str) -> str:
    """The folder of a user and a policy."""
    return f"ledger/{uin}/{encode(policy)}/"
