"""COS and CAM as values, with what a whole life needs: API keys, passwords, and the calls that take them away.

What the explorer's services know no word for is here: keys are (uin, id, active, description), in the order in which
they were made; `logins` are the users whose console login is open, each with the password that was set last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from shared.ports import Key, NewUser, NoSuchUser, Policy, User
from shared.secret import Secret
from tests.guarantees.remote import Remote
from tests.guarantees.services import Services

APIKey = tuple[int, str, bool, str]


@dataclass(frozen=True)
class Account(Services):
    """The services. `made` counts the keys that were ever made, `leases` a program's attempts: once, or oftener."""

    keys: tuple[APIKey, ...] = ()
    logins: tuple[tuple[str, str], ...] = ()
    made: int = 0
    leases: tuple[str, ...] = ()

    def opened(self, name: str, password: str) -> Account:
        """The same with this password."""
        others = [row for row in self.logins if row[0] != name]
        return replace(self, logins=tuple(sorted([*others, (name, password)])))

    def _lease(self, request: str) -> tuple[int, Account]:
        """A lease without its objects, whose own guarantees are explored elsewhere: the attempt's number, 2 at most."""
        number = 2 if request in self.leases else 1
        return number, self if number == 2 else replace(self, leases=tuple(sorted((*self.leases, request))))

    def _add_user(self, name: str, remark: str, password: str = "") -> tuple[Any, Account]:
        uin, after = super()._add_user(name, remark)
        assert isinstance(after, Account)
        return uin, after.opened(name, password) if password and after is not self else after

    def _set_password(self, name: str, password: str = "") -> tuple[Any, Account]:
        return (None, self.opened(name, password)) if self._holder(name) else (_nobody("UpdateUser"), self)

    def _close_login(self, name: str) -> tuple[Any, Account]:
        if self._holder(name) is None:
            return _nobody("UpdateUser"), self
        return None, replace(self, logins=tuple(row for row in self.logins if row[0] != name))

    def _list_keys(self, uin: int) -> tuple[Any, Account]:
        return tuple(row for row in self.keys if row[0] == uin), self

    def _create_key(self, uin: int, description: str) -> tuple[str, Account]:
        key = f"key{self.made}"
        return key, replace(self, keys=(*self.keys, (uin, key, True, description)), made=self.made + 1)

    def _disable_key(self, uin: int, key: str) -> tuple[None, Account]:
        rows = tuple((*row[:2], False, row[3]) if row[:2] == (uin, key) else row for row in self.keys)
        return None, replace(self, keys=rows)

    def _delete_key(self, uin: int, key: str) -> tuple[None, Account]:
        return None, replace(self, keys=tuple(row for row in self.keys if row[:2] != (uin, key)))

    def _groups(self, _uin: int) -> tuple[tuple[str, ...], Account]:
        return (), self

    def _delete_user(self, name: str) -> tuple[None, Account]:
        user = self._holder(name)
        assert user is None or all(row[0] != user.uin for row in self.keys), "keys first"
        users = tuple(replace_user(one) if one.name == name else one for one in self.users)
        attached = frozenset(row for row in self.attached if user is None or row[0] != user.uin)
        return None, replace(self, users=users, attached=attached)._closed(name)

    def _closed(self, name: str) -> Account:
        return replace(self, logins=tuple(row for row in self.logins if row[0] != name))


def replace_user(user: User) -> User:
    """A user who is gone: nobody's name, so that no UIN is given twice."""
    return user._replace(name="")


def _nobody(action: str) -> NoSuchUser:
    return NoSuchUser(action, "ResourceNotFound.UserNotExist")


class AccountDirectory:
    """CAM over an executor's remote: one policy, which is known to all."""

    def __init__(self, remote: Remote, policy: Policy) -> None:
        self._ask = remote.ask
        self._policy = policy

    def add_user(self, new: NewUser) -> tuple[int, None]:
        """AddUser."""
        password = new.password.reveal() if new.password else ""
        return self._ask("add_user", new.name, new.remark, password), None

    def user(self, name: str) -> User | None:
        """GetUser."""
        found: User | None = self._ask("user", name)
        return found

    def set_password(self, name: str, password: Secret) -> None:
        """UpdateUser."""
        self._ask("set_password", name, password.reveal())

    def close_login(self, name: str) -> None:
        """UpdateUser."""
        self._ask("close_login", name)

    def descriptions(self, uin: int) -> dict[str, str | None]:
        """ListAccessKeys."""
        return {row[1]: row[3] for row in self._ask("list_keys", uin)}

    def keys(self, uin: int) -> list[str]:
        """ListAccessKeys."""
        return list(self.descriptions(uin))

    def aged_keys(self, uin: int) -> list[tuple[str, str | None]]:
        """ListAccessKeys."""
        return list(self.descriptions(uin).items())

    def active_keys(self, uin: int) -> list[str]:
        """ListAccessKeys."""
        return [row[1] for row in self._ask("list_keys", uin) if row[2]]

    def create_key(self, uin: int, description: str) -> Key:
        """CreateAccessKey."""
        key = str(self._ask("create_key", uin, description))
        return Key(key, Secret(f"secret of {key}"))

    def disable_key(self, uin: int, secret_id: str) -> None:
        """UpdateAccessKey."""
        self._ask("disable_key", uin, secret_id)

    def delete_key(self, uin: int, secret_id: str) -> None:
        """UpdateAccessKey, DeleteAccessKey."""
        self._ask("delete_key", uin, secret_id)

    def delete_user(self, name: str) -> None:
        """DeleteUser."""
        self._ask("delete_user", name)

    def groups(self, uin: int) -> list[str]:
        """ListGroupsForUser."""
        return list(self._ask("groups", uin))

    def attach(self, policy: Policy, uin: int) -> None:
        """AttachUserPolicy."""
        self._ask("attach", policy.id, uin)

    def detach(self, policy: Policy, uin: int) -> None:
        """DetachUserPolicy."""
        self._ask("detach", policy.id, uin)

    def attached(self, uin: int) -> dict[int, str]:
        """ListAttachedUserPolicies."""
        return dict.fromkeys(self._ask("attached", uin), self._policy.name)

    def policy(self, _policy_id: int) -> Policy:
        """GetPolicy."""
        return self._policy

    def policies(self, _scope: str, _keyword: str | None) -> Iterator[Policy]:
        """ListPolicies."""
        yield self._policy
