"""Reads the records of all users, from two listings and without reading an object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from shared.people.life import NOBODY, Life, LifeRow
from shared.people.offboarding import Offboardings, made_here
from shared.policies.drift_findings import Expected
from shared.policies.ledger import LedgerEntry, Row, effective_state
from shared.ports import Store

_ALL = 1_000_000

Given = Callable[[Life], Sequence[str]]
"""Reads the policies that an event of life gives."""


class RecordedUser(NamedTuple):
    """All records of one user (a UIN with a name). `lives` are newest first."""

    name: str
    uin: int
    lives: tuple[LifeRow, ...]
    policies: dict[str, list[Row]]

    @property
    def requests(self) -> set[str]:
        """The identity hashes of all requests with a record of the user."""
        rows = (row.entry for some in self.policies.values() for row in some)
        return {row.life.request for row in self.lives} | {entry.request for entry in rows}

    @property
    def life(self) -> LifeRow | None:
        """The newest event of life."""
        return self.lives[0] if self.lives else None

    def younger_than(self, seconds: float) -> bool:
        """Whether anything was recorded within this many seconds; True where the store shows no ages."""
        ages = [row.age for row in self.lives] + [row.age for some in self.policies.values() for row in some]
        return any(age is None or age < seconds for age in ages)


def recorded_users(store: Store) -> dict[int, RecordedUser]:
    """The records of all users, by UIN."""
    lives: dict[int, list[LifeRow]] = {}
    for found in store.below("lives/", limit=_ALL):
        if "/life-" in found.key:
            life = Life.parse(found.key)
            lives.setdefault(life.uin, []).append(LifeRow(life, found.age))
    rows: dict[int, list[Row]] = {}
    for found in store.below("ledger/", limit=_ALL):
        entry = LedgerEntry.parse(found.key)
        rows.setdefault(entry.uin, []).append(Row(entry, found.age))
    return {uin: _standing(uin, lives, rows.get(uin, ())) for uin in lives.keys() | rows.keys() if uin != NOBODY}


def _standing(uin: int, lives: dict[int, list[LifeRow]], rows: Iterable[Row]) -> RecordedUser:
    own = lives.get(uin, [])
    name = own[0].life.user if own else ""
    # An event that met nobody counts for whoever a create made later.
    met_nobody = [row for row in lives.get(NOBODY, ()) if row.life.user == name]
    ordered = sorted([*own, *met_nobody], key=lambda row: row.life.order)
    return RecordedUser(name, uin, tuple(ordered), by_policy(rows))


def by_policy(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Ledger rows by policy, each newest first."""
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.entry.order):
        found.setdefault(row.entry.policy, []).append(row)
    return found


def expected(standing: RecordedUser | None, given: Given, offboardings: Offboardings) -> Expected | None:
    """What a user should have according to the records; None for a user without records.

    Raises Unavailable, CloudError, ImAccessError `record_unreadable`.
    """
    if standing is None:
        return None
    life = standing.life
    gifts = {policy for row in standing.lives for policy in given(row.life)}
    recorded = frozenset(gifts | standing.policies.keys())
    held = frozenset(
        policy
        for policy in recorded
        if effective_state(standing.uin, policy, standing.policies.get(policy, ()), life, given).attached
    )
    if life is None or life.life.effect != "offboard":
        return Expected("active" if life else "by hand", held, recorded)
    due = offboardings.met(life.life).delete_at if made_here(standing.lives, standing.uin) else None
    return Expected("offboarded", held, recorded, due)
