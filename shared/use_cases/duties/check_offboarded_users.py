"""The duty that checks whether somebody gave an offboarded user access again by hand, and reports it or takes it away.

It checks a few users in each run, one after the other, so that a run costs the same however many there are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from shared.errors import Rejected
from shared.people.life import LifeRow, newest_of
from shared.people.offboarded_users import OffboardedUser, OffboardedUsers
from shared.policies.sub_users import FoundUser
from shared.ports import Directory, NoSuchUser, User
from shared.use_cases.duties.cursor import Round
from shared.use_cases.duties.duty import Done, Late

MOST = 6
"""The most users that are checked in a run, with three calls of CAM each."""
SETTLED = 10.0
"""Seconds after an offboard before the user is checked: until then CAM's reads may show what it has taken away."""


class FoundAccess(NamedTuple):
    """What an offboarded user has again: the number of working API keys, whether console login is open, names of
    policies.
    """

    keys: int
    login: bool
    policies: list[str]

    @property
    def hash(self) -> str:
        """A hash of it, so that it is reported only once."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()


class CheckServices(NamedTuple):
    """What the duty works with.

    `lives`: the events of a name. `is_unfinished`: whether a request is not finished yet. `touch`: raises Rejected for
    a protected user. `attached`: the policies of a user that an offboard takes away. `turn`: keeps others from changing
    the user while `close` takes everything away; it yields the seconds for which CAM may not show what the last turn
    did. `notify`: reports what was found, and how many times something was taken away before (None: nothing is taken
    away).
    """

    lives: Callable[[str], Sequence[LifeRow]]
    is_unfinished: Callable[[str], bool]
    check_unprotected: Callable[[User], User]
    attached: Callable[[FoundUser], list[str]]
    turn: Callable[[str], AbstractContextManager[float]]
    close: Callable[[FoundUser], object]
    notify: Callable[[OffboardedUser, FoundAccess, int | None], None]


class CheckOffboardedUsers:
    """The duty. With `enforce` it takes away what it finds; without, it only reports it, once."""

    name = "by_hand"

    def __init__(
        self, cam: Directory, watched: OffboardedUsers, users: Round, services: CheckServices, *, enforce: bool
    ) -> None:
        self._cam = cam
        self._watched = watched
        self._round = users
        self._services = services
        self._enforce = enforce

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - a listing finds it all
        """The object keys of the users who are checked in this run."""
        return [row.key for row in self._round.rows() if row.age is None or row.age > SETTLED]

    def do(self, item: str) -> Done:
        """Check one. Raises ImAccessError where that was not possible."""
        watched = OffboardedUser.parse(item)
        user = self._cam.user(watched.user)
        if user is None or user.uin != watched.uin:
            return self._forgotten(watched)
        if not self._may_have_something(user):
            return {}
        person = self._person(user)
        if person is None:
            return self._forgotten(watched)
        found = self._look(person)
        if found is None or (not self._enforce and self._watched.was_reported(watched, found.hash)):
            return {}
        return self._settle(watched)

    def ended(self, left: Sequence[str]) -> None:
        """The next run goes on with the items in `left`."""
        self._round.ended(left[0] if left else None)

    def _forgotten(self, watched: OffboardedUser) -> Done:
        self._watched.remove(watched)
        return {"forgotten": 1}

    def _may_have_something(self, user: User) -> bool:
        """Whether CAM shows any access of a user, with as few calls as possible, because most users have none."""
        try:
            return bool(user.console_login or self._cam.active_keys(user.uin) or self._cam.attached(user.uin))
        except NoSuchUser:
            return False

    def _person(self, user: User) -> FoundUser | None:
        """The user and its lives; None for a user who is not offboarded any more."""
        rows = self._services.lives(user.name)
        newest = newest_of(rows, user.uin)
        return FoundUser(user, rows) if newest is not None and newest.life.effect == "offboard" else None

    def _look(self, person: FoundUser) -> FoundAccess | None:
        """The access of the user, or None. None also for a user who is deleted or protected now, and for one whose
        offboard died half-way: that access was not given by hand, and the request that finishes the offboard takes it
        away.
        """
        try:
            self._services.check_unprotected(person.user)
            keys = len(self._cam.active_keys(person.user.uin))
        except (NoSuchUser, Rejected):
            return None
        found = FoundAccess(keys, person.user.console_login is True, self._services.attached(person))
        if not (found.keys or found.login or found.policies):
            return None
        return None if person.life is None or self._services.is_unfinished(person.life.life.request) else found

    def _settle(self, watched: OffboardedUser) -> Done:
        """Check again while holding the turn of the user: a restore may have come, or an offboard whose effect CAM did
        not show yet.
        """
        with self._services.turn(watched.user) as unsettled:
            user = self._cam.user(watched.user) if unsettled <= 0 else None
            person = self._person(user) if user and user.uin == watched.uin else None
            found = self._look(person) if person else None
            if person is None or found is None:
                return {}
            # If a run dies before the note, the next run reports the same with the same number.
            times = self._watched.times_taken(watched) if self._enforce else None
            self._services.notify(watched, found, times)
            if self._enforce:
                self._services.close(person)
        # After the turn, because a write whose answer was lost would keep the turn until it can no longer take effect.
        if times is None:
            self._watched.note_reported(watched, found.hash)
            return {"warned": 1}
        self._watched.note_taken(watched, times)
        return {"closed": 1}
