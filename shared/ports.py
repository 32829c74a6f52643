"""Ports: the store and the directory that use cases work with, and their values and errors.

Whoever implements them imports this, never the other way round; so a test can hand in a small world.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from shared.clock import Clock
from shared.errors import CloudError
from shared.secret import Secret

__all__ = [
    "Clock", "Directory", "Key", "Listed", "NameTaken", "NewUser", "NoSuchPolicy", "NoSuchUser", "Policy", "Store",
    "Stored", "UnknownAction", "User",
]  # fmt: skip


class UnknownAction(CloudError):
    """The cloud does not know this call: another edition of it may not have it."""


class NoSuchUser(CloudError):
    """CAM knows no such user, or does not know it yet."""


class NoSuchPolicy(CloudError):
    """CAM knows no policy of this id."""


class NameTaken(CloudError):
    """A user of this name exists already."""


class User(NamedTuple):
    """A sub-user as CAM shows it. `console_login`: whether it is open, None where CAM was not asked."""

    name: str
    uin: int
    remark: str
    console_login: bool | None = None


class NewUser(NamedTuple):
    """What AddUser is asked for."""

    name: str
    remark: str
    console_login: bool
    api_access: bool
    password: Secret | None
    contact: dict[str, str]


class Key(NamedTuple):
    """An API key; the secret half is shown by CAM exactly once."""

    secret_id: str
    secret_key: Secret


class Policy(NamedTuple):
    """A policy's identity in CAM. `preset` tells Tencent's own (Type 2) from custom ones (Type 1); None: CAM did not.

    `document` is what it allows, as JSON text, where CAM was asked for this one policy.
    """

    id: int
    name: str
    preset: bool | None
    document: str = ""


class Stored(NamedTuple):
    """An object that was read. `age` is in seconds by the store's own clock, or None where it does not tell."""

    body: bytes
    age: float | None


class Listed(NamedTuple):
    """A row of a listing. `age` as in `Stored`."""

    key: str
    age: float | None


class Store(Protocol):
    """A store with create-if-absent and nothing stronger."""

    def create(self, key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> bool:
        """Write what must not exist yet; False if it does."""

    def get(self, key: str) -> Stored | None:
        """The object, None where there is none."""

    def exists(self, key: str) -> bool:
        """Whether there is an object of this key."""

    def delete(self, key: str) -> None:
        """Delete an object; no error where there is none."""

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> Sequence[Listed]:
        """The first objects below a prefix that come after a key, in order."""


class Directory(Protocol):
    """The sub-users of the account, with their policies and keys: CAM."""

    def add_user(self, new: NewUser) -> tuple[int, Key | None]:
        """Create a sub-user."""

    def user(self, name: str) -> User | None:
        """The user of a name, None where there is none."""

    def set_password(self, name: str, password: Secret) -> None:
        """Replace the console password."""

    def attach(self, policy: Policy, uin: int) -> None:
        """Attach a policy."""

    def detach(self, policy: Policy, uin: int) -> None:
        """Detach a policy."""

    def limit(self, policy: Policy, uin: int) -> None:
        """Make a policy the user's permissions boundary."""

    def attached(self, uin: int) -> dict[int, str]:
        """The policies attached directly."""

    def policies(self, scope: Literal["All", "QCS", "Local"], keyword: str | None) -> Iterator[Policy]:
        """List policies."""

    def policy(self, policy_id: int) -> Policy | None:
        """The policy of an id, with its document."""

    def keys(self, uin: int) -> list[str]:
        """The user's API keys."""

    def descriptions(self, uin: int) -> dict[str, str | None]:
        """The descriptions of the user's API keys, by their ids; None where CAM does not tell one."""

    def active_keys(self, uin: int) -> list[str]:
        """The user's enabled API keys."""

    def aged_keys(self, uin: int) -> list[tuple[str, str | None]]:
        """All keys with their descriptions, the oldest first."""

    def groups(self, uin: int) -> list[str]:
        """The names of the user's groups."""

    def delete_user(self, name: str) -> None:
        """Delete a sub-user without keys."""

    def create_key(self, uin: int, description: str) -> Key:
        """Make an API key."""

    def disable_key(self, uin: int, secret_id: str) -> None:
        """Disable an API key."""

    def delete_key(self, uin: int, secret_id: str) -> None:
        """Delete an API key."""

    def close_login(self, name: str) -> None:
        """Close console login."""
