"""Reads the records of users (their lives and the ledger), and works out from them what a user had at a moment.

An event has two times: its own, which orders it among other events, and the time at which it was applied. The state at
a moment is given by the newest of the events that were applied by then.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from cli.language import _
from cli.records.requests import Requests
from cli.terminal.console import EVERYTHING, Console
from shared.clock import rfc3339
from shared.people.life import NOBODY, LifeRow
from shared.policies.ledger import Ledger, LedgerEntry, Row, effective_state
from shared.policies.orphans import parsed
from shared.policies.recorded_users import RecordedUser, by_policy, recorded_users


class Held(NamedTuple):
    """A policy that a user has: the event that gave it, and when that was applied (seconds since the epoch)."""

    policy: str
    event: LedgerEntry
    applied: float


class Timeline:
    """The records of the bucket."""

    def __init__(self, console: Console, requests: Requests | None = None) -> None:
        self._now = console.clock.now()
        self._cos = console.cos()
        self._console = console
        self.requests = requests or Requests(console)
        self.ledger = Ledger(self._cos)

    def of_name(self, name: str, uin_now: int | None) -> list[RecordedUser]:
        """The records of everybody who has had the name. `uin_now`: the UIN that has the name in CAM now."""
        lives, waiting = self.ledger.lives.all_records(name)
        uins = {row.life.uin for row in lives if row.life.uin != NOBODY} | ({uin_now} if uin_now else set())
        found = []
        for uin in sorted(uins):
            made = any(row.life.uin == uin for row in lives)
            own = tuple(row for row in lives if row.life.uin == uin or (made and row.life.uin == NOBODY))
            found.append(RecordedUser(name, uin, own, self.ledger.all_records(uin)))
        nobody = [Row(parsed(key, NOBODY), None) for key in waiting]
        alone = tuple(row for row in lives if row.life.uin == NOBODY) if not found else ()
        taken = {
            (row.entry.policy, row.entry.request) for one in found for some in one.policies.values() for row in some
        }
        rest = [row for row in nobody if (row.entry.policy, row.entry.request) not in taken]
        if rest or alone:
            found.append(RecordedUser(name, NOBODY, alone, by_policy(rest)))
        return found

    def turns(self, name: str) -> set[str]:
        """The requests that have changed the life or the credentials of anybody who had the name, in order."""
        taken = self._cos.below(f"turns/{name}/", limit=EVERYTHING)
        rows = [row.key for row in taken if row.key.endswith("-taken.json")]
        bodies = self._console.each(self._cos.get, rows, _("turns read"))
        return {str(json.loads(found.body).get("request")) for found in bodies if found is not None}

    def everybody(self) -> dict[int, RecordedUser]:
        """The records of every user who has records, by UIN."""
        self.requests.ready()
        return recorded_users(self._cos)

    def name(self, record: RecordedUser) -> str:
        """The name of a user. For a user made by hand it comes from the newest event in the ledger, else it is
        the UIN.
        """
        entries = [rows[0].entry for rows in record.policies.values() if rows]
        if record.name or not entries:
            return record.name or str(record.uin)
        found = self._cos.get(min(entries, key=lambda entry: entry.order).key)
        return str(json.loads(found.body).get("user") or record.uin) if found else str(record.uin)

    def applied(self, request: str, age: float | None, time: int) -> float:
        """When an event was applied: when its request was finished, or if that is unknown, when the event was
        recorded.
        """
        done = self.requests.read(request).done_at
        return done if done is not None else self.recorded(age, time)

    def recorded(self, age: float | None, time: int) -> float:
        """When an event was recorded, which is shortly before it was applied."""
        return self._now - age if age is not None else time / 1_000_000

    def life_at(self, record: RecordedUser, moment: float | None) -> LifeRow | None:
        """The newest event of the user's life that was applied by a moment; None means now."""
        own = [row for row in record.lives if self._was(row.life.request, row.age, row.life.time, moment)]
        return next(iter(sorted(own, key=lambda row: row.life.order)), None)

    def held_at(self, record: RecordedUser, moment: float | None) -> list[Held]:
        """The policies that a user had at a moment, in order."""
        life = self.life_at(record, moment)
        given = set(self.ledger.lives.given(life.life)) if life else set()
        found = []
        for policy in sorted(record.policies.keys() | given):
            rows = [
                row
                for row in record.policies.get(policy, ())
                if self._was(row.entry.request, row.age, row.entry.time, moment)
            ]
            state = effective_state(record.uin, policy, rows, life, self.ledger.lives.given)
            if state.attached and state.newest is not None:
                ages = [row.age for row in rows if row.entry == state.newest]
                age = ages[0] if ages else life.age if life else None
                found.append(Held(policy, state.newest, self.applied(state.newest.request, age, state.newest.time)))
        return found

    def _was(self, request: str, age: float | None, time: int, moment: float | None) -> bool:
        if moment is None:
            return True
        # An event recorded after the moment was also applied after it, so its request need not be read.
        return self.recorded(age, time) <= moment + 1 and self.applied(request, age, time) <= moment


def text(microseconds: int) -> str:
    """An event's time as text for people."""
    return rfc3339(microseconds / 1_000_000)
