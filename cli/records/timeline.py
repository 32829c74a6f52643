"""Reads the records of users (their lives and the ledger), and works out from them what a user had at a moment.

An event has two times: its own, which orders it among other events, and the time at which it was applied. The state at
a moment is given by the newest of the events that were applied by then.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from cli.language import _
from cli.records.requests import Requests
from cli.terminal.console import EVERYTHING, Console
from cli.terminal.untrusted_text import inert
from shared.clock import rfc3339
from shared.errors import ImAccessError
from shared.people.life import NOBODY, LifeRow
from shared.policies.ledger import Ledger, LedgerEntry, Row, effective_state
from shared.policies.orphans import parsed
from shared.policies.recorded_users import RecordedUser, by_policy, recorded_users


class Held(NamedTuple):
    """A policy that a user has: the event that gave it, and when that was applied (seconds since the epoch)."""

    policy: str
    event: LedgerEntry
    applied: float


T = TypeVar("T")
_NAMED = 20
"""Records that are named at most."""


class Timeline:
    """The records of the bucket.

    `unreadable`: those who have a record that this version cannot read, each with its key, or "" where it is not known.
    What they should have is not known either, so commands show them as such, and everybody else as usual. `strays`:
    keys that cannot be read and are no known user's.
    """

    def __init__(self, console: Console, requests: Requests | None = None) -> None:
        self._now = console.clock.now()
        self._cos = console.cos()
        self._console = console
        self.unreadable: dict[int, tuple[str, ...]] = {}
        self.strays: tuple[str, ...] = ()
        self._users: dict[int, RecordedUser] = {}
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
        users, self.strays = recorded_users(self._cos)
        self._users = users
        self.unreadable |= {uin: one.unreadable for uin, one in users.items() if one.unreadable}
        return users

    def look(self, record: RecordedUser | None, look: Callable[[RecordedUser], T], otherwise: T) -> T:
        """What `look` finds in the records of somebody; `otherwise` where there are none, or one cannot be read."""
        if record is None or record.uin in self.unreadable:
            return otherwise
        try:
            return look(record)
        except ImAccessError as error:
            if error.code != "record_unreadable":
                raise
            self.unreadable[record.uin] = ("",)
            return otherwise

    def warn(self) -> bool:
        """Name what could not be read, on standard error; whether there was anything, which is left out then."""
        about = [(f"{self.name(self._users[uin])} ({uin})", keys) for uin, keys in sorted(self.unreadable.items())]
        lines = [f"{who}: {key}".removesuffix(": ") for who, keys in about for key in keys] + list(self.strays)
        for line in lines[:_NAMED]:
            self._console.warn(_("A record cannot be read and was left as it is: {what}").format(what=inert(line)))
        if len(lines) > _NAMED:
            self._console.warn(_("… and {count} more").format(count=len(lines) - _NAMED))
        return bool(lines)

    def name(self, record: RecordedUser) -> str:
        """The name of a user. For a user made by hand it comes from the newest event in the ledger, else it is
        the UIN.
        """
        entries = [rows[0].entry for rows in record.policies.values() if rows]
        if record.name or not entries:
            return record.name or str(record.uin)
        found = self._cos.get(min(entries, key=lambda entry: entry.order).key)
        try:
            return str(json.loads(found.body)["user"]) if found else str(record.uin)
        except (ValueError, TypeError, KeyError):
            return str(record.uin)

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
