"""The main account: who may sign requests, with which keys, and what a signer is allowed to do."""

import base64
import hmac
import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from local.clock import Clock
from local.cls_api.records import Alarm
from local.policy import Ask, Document
from local.scf_api.records import Trigger

ALPHANUMERIC = string.ascii_letters + string.digits
ROOT = "root"


@dataclass(frozen=True)
class Credentials:
    """A key pair, with the token that a temporary one needs."""

    secret_id: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Principal:
    """Somebody who can sign requests: the main account, a session of a role, or a sub-user.

    ``uin`` is a sub-user's UIN, the owner's UIN for the main account, and the role's id for a session of a role.
    """

    kind: str
    name: str
    uin: str
    credentials: Credentials
    permits: Callable[[Ask], bool]
    expires_at: float | None = None

    @property
    def label(self) -> str:
        """The name in the journal: ``root``, ``role/im-access`` or ``user/alice``."""
        return self.kind if self.kind == ROOT else f"{self.kind}/{self.name}"

    def accepts_token(self, token: str) -> bool:
        """Whether the token belongs to the key. A permanent key needs no token and ignores any that is sent."""
        own = self.credentials.token
        return not own or hmac.compare_digest(own.encode(), token.encode("utf-8", "surrogateescape"))

    def expired(self, now: float) -> bool:
        """Whether this is a temporary key that has expired."""
        return self.expires_at is not None and now >= self.expires_at


class Directory(Protocol):
    """Finds the keys of sub-users; the CAM emulator implements it."""

    def principal_of(self, secret_id: str) -> Principal | None:
        """The sub-user that has an active key with this id."""

    def key_used(self, secret_id: str) -> None:
        """Note that a request was signed with this key."""


def allow_all(_: Ask) -> bool:
    """Allows every call: the rights of the main account."""
    return True


class KeyGenerator:
    """Generates ids, keys and tokens that look like Tencent's. The same seed gives the same ones."""

    def __init__(self, seed: int | None) -> None:
        self.random = random.Random(seed)  # noqa: S311 keys of an emulator protect nothing, and tests want them repeatable

    def text(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """Random characters."""
        return "".join(self.random.choices(alphabet, k=length))

    def permanent(self) -> Credentials:
        """A key pair of an account or a sub-user."""
        return Credentials("AKID" + self.text(32), self.text(32))

    def temporary(self) -> Credentials:
        """A key pair with a token. The token has characters that a URL must escape, as Tencent's tokens may have."""
        token = self.text(48) + base64.b64encode(self.random.randbytes(340)).decode()
        return Credentials("AKID" + self.text(64), self.text(43) + "=", token)


class Accounts:
    """The main account and everybody who signs with one of its keys."""

    def __init__(self, clock: Clock, seed: int | None = None) -> None:
        self.owner_uin = "100000000001"
        self.appid = "1250000000"
        self.bucket = f"im-access-{self.appid}"
        self.region = "ap-guangzhou"
        self.clock = clock
        self.key_generator = KeyGenerator(seed)
        self.root = self.key_generator.permanent()
        self.directory: Directory | None = None
        self.deployed: dict[str, list[Trigger]] = {}
        self.alarms: list[Alarm] = []
        self._sessions: dict[str, Principal] = {}
        self._role_ids: dict[str, str] = {}

    def session(self, role: str, lifetime: float, policy: dict[str, object] | None) -> Credentials:
        """Temporary credentials of a role, as ``AssumeRole`` returns them.

        Args:
            role: the role's name.
            lifetime: seconds of the cloud's clock until they expire.
            policy: the CAM policy document that decides about each call; None allows everything.

        Raises:
            PolicyError: the document uses something that the emulator cannot enforce.
        """
        permits = Document.parse(policy).allows if policy is not None else allow_all
        credentials = self.key_generator.temporary()
        role_id = self.role_id(role)
        self._sessions[credentials.secret_id] = Principal(
            "role", role, role_id, credentials, permits, self.clock.now() + lifetime
        )
        return credentials

    def role_id(self, role: str) -> str:
        """The id of the role of this name."""
        return self._role_ids.setdefault(role, str(4611686018427390000 + len(self._role_ids)))

    def find(self, secret_id: str) -> Principal | None:
        """The owner of this SecretId, also if its session has expired; None if the id is unknown or disabled."""
        if secret_id == self.root.secret_id:
            return Principal(ROOT, ROOT, self.owner_uin, self.root, allow_all)
        if secret_id in self._sessions:
            return self._sessions[secret_id]
        return self.directory.principal_of(secret_id) if self.directory else None

    def used(self, principal: Principal) -> None:
        """Note that a request with a valid signature of this principal arrived."""
        if self.directory:
            self.directory.key_used(principal.credentials.secret_id)
