"""Gives a new user the policies of its create, and those of events that came for it meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shared.concurrency import both
from shared.people.life import Life, LifeRow, newest_of
from shared.policies import orphans
from shared.policies.apply_newest import States, apply_all, apply_newest, newer_states
from shared.policies.ledger import Ledger, LedgerEntry, PolicyState, Row, effective_state
from shared.policies.policy_writes import PolicyWrites
from shared.ports import User

NameRecords = tuple[list[LifeRow], list[str]]
"""The lives of users who had a name, and the keys of events that came while nobody had it."""


class InitialPolicies:
    """The policies of one new user, whose life is recorded already.

    Other requests may find the user in CAM before that record. So the whole ledger of the user is read, also entries
    older than the user. Events that came while nobody had the name are recorded for the user with their own time; their
    senders do the same if they see the life first.
    """

    def __init__(self, ledger: Ledger, writes: PolicyWrites, life: Life, policies: Sequence[str]) -> None:
        self._ledger = ledger
        self._writes = writes
        self._life = life
        self._policies = policies
        self._user = User(life.user, life.uin, remark="")
        self._applied: States = {}
        self._again: States = {}
        self._lives: Sequence[LifeRow] = ()

    def apply(self) -> States:
        """Apply everything. Returns the state of each policy of the event, and of each policy with a record."""
        return apply_newest(self._look(()), self._look, self._apply)

    def give(self, before: NameRecords, *, has_come: bool) -> None:
        """Apply the newest events, from the records that were read `before` the life was recorded; `end` looks again.

        `has_come`: this attempt created the user just now, so nobody has recorded anything for it. Raises the first
        error after all other policies are done.
        """
        self._applied = self._states(before, {} if has_come else self._ledger.all_records(self._life.uin))
        for error in apply_all(self._applied, self._apply).values():
            raise error

    def look_again(self) -> Sequence[LifeRow]:
        """Read the records again, after everything was given. Returns the lives of the name."""
        self._again = self._look(())
        return self._lives

    def end(self) -> States:
        """Apply what is newer in that look, until nothing newer comes; returns the state of each policy."""
        due = newer_states(self._applied, self._again)
        return apply_newest(due, self._look, self._apply, self._applied)

    def _look(self, _names: Sequence[str]) -> States:
        all_records = partial(self._ledger.all_records, self._life.uin)
        return self._states(*both(partial(self._ledger.lives.all_records, self._life.user), all_records, at_once=True))

    def _states(self, seen: NameRecords, rows: dict[str, list[Row]]) -> States:
        lives, waiting = seen
        if all(row.life != self._life for row in lives):
            lives = sorted([LifeRow(self._life, None), *lives], key=lambda row: row.life.order)
        self._lives = lives
        life = newest_of(lives, self._life.uin) or LifeRow(self._life, None)
        for entry in orphans.newest(waiting, self._life.uin, life.life.floor):
            self._take_up(entry, rows.setdefault(entry.policy, []))
        given = self._ledger.lives.given
        names = dict.fromkeys((*self._policies, *rows))
        states = {name: effective_state(self._life.uin, name, rows.get(name, ()), life, given) for name in names}
        return {name: state for name, state in states.items() if self._matters(name, state)}

    def _matters(self, name: str, state: PolicyState) -> bool:
        return name in self._policies or state.newest is not None or state.outlived

    def _take_up(self, entry: LedgerEntry, rows: list[Row]) -> None:
        """Record an event for the user that came while nobody had the name, unless it is recorded or may not be
        given.
        """
        if any(row.entry == entry for row in rows):
            return
        if entry.effect == "revoke" or self._writes.approves(entry.policy):
            self._ledger.record(entry, self._life.user, before=False)
            rows.append(Row(entry, None))
            rows.sort(key=lambda row: row.entry.order)

    def _apply(self, name: str, state: PolicyState) -> None:
        own = state.newest is not None and state.newest.request == self._life.request
        if not state.attached:
            self._writes.detach(name, self._user, {})
        elif own or self._writes.approves(name):
            self._writes.attach(name, self._user)
