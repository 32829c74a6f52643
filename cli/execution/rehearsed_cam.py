"""A `Directory` that reads from CAM and keeps all changes in this process."""

from __future__ import annotations

from functools import cached_property

from shared.ports import Key, NameTaken, NewUser, Policy, User
from shared.secret import Secret
from shared.tencent.api import Api
from shared.tencent.cam import Cam
from shared.tencent.cam_answers import NAME_TAKEN

NEW = 9_999_999_999_999_999
"""In place of the UIN of a user who would be made."""


class RehearsedCam(Cam):
    """CAM with the rehearsal's changes on top. Each change is added to `calls`, and none is sent."""

    def __init__(self, api: Api, calls: list[tuple[str, str]]) -> None:
        super().__init__(api)
        self._calls = calls
        self._new: dict[str, User] = {}
        self._deleted: set[str] = set()
        self._attached: dict[tuple[int, int], str | None] = {}

    @cached_property
    def _keys(self) -> dict[int, list[tuple[str, str | None, bool]]]:
        return {}

    def add_user(self, new: NewUser) -> tuple[int, Key | None]:
        """Add a sub-user. Raises NameTaken."""
        if self.user(new.name) is not None:
            raise NameTaken("AddUser", NAME_TAKEN)
        self._note("create the user", new.name)
        self._new[new.name] = User(new.name, NEW, new.remark)
        return NEW, self.create_key(NEW, "") if new.api_access else None

    def user(self, name: str) -> User | None:
        """Find a user of CAM, or one that was added here."""
        return None if name in self._deleted else self._new.get(name) or super().user(name)

    def set_password(self, name: str, password: Secret) -> None:  # noqa: ARG002 - the port's form
        """Set a new password; it is not kept."""
        self._note("set a new password and open console login", name)

    def close_login(self, name: str) -> None:
        """Close the console login."""
        self._note("close console login", name)

    def delete_user(self, name: str) -> None:
        """Delete the user."""
        self._note("delete the user", name)
        self._deleted.add(name)

    def attach(self, policy: Policy, uin: int) -> None:
        """Attach a policy."""
        self._note("attach the policy", policy.name)
        self._attached[uin, policy.id] = policy.name

    def detach(self, policy: Policy, uin: int) -> None:
        """Detach a policy."""
        self._note("detach the policy", policy.name)
        self._attached[uin, policy.id] = None

    def limit(self, policy: Policy, uin: int) -> None:  # noqa: ARG002 - the port's form
        """Set the permissions boundary."""
        self._note("set the permissions boundary", policy.name)

    def attached(self, uin: int) -> dict[int, str]:
        """The policies that would be attached."""
        found = {} if uin == NEW else super().attached(uin)
        for (whose, policy), name in self._attached.items():
            if whose == uin and name is None:
                found.pop(policy, None)
            elif whose == uin and name is not None:
                found[policy] = name
        return found

    def descriptions(self, uin: int) -> dict[str, str | None]:
        """The descriptions of the user's keys."""
        return {secret_id: description for secret_id, description, _ in self._of(uin)}

    def active_keys(self, uin: int) -> list[str]:
        """The user's enabled keys."""
        return [secret_id for secret_id, _, active in self._of(uin) if active]

    def aged_keys(self, uin: int) -> list[tuple[str, str | None]]:
        """The user's keys, the oldest first."""
        return [(secret_id, description) for secret_id, description, _ in self._of(uin)]

    def groups(self, uin: int) -> list[str]:
        """The user's groups; a user that was added here is in none."""
        return [] if uin == NEW else super().groups(uin)

    def create_key(self, uin: int, description: str) -> Key:
        """Add a key; nobody gets it."""
        self._note("create an access key", "")
        self._of(uin).append((f"new-{len(self._calls)}", description, True))
        return Key(self._of(uin)[-1][0], Secret("-"))

    def disable_key(self, uin: int, secret_id: str) -> None:
        """Disable a key."""
        self._note("disable the access key", secret_id)
        self._keys[uin] = [(id_, text, active and id_ != secret_id) for id_, text, active in self._of(uin)]

    def delete_key(self, uin: int, secret_id: str) -> None:
        """Delete a key."""
        self._note("delete the access key", secret_id)
        self._keys[uin] = [row for row in self._of(uin) if row[0] != secret_id]

    def _of(self, uin: int) -> list[tuple[str, str | None, bool]]:
        if uin not in self._keys:
            active = set() if uin == NEW else set(super().active_keys(uin))
            aged = [] if uin == NEW else super().aged_keys(uin)
            self._keys[uin] = [(secret_id, text, secret_id in active) for secret_id, text in aged]
        return self._keys[uin]

    def _note(self, what: str, of: str) -> None:
        if (what, of) not in self._calls:
            self._calls.append((what, of))
