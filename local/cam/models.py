"""CAM's state: records in plain tables, the settings of its behaviour, and what others ask of it."""

import hmac
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from local.accounts import ROOT, Accounts, Principal, allow_all
from local.cam import exceptions as errors
from local.cam.presets import presets
from local.cam.records import AccessKey, Attachment, Policy, Role, User
from local.cam.table import Table
from local.clock import Clock
from local.policy import Ask, Document, permitted

ACTIVE = "Active"


@lru_cache(maxsize=4096)
def compiled(text: str) -> Document:
    """A stored policy document, ready to decide; what cannot be enforced grants nothing."""
    return Document.parse(text, strict=False)


@dataclass
class Settings:
    """How CAM behaves where its documentation leaves it open, and how strict it is. ``reset`` restores them.

    Attributes:
        lag: seconds by which Get, List and Describe are behind; writes are not.
        lag_on_attach: whether attach and detach lag too, and miss a user just created.
        strict_detach: whether detaching what is not attached is ``ResourceNotFound.PolicyIdNotFound``.
        spelling: how attach and detach say "not found": ``ResourceNotFound`` or ``InvalidParameter``.
        echo_password: whether AddUser returns a password that the caller supplied.
        enforce_rates: whether each action's requests per second are limited as documented.
        creations_per_day: how many AddUser succeed in 24 hours; 10 on an unverified account, None is no limit.
        users_limit, keys_limit, attachments_limit, policies_limit: quotas.
    """

    lag: float = 0.0
    lag_on_attach: bool = False
    strict_detach: bool = False
    spelling: str = "ResourceNotFound"
    echo_password: bool = False
    enforce_rates: bool = False
    creations_per_day: int | None = None
    users_limit: int = 1000
    keys_limit: int = 2
    attachments_limit: int = 200
    policies_limit: int = 1500


@dataclass
class CamBackend(Settings):
    """CAM of the one main account."""

    accounts: Accounts = field(kw_only=True)
    clock: Clock = field(kw_only=True)

    def __post_init__(self) -> None:
        self._fill()

    def _fill(self) -> None:
        self.users: Table[str, User] = Table(self.clock)
        self.keys: Table[str, AccessKey] = Table(self.clock)
        self.policies: Table[int, Policy] = Table(self.clock)
        self.attachments: Table[tuple[int, int], Attachment] = Table(self.clock)
        self.boundaries: Table[int, int] = Table(self.clock)
        self.roles: Table[str, Role] = Table(self.clock)
        self.creations: deque[float] = deque()
        self._names: dict[int, str] = {}
        self._windows: dict[str, deque[float]] = {}
        self._last_uin = int(self.accounts.owner_uin)
        self._last_policy = 200_000_000
        for policy in presets():
            self.policies[policy.policy_id] = policy

    def reset(self) -> None:
        """Forget everything but the presets; settings return to their defaults."""
        Settings.__init__(self)
        self._fill()

    # ids and lookups

    def next_uin(self, name: str) -> int:
        """A new sub-user's uin; never one that was used before."""
        self._last_uin += 1
        self._names[self._last_uin] = name
        return self._last_uin

    def next_policy_id(self) -> int:
        """A new custom policy's id."""
        self._last_policy += 1
        return self._last_policy

    def find_user(self, uin: int, lag: float = 0.0) -> User | None:
        """The sub-user of this uin, as a reader with this lag sees it."""
        user = self.users.seen(self._names.get(uin, ""), lag)
        return user if user and user.uin == uin else None

    def user_missing(self) -> errors.ApiError:
        """The error for an unknown uin, in the spelling set."""
        return errors.UserNotExist(code=f"{self.spelling}.UserNotExist")

    def policy_missing(self) -> errors.ApiError:
        """The error for an unknown policy, in the spelling set."""
        if self.spelling == "InvalidParameter":
            return errors.PolicyIdNotFound(code="InvalidParameter.PolicyIdNotExist")
        return errors.PolicyIdNotFound()

    def attached_to(self, uin: int, lag: float = 0.0) -> Iterator[tuple[Attachment, Policy]]:
        """The policies attached to a sub-user, oldest first, as a reader with this lag sees them."""
        policies: Mapping[int, Policy] = self.policies
        for attachment in list(self.attachments.lagging(lag).values()):
            if attachment.uin == uin and attachment.policy_id in policies:
                yield attachment, policies[attachment.policy_id]

    # what tests ask

    def add_role(self, name: str, trust: str, *policies: str) -> Role:
        """Put up a role, or replace it: who may take it on, as JSON, and the names of its policies. Raises KeyError."""
        ids = tuple(self.policy_id(policy) for policy in policies)
        role = Role(self.accounts.role_id(name), name, trust, self.clock.now(), ids)
        self.roles[name] = role
        return role

    def attached(self, name: str) -> list[str]:
        """The names of the policies attached to a sub-user, sorted; empty for an unknown one."""
        user = self.users.get(name)
        return sorted(policy.name for _, policy in self.attached_to(user.uin)) if user else []

    def keys_of(self, name: str) -> list[AccessKey]:
        """The API keys of a sub-user, oldest first, with their secrets."""
        user = self.users.get(name)
        return [key for key in list(self.keys.data.values()) if user and key.uin == user.uin]

    def policy_id(self, name: str) -> int:
        """The id of the policy of this name; raises KeyError."""
        for policy in list(self.policies.data.values()):
            if policy.name == name:
                return policy.policy_id
        raise KeyError(name)

    def login(self, owner_uin: str | int, name: str, password: str) -> bool:
        """Whether the console lets this sub-user of this account in."""
        user = self.users.get(name)
        if user is None or not user.console_login or str(owner_uin) != self.accounts.owner_uin:
            return False
        return hmac.compare_digest(user.password.encode(), password.encode())

    # what the endpoints ask

    def principal_of(self, secret_id: str) -> Principal | None:
        """Whose active key this is: a sub-user's, or one that the main account made for itself."""
        key = self.keys.get(secret_id)
        if key is None or key.status != ACTIVE:
            return None
        if str(key.uin) == self.accounts.owner_uin:
            return Principal(ROOT, ROOT, self.accounts.owner_uin, key.credentials(), allow_all)
        user = self.find_user(key.uin)
        if user is None:
            return None
        uin = user.uin
        return Principal("user", user.name, str(uin), key.credentials(), lambda ask: self.permits(uin, ask))

    def permits(self, uin: int, ask: Ask) -> bool:
        """Whether the policies attached to a sub-user, and its boundary if it has one, grant the call."""
        documents = [compiled(policy.document) for _, policy in self.attached_to(uin)]
        boundary = self.policies.get(self.boundaries.get(uin, 0))
        within = boundary is None or compiled(boundary.document).allows(ask)
        return within and permitted(documents, ask)

    def pace(self, action: str, per_second: int) -> None:
        """Count a request; raises RequestLimitExceeded for one too many within a second, if rates are enforced."""
        if not self.enforce_rates:
            return
        now = self.clock.now()
        window = self._windows.setdefault(action, deque())
        while window and window[0] <= now - 1.0:
            window.popleft()
        if len(window) >= per_second:
            raise errors.RequestLimitExceeded
        window.append(now)
