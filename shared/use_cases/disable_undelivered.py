"""Disables credentials that nobody received: API keys and console login. The user and its policies stay.

Each step sets a state, so repeating it is harmless, and an administrator can undo it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.credentials.csv_file import FILES
from shared.errors import Rejected
from shared.people.life import LifeRow, newest_of
from shared.policies.authorization import Authorization
from shared.ports import Directory, Store, User


class DisableUndelivered:
    """The use case for users whose credentials were not picked up, or could not be announced."""

    def __init__(
        self, cam: Directory, store: Store, authorization: Authorization, lives: Callable[[str], Sequence[LifeRow]]
    ) -> None:
        self._cam = cam
        self._lives = lives
        self._store = store
        self._authorization = authorization

    def close(self, name: str, uin: int | None) -> bool:
        """Disable all keys, then the login; False where the name belongs to another user now, or to a protected one.

        A user with the same name and another UIN was created later, because CAM never reuses a UIN.
        """
        user = self._touchable(name)
        if user is None or user.uin != uin:
            return False
        self._disable(user, self._cam.keys(user.uin), login=True)
        return True

    def undo(self, name: str, mark: str, nonce: str, request: str = "", uin: int | None = None) -> bool:
        """Disable what one request made, and delete its files; False where nothing of the user belongs to the request.

        `mark`: the mark on its user and keys; `nonce`: the beginning of the names of its files; `request`: the hash of
        its identity. The login is closed, too, if the request created or restored the user and nothing has happened in
        the user's life since; but not if the user has a key of somebody else, who then takes care of the user. If CAM
        shows no descriptions at all, every key of such a user counts as made by the request.
        """
        user, own = self._touchable(name), False
        if user is not None:
            whole = self._began(user, mark, request, uin)
            keys = self._cam.descriptions(user.uin)
            unmarked = whole and all(description is None for description in keys.values())
            made = [key for key, description in keys.items() if unmarked or description == mark]
            self._disable(user, made, login=whole and len(made) == len(keys))
            own = whole or bool(made)
        for row in self._store.below(f"{FILES}{nonce}-"):
            self._store.delete(row.key)
        return own

    def _began(self, user: User, mark: str, request: str, uin: int | None) -> bool:
        """Whether this request created or restored the user, and nothing has happened in the user's life since.

        A create may not have recorded the user yet; then the mark or the UIN shows that it is this request's.
        """
        newest = newest_of(self._lives(user.name), user.uin)
        if newest is None or newest.life.effect == "create":
            return user.remark.endswith(mark) or user.uin == uin
        return newest.life.effect == "restore" and newest.life.request == request

    def _touchable(self, name: str) -> User | None:
        user = self._cam.user(name)
        try:
            return user and self._authorization.check_unprotected(user)
        except Rejected:
            return None

    def _disable(self, user: User, keys: list[str], *, login: bool) -> None:
        for secret_id in keys:
            self._cam.disable_key(user.uin, secret_id)
        if login:
            self._cam.close_login(user.name)
