"""Who a name is in CAM. A warm instance remembers it, and makes sure of it with a call that is made anyway."""

from __future__ import annotations

from shared.deadline import Deadline
from shared.errors import CloudError
from shared.policies.ledger import Ledger
from shared.ports import Directory, User

POLLS = (0.25, 0.5, 1.0, 1.5, 2.0, 2.0)
"""Seconds between looks; together they exceed the lag of CAM's reads."""
KEPT = 300.0
"""Seconds for which a warm instance remembers the UIN behind a name."""
_MOST = 5000
"""Names remembered, so that an instance does not grow."""


class UserCache:
    """What a warm instance remembers: a UIN and until when, by name. Its threads share it."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, float]] = {}

    def uin(self, name: str, now: float) -> int | None:
        """The UIN that the name had a while ago, or None."""
        uin, until = self._rows.get(name, (0, 0.0))
        return uin if now < until else None

    def keep(self, name: str, uin: int | None, now: float) -> None:
        """Remember the UIN, or with None forget the name."""
        if uin is None:
            self._rows.pop(name, None)
            return
        if len(self._rows) >= _MOST:
            self._rows.clear()
        self._rows[name] = (uin, now + KEPT)


class SubUsers:
    """The users that one request is about."""

    def __init__(self, cam: Directory, ledger: Ledger, cache: UserCache, deadline: Deadline) -> None:
        self._cam = cam
        self._ledger = ledger
        self._cache = cache
        self._deadline = deadline
        self._listed: dict[int, dict[int, str]] = {}

    def find(self, name: str) -> User | None:
        """The user, or None for one that does not exist; patient with one that was created a moment ago."""
        user = self._remembered(name) or self._ask(name)
        self.met(name, user.uin if user else None)
        return user

    def met(self, name: str, uin: int | None) -> None:
        """Remember who the name is, or that it is nobody."""
        self._cache.keep(name, uin, self._deadline.clock.now())

    def attached(self, uin: int) -> dict[int, str]:
        """The policies attached to the user, which `find` may have asked for already; told once, then asked anew."""
        listed = self._listed.pop(uin, None)
        return self._cam.attached(uin) if listed is None else listed

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

    def _ask(self, name: str) -> User | None:
        user = self._cam.user(name)
        if user is not None or not self._ledger.recently_granted(name):
            return user
        for seconds in POLLS:
            self._deadline.wait(seconds)
            user = self._cam.user(name)
            if user is not None:
                return user
        return None
