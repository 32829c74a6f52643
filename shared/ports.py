"""What the access rooms need of the world, so that a test can hand them a small one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Protocol

from shared.clock import Clock
from shared.secret import Secret
from shared.tencent.cam import Key, NewUser, Policy, User

__all__ = ["Clock", "Directory", "Listed", "Store", "Stored"]


class Stored(Protocol):
    """An object that was read; `age` in seconds by the store's own clock, or None."""

    @property
    def body(self) -> bytes:
        """Its content."""

    @property
    def age(self) -> float | None:
        """Since it was written."""


class Listed(Protocol):
    """A row of a listing."""

    @property
    def key(self) -> str:
        """The object's key."""

    @property
    def age(self) -> float | None:
        """Since it was written."""


class Store(Protocol):
    """A store with create-if-absent and nothing stronger."""

    def create(self, key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> bool:
        """Write what must not exist yet; False if it does."""

    def get(self, key: str) -> Stored | None:
        """Read."""

    def exists(self, key: str) -> bool:
        """Look."""

    def delete(self, key: str) -> None:
        """Remove."""

    def below(self, prefix: str, *, limit: int = 1000) -> Sequence[Listed]:
        """The first objects below a prefix, in order."""


class Directory(Protocol):
    """The sub-users of the account, with their policies and keys: CAM."""

    def add_user(self, new: NewUser) -> tuple[int, Key | None]:
        """Create a sub-user."""

    def user(self, name: str) -> User | None:
        """Look one up."""

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
        """Look one up by its id, with its document."""

    def keys(self, uin: int) -> list[str]:
        """The user's API keys."""

    def descriptions(self, uin: int) -> dict[str, str | None]:
        """What the user's API keys are described as, by their ids; None where it is not told."""

    def create_key(self, uin: int, description: str) -> Key:
        """Make an API key."""

    def disable_key(self, uin: int, secret_id: str) -> None:
        """Make an API key useless."""

    def delete_key(self, uin: int, secret_id: str) -> None:
        """Delete an API key."""

    def close_login(self, name: str) -> None:
        """Close console login."""
