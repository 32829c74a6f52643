"""Looks sub-users up by name. A warm instance remembers UINs, and confirms them by a call that is made anyway."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from shared.concurrency import both
from shared.deadline import Deadline
from shared.errors import CloudError
from shared.people.life import LifeRow, Lives, freshest, newest_of
from shared.ports import Directory, User

POLLS = (0.25, 0.5, 1.0, 1.5, 2.0, 2.0)
"""Seconds between looks; together they exceed the lag of CAM's reads."""
SHOWN = 6.0
"""Seconds after which CAM's reads are trusted to show a user; 5 were seen."""
TRACED = 60.0
"""Seconds after a create's record within which a user whom CAM does not show is taken to exist all the same."""
KEPT = 300.0
"""Seconds for which a warm instance remembers the UIN behind a name."""
_MOST = 5000
"""Names remembered, so that an instance does not grow."""


class FoundUser(NamedTuple):
    """A sub-user and the newest event in its life, None for one that this project did not make.

    `lives` are all events of those who had the name, as they were read last.
    """

    user: User
    lives: Sequence[LifeRow]

    @property
    def life(self) -> LifeRow | None:
        """The newest event in this user's life."""
        return newest_of(self.lives, self.user.uin)

    def unsettled(self, tried: float = 0.0) -> float:
        """Seconds for which CAM may not show a key that the user's create, which takes no turn, has made.

        `tried`: for how long it has been tried to do something about this user. It stands for the age of a create where
        the store tells none; else whoever has less time than there is to wait would never end.
        """
        rows = [row for row in self.lives if row.life.uin == self.user.uin and row.life.effect == "create"]
        return SHOWN if any((tried if row.age is None else row.age) < TRACED for row in rows) else 0.0


class UserCache:
    """The UINs that a warm instance remembers, by name, and until when. Its threads share it."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, float]] = {}

    def uin(self, name: str, now: float) -> int | None:
        """The UIN that the name had a while ago, or None."""
        uin, until = self._rows.get(name, (0, 0.0))
        return uin if now < until else None

    def keep(self, name: str, uin: int | None, now: float) -> None:
        """Remember the name's UIN; None: forget the name."""
        if uin is None:
            self._rows.pop(name, None)
            return
        if len(self._rows) >= _MOST:
            self._rows.clear()
        self._rows[name] = (uin, now + KEPT)


class SubUsers:
    """Looks up the users that one request is about."""

    def __init__(self, cam: Directory, lives: Lives, cache: UserCache, deadline: Deadline) -> None:
        self._cam = cam
        self._lives = lives
        self._cache = cache
        self._deadline = deadline
        self._listed: dict[int, dict[int, str]] = {}

    def find(self, name: str) -> FoundUser | None:
        """The user, None where there is none; one that was created a moment ago is found by the record of its life."""
        rows, shown = both(partial(self._lives.rows, name), partial(self._look_up, name), at_once=True)
        trace = freshest(rows)
        age = None if trace is None or shown is None or shown.uin == trace.life.uin else trace.age
        if age is not None and age < SHOWN:
            # One of the two is out of date, and within CAM's lag nobody can say which.
            self._deadline.wait(SHOWN - age)
            shown = self._cam.user(name)
        user = shown or _traced(name, rows)
        self.met(name, user.uin if user else None)
        return user and FoundUser(user, rows)

    def traced(self, name: str) -> FoundUser | None:
        """The user whom a create recorded a moment ago, even if CAM shows none."""
        rows = self._lives.rows(name)
        user = _traced(name, rows)
        return user and FoundUser(user, rows)

    def met(self, name: str, uin: int | None) -> None:
        """Remember the UIN of the name; None: that nobody has it."""
        self._cache.keep(name, uin, self._deadline.clock.now())

    def attached(self, uin: int) -> dict[int, str]:
        """The policies attached to the user. What `find` has fetched is returned once; then CAM is asked again."""
        listed = self._listed.pop(uin, None)
        return self._cam.attached(uin) if listed is None else listed

    def gone(self, user: User) -> bool:
        """Whether CAM shows no user of this name, or another one."""
        found = self._cam.user(user.name)
        return found is None or found.uin != user.uin

    def _look_up(self, name: str) -> User | None:
        return self._remembered(name) or self._cam.user(name)

    def _remembered(self, name: str) -> User | None:
        """The user behind a remembered UIN, where it is known to live.

        A name never moves to another UIN but by deleting the user, and a deleted user has no policies: whoever has
        some is alive, and GetUser could say no more. Without any, GetUser is asked.
        """
        uin = self._cache.uin(name, self._deadline.clock.now())
        if uin is None:
            return None
        try:
            listed = self._listed[uin] = self._cam.attached(uin)
        except CloudError:
            return None
        return User(name, uin, remark="") if listed else None


def _traced(name: str, rows: Sequence[LifeRow]) -> User | None:
    """A user whom CAM does not show, where the record of its life is new enough, or the store does not tell ages.

    A user who is offboarded and was made longer ago than CAM's lag is not shown because it has been deleted.
    """
    trace = freshest(rows)
    if trace is None or (trace.age or 0.0) >= TRACED:
        return None
    uin = trace.life.uin
    newest, age = newest_of(rows, uin), max(row.age or 0.0 for row in rows if row.life.uin == uin)
    if newest is not None and newest.life.effect == "offboard" and age >= SHOWN:
        return None
    return User(name, uin, remark="")
