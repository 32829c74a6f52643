"""Looks sub-users up by name. A warm instance caches UINs, and confirms them with a call that is made anyway."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from shared.concurrency import both
from shared.deadline import Deadline
from shared.errors import CloudError
from shared.people.life import LifeRow, Lives, freshest, newest_of
from shared.ports import Directory, User

POLLS = (0.25, 0.5, 1.0, 1.5, 2.0, 2.0)
"""Seconds between looks; together they are longer than the lag of CAM's reads."""
SHOWN = 6.0
"""Seconds after which CAM's reads certainly show a user; up to 5 were observed."""
TRACED = 60.0
"""Seconds after the record of a create in which a user counts as existing although CAM does not show it."""
KEPT = 300.0
"""Seconds for which a warm instance caches the UIN of a name."""
_MOST = 5000
"""The most cached names, so that the cache of an instance does not grow without limit."""


class FoundUser(NamedTuple):
    """A sub-user, and the events of its life; none for a user that this project did not create.

    `lives`: all events of the users with this name, as they were read last.
    """

    user: User
    lives: Sequence[LifeRow]

    @property
    def life(self) -> LifeRow | None:
        """The newest event in this user's life."""
        return newest_of(self.lives, self.user.uin)

    def unsettled(self, tried: float = 0.0) -> float:
        """Seconds for which CAM may not show a key that the create of this user has made. (A create holds no turn.)

        `tried`: seconds for which the request has been trying. It replaces the age of a create where the store shows
        none. Otherwise a request with little time would wait again in each attempt, and never finish.
        """
        rows = [row for row in self.lives if row.life.uin == self.user.uin and row.life.effect == "create"]
        return SHOWN if any((tried if row.age is None else row.age) < TRACED for row in rows) else 0.0


class UserCache:
    """The UINs that a warm instance caches, by name, and until when. Its threads share it."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, float]] = {}

    def uin(self, name: str, now: float) -> int | None:
        """The cached UIN of the name, or None."""
        uin, until = self._rows.get(name, (0, 0.0))
        return uin if now < until else None

    def keep(self, name: str, uin: int | None, now: float) -> None:
        """Cache the name's UIN; None removes the name."""
        if uin is None:
            self._rows.pop(name, None)
            return
        if len(self._rows) >= _MOST:
            self._rows.clear()
        self._rows[name] = (uin, now + KEPT)


class SubUsers:
    """Looks up the users of one request."""

    def __init__(self, cam: Directory, lives: Lives, cache: UserCache, deadline: Deadline) -> None:
        self._cam = cam
        self._lives = lives
        self._cache = cache
        self._deadline = deadline
        self._listed: dict[int, dict[int, str]] = {}

    def find(self, name: str) -> FoundUser | None:
        """The user, or None. A user that was just created is found by the record of its life."""
        rows, shown = both(partial(self._lives.rows, name), partial(self._look_up, name), at_once=True)
        trace = freshest(rows)
        age = None if trace is None or shown is None or shown.uin == trace.life.uin else trace.age
        if age is not None and age < SHOWN:
            # One of the two is out of date. Within CAM's lag it is unknown which.
            self._deadline.wait(SHOWN - age)
            shown = self._cam.user(name)
        user = shown or _recorded_user(name, rows)
        self.met(name, user.uin if user else None)
        return user and FoundUser(user, rows)

    def find_recorded(self, name: str) -> FoundUser | None:
        """The user that a create has just recorded, even if CAM does not show it."""
        rows = self._lives.rows(name)
        user = _recorded_user(name, rows)
        return user and FoundUser(user, rows)

    def met(self, name: str, uin: int | None) -> None:
        """Cache the UIN of the name; None: nobody has it."""
        self._cache.keep(name, uin, self._deadline.clock.now())

    def attached(self, uin: int) -> dict[int, str]:
        """The policies attached to the user. What `find` has fetched is returned once; then CAM is asked again."""
        listed = self._listed.pop(uin, None)
        return self._cam.attached(uin) if listed is None else listed

    def gone(self, user: User) -> bool:
        """Whether CAM shows no user with this name, or another user."""
        found = self._cam.user(user.name)
        return found is None or found.uin != user.uin

    def _look_up(self, name: str) -> User | None:
        return self._remembered(name) or self._cam.user(name)

    def _remembered(self, name: str) -> User | None:
        """The user of a cached UIN, if it certainly exists.

        A name gets another UIN only after the user was deleted, and a deleted user has no policies. So a user with
        policies exists, and GetUser is not needed. For a user without policies GetUser is called.
        """
        uin = self._cache.uin(name, self._deadline.clock.now())
        if uin is None:
            return None
        try:
            listed = self._listed[uin] = self._cam.attached(uin)
        except CloudError:
            return None
        return User(name, uin, remark="") if listed else None


def _recorded_user(name: str, rows: Sequence[LifeRow]) -> User | None:
    """A user that CAM does not show, if the record of its life is new enough, or if the store shows no ages.

    An offboarded user that was created longer ago than CAM's lag is not shown because it was deleted.
    """
    trace = freshest(rows)
    if trace is None or (trace.age or 0.0) >= TRACED:
        return None
    uin = trace.life.uin
    newest, age = newest_of(rows, uin), max(row.age or 0.0 for row in rows if row.life.uin == uin)
    if newest is not None and newest.life.effect == "offboard" and age >= SHOWN:
        return None
    return User(name, uin, remark="")
