"""COS and CAM as one value: a call gives an answer and the services after it. What the explorer's executors call."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from shared.ports import Listed, NameTaken, Stored, User

EFFECTS = (
    *("attach", "detach", "add_user", "set_password", "close_login", "create_key", "disable_key", "delete_key"),
    *("delete_user", "work"),
)
WRITES = ("create", "delete", *EFFECTS)


class Call(NamedTuple):
    """A remote call."""

    name: str
    args: tuple[Any, ...]


class Object(NamedTuple):
    """What the store holds under a key."""

    body: bytes
    at: int


@dataclass(frozen=True)
class Services:
    """COS and CAM as values; CAM's attachments are (uin, policy id). `worked` counts what no repetition hides; while it
    is `lagging`, GetUser shows nobody yet.
    """

    now: int = 1_800_000_000
    objects: tuple[tuple[str, Object], ...] = ()
    users: tuple[User, ...] = ()
    attached: frozenset[tuple[int, int]] = frozenset()
    worked: int = 0
    lagging: bool = False

    def receipt(self, folder: str) -> dict[str, Any] | None:
        """The receipt in a request's folder."""
        bodies = [json.loads(row.body) for key, row in self.objects if key.startswith(folder) and "-outcome" in key]
        return next((body for body in bodies if body["kind"] == "receipt"), None)

    def answer(self, call: Call) -> tuple[Any, Services]:
        """What a call answers (an exception, if it is one), and the services after it."""
        method: Callable[..., tuple[Any, Services]] = getattr(self, f"_{call.name}")
        return method(*call.args)

    def _create(self, key: str, body: bytes) -> tuple[bool, Services]:
        if key in dict(self.objects):
            return False, self
        return True, replace(self, objects=tuple(sorted((*self.objects, (key, Object(body, self.now))))))

    def _delete(self, key: str) -> tuple[None, Services]:
        return None, replace(self, objects=tuple(row for row in self.objects if row[0] != key))

    def _get(self, key: str) -> tuple[Stored | None, Services]:
        found = dict(self.objects).get(key)
        return (Stored(found.body, self.now - found.at) if found else None), self

    def _below(self, prefix: str, limit: int) -> tuple[tuple[Listed, ...], Services]:
        rows = [Listed(key, self.now - row.at) for key, row in self.objects if key.startswith(prefix)]
        return tuple(rows[:limit]), self

    def _user(self, name: str) -> tuple[User | None, Services]:
        found = None if self.lagging else self._holder(name)
        return found, self

    def _holder(self, name: str) -> User | None:
        return next((user for user in self.users if user.name == name), None)

    def _attached(self, uin: int) -> tuple[frozenset[int], Services]:
        return frozenset(policy for owner, policy in self.attached if owner == uin), self

    def _add_user(self, name: str, remark: str) -> tuple[Any, Services]:
        if self._holder(name):
            return NameTaken("AddUser", "InvalidParameter.SubUserNameInUse"), self
        user = User(name, 100 + len(self.users), remark)
        return user.uin, replace(self, users=(*self.users, user))

    def _set_password(self, _name: str) -> tuple[None, Services]:
        return None, self

    def _work(self) -> tuple[None, Services]:
        return None, replace(self, worked=self.worked + 1)

    def _attach(self, policy: int, uin: int) -> tuple[None, Services]:
        return None, replace(self, attached=self.attached | {(uin, policy)})

    def _detach(self, policy: int, uin: int) -> tuple[None, Services]:
        return None, replace(self, attached=self.attached - {(uin, policy)})
