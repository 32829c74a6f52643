"""The ports of the use cases: the store and the directory of users, with their values and errors.

The adapters in `shared/tencent/` import this file, never the other way round. So a test can pass other implementations.
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
    """The cloud does not know this action; some editions of the cloud lack it."""


class NoSuchUser(CloudError):
    """CAM does not know the user, or does not know it yet."""


class NoSuchPolicy(CloudError):
    """CAM has no policy with this id."""


class NameTaken(CloudError):
    """A user with this name exists already."""


class User(NamedTuple):
    """A sub-user as CAM shows it. `console_login`: whether console login is open; None where it was not asked."""

    name: str
    uin: int
    remark: str
    console_login: bool | None = None


class NewUser(NamedTuple):
    """The parameters of AddUser."""

    name: str
    remark: str
    console_login: bool
    api_access: bool
    password: Secret | None
    contact: dict[str, str]


class Key(NamedTuple):
    """An API key. CAM shows the secret half exactly once."""

    secret_id: str
    secret_key: Secret


class Policy(NamedTuple):
    """A policy in CAM. `preset`: True for Tencent's own (Type 2), False for a custom one (Type 1), None where CAM did
    not say.

    `document`: its JSON text, where CAM was asked for this policy alone.
    """

    id: int
    name: str
    preset: bool | None
    document: str = ""


class Stored(NamedTuple):
    """An object that was read. `age`: seconds since it was written, by the store's clock; None where the store does not
    say.
    """

    body: bytes
    age: float | None


class Listed(NamedTuple):
    """A row of a listing; `age` is as in `Stored`."""

    key: str
    age: float | None


class Store(Protocol):
    """A store of objects. Its only atomic write is create-if-absent."""

    def create(self, key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> bool:
        """Write an object that must not exist yet; False if it exists."""

    def get(self, key: str) -> Stored | None:
        """The object, or None where there is none."""

    def exists(self, key: str) -> bool:
        """Whether an object with this key exists."""

    def delete(self, key: str) -> None:
        """Delete an object; no error if it does not exist."""

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> Sequence[Listed]:
        """The first objects with this prefix whose keys come after `after`, in order."""


class Directory(Protocol):
    """The sub-users of the account, with their policies and keys. CAM implements it."""

    def add_user(self, new: NewUser) -> tuple[int, Key | None]:
        """Create a sub-user."""

    def user(self, name: str) -> User | None:
        """The user with this name, or None."""

    def set_password(self, name: str, password: Secret) -> None:
        """Replace the console password."""

    def attach(self, policy: Policy, uin: int) -> None:
        """Attach a policy."""

    def detach(self, policy: Policy, uin: int) -> None:
        """Detach a policy."""

    def limit(self, policy: Policy, uin: int) -> None:
        """Set a policy as the user's permissions boundary."""

    def attached(self, uin: int) -> dict[int, str]:
        """The policies attached directly."""

    def policies(self, scope: Literal["All", "QCS", "Local"], keyword: str | None) -> Iterator[Policy]:
        """List policies."""

    def policy(self, policy_id: int) -> Policy | None:
        """The policy with this id, with its document."""

    def keys(self, uin: int) -> list[str]:
        """The user's API keys."""

    def descriptions(self, uin: int) -> dict[str, str | None]:
        """The descriptions of the user's API keys, by key id; None where CAM does not show one."""

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
