"""Reads the records of all users, from two listings and without reading an object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from shared.errors import ImAccessError
from shared.people.life import NOBODY, Life, LifeRow
from shared.people.offboarding import Offboardings, made_here
from shared.policies.drift_findings import Expected
from shared.policies.ledger import LedgerEntry, Row, effective_state
from shared.ports import Store

_ALL = 1_000_000

Given = Callable[[Life], Sequence[str]]
"""Reads the policies that an event of life gives."""


class RecordedUser(NamedTuple):
    """All that was recorded of one user (a UIN under one name). `lives` are newest first.

    `unreadable`: the keys of records of the user, or of the user's name, that this version cannot read. What they say
    may be newer than all of the rest.
    """

    name: str
    uin: int
    lives: tuple[LifeRow, ...]
    policies: dict[str, list[Row]]
    unreadable: tuple[str, ...] = ()

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


class RecordedUsers(NamedTuple):
    """The records of all users, by UIN; `strays`: keys of records that cannot be read and are no known user's."""

    users: dict[int, RecordedUser]
    strays: tuple[str, ...]


def recorded_users(store: Store) -> RecordedUsers:
    """The records of all users. What cannot be read is named and left as it is; all others are read."""
    lives: dict[int, list[LifeRow]] = {}
    rows: dict[int, list[Row]] = {}
    unreadable: list[str] = []
    for found in store.below("lives/", limit=_ALL):
        if "/life-" in found.key:
            try:
                life = Life.parse(found.key)
            except ImAccessError:
                unreadable.append(found.key)
            else:
                lives.setdefault(life.uin, []).append(LifeRow(life, found.age))
    for found in store.below("ledger/", limit=_ALL):
        try:
            entry = LedgerEntry.parse(found.key)
        except ImAccessError:
            unreadable.append(found.key)
        else:
            rows.setdefault(entry.uin, []).append(Row(entry, found.age))
    known = [_standing(uin, lives, rows.get(uin, ())) for uin in lives.keys() | rows.keys() if uin != NOBODY]
    return _with_unreadable({one.uin: one for one in known}, unreadable)


def _with_unreadable(users: dict[int, RecordedUser], keys: Sequence[str]) -> RecordedUsers:
    """Give each key to those whom its folder names: one UIN of the ledger, everybody who has had a name."""
    by_folder: dict[str, list[int]] = {}
    for uin, one in users.items():
        by_folder.setdefault(f"ledger/{uin}", []).append(uin)
        if one.name:
            by_folder.setdefault(f"lives/{one.name}", []).append(uin)
    strays = []
    for key in keys:
        whose = by_folder.get("/".join(key.split("/", 2)[:2]), [])
        for uin in whose:
            users[uin] = users[uin]._replace(unreadable=(*users[uin].unreadable, key))
        if not whose:
            strays.append(key)
    return RecordedUsers(users, tuple(strays))


def _standing(uin: int, lives: dict[int, list[LifeRow]], rows: Iterable[Row]) -> RecordedUser:
    own = lives.get(uin, [])
    name = own[0].life.user if own else ""
    # An event for a name that no user had counts for the user whom a later create made.
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
