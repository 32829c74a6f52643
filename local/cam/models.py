"""The state of CAM with the look-ups that its actions, the endpoints and tests use: users, logins, permissions."""

import hmac
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from local.accounts import ROOT, Principal, allow_all
from local.api_errors import ApiError, RequestLimitExceeded
from local.cam import exceptions as errors
from local.cam.records import AccessKey, Attachment, Group, GroupAttachment, Login, Policy, Role, User
from local.cam.state import CamState
from local.clock import china_time
from local.policy import Ask, Document, permitted

ACTIVE = "Active"


@lru_cache(maxsize=4096)
def compiled(text: str) -> Document:
    """A stored policy document, parsed (cached). A statement that cannot be enforced grants nothing."""
    return Document.parse(text, strict=False)


@dataclass
class CamBackend(CamState):
    """The CAM of the main account."""

    def _fill(self) -> None:
        super()._fill()
        self._windows: dict[str, deque[float]] = {}

    # look-ups

    def find_user(self, uin: int, lag: float = 0.0) -> User | None:
        """The sub-user of this uin, as a reader with this lag sees it."""
        user = self.users.seen(self._names.get(uin, ""), lag)
        return user if user and user.uin == uin else None

    def user_missing(self) -> ApiError:
        """The error for an unknown uin, with the code that ``spelling`` selects."""
        return errors.UserNotExist(code=f"{self.spelling}.UserNotExist")

    def policy_missing(self) -> ApiError:
        """The error for an unknown policy, with the code that ``spelling`` selects."""
        if self.spelling == "InvalidParameter":
            return errors.PolicyIdNotFound(code="InvalidParameter.PolicyIdNotExist")
        return errors.PolicyIdNotFound()

    def attached_to(self, uin: int, lag: float = 0.0) -> Iterator[tuple[Attachment, Policy]]:
        """The policies attached to a sub-user directly, oldest first, as a reader with this lag sees them."""
        for attachment in self.attachments.of(uin, lag):
            if attachment.policy_id in self.policies:
                yield attachment, self.policies[attachment.policy_id]

    def attached_to_group(self, group_id: int, lag: float = 0.0) -> Iterator[tuple[GroupAttachment, Policy]]:
        """The policies attached to a group, oldest first, as a reader with this lag sees them."""
        for attachment in self.group_attachments.of(group_id, lag):
            if attachment.policy_id in self.policies:
                yield attachment, self.policies[attachment.policy_id]

    def groups_of(self, uin: int, lag: float = 0.0) -> list[Group]:
        """The groups that a sub-user is in, in the order of joining, as a reader with this lag sees them."""
        found = (self.groups.seen(membership.group_id, lag) for membership in self.memberships.of(uin, lag))
        return [group for group in found if group is not None]

    # look-ups for tests

    def add_role(self, name: str, trust: str, *policies: str) -> Role:
        """Create or replace a role from its trust policy (JSON text) and its policies' names. Raises KeyError."""
        ids = tuple(self.policy_id(policy) for policy in policies)
        role = Role(self.accounts.role_id(name), name, trust, self.clock.now(), ids)
        self.roles[name] = role
        return role

    def attached(self, name: str) -> list[str]:
        """The names of the policies attached to a sub-user directly, sorted; empty for an unknown one."""
        user = self.users.get(name)
        return sorted(policy.name for _, policy in self.attached_to(user.uin)) if user else []

    def keys_of(self, name: str) -> list[AccessKey]:
        """The API keys of a sub-user, oldest first, with their secrets."""
        user = self.users.get(name)
        return self.keys.of(user.uin) if user else []

    def policy_id(self, name: str) -> int:
        """The id of the policy of this name; raises KeyError."""
        for policy in list(self.policies.data.values()):
            if policy.name == name:
                return policy.policy_id
        raise KeyError(name)

    def login(self, owner_uin: str | int, name: str, password: str, ip: str = "127.0.0.1") -> bool:
        """Whether the console accepts this name and password; if so, it is recorded as the user's last login."""
        user = self.users.get(name)
        if user is None or not user.console_login or str(owner_uin) != self.accounts.owner_uin:
            return False
        if not hmac.compare_digest(user.password.encode(), password.encode()):
            return False
        self.logins[user.uin] = Login(self.clock.now(), ip)
        return True

    # look-ups for the endpoints

    def principal_of(self, secret_id: str) -> Principal | None:
        """The owner of an active key: a sub-user, or the main account if it made the key for itself."""
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

    def key_used(self, secret_id: str) -> None:
        """Note that a request was signed with this key."""
        if secret_id not in self.keys:
            return
        now, uses = self.clock.now(), self.key_uses.setdefault(secret_id, [])
        if uses and china_time(uses[-1])[:10] == china_time(now)[:10]:
            uses.pop()
        uses.append(now)

    def permits(self, uin: int, ask: Ask) -> bool:
        """Whether the policies of a sub-user and of its groups allow the call, and its boundary, if it has one, does
        too.
        """
        policies = [policy for _, policy in self.attached_to(uin)]
        for group in self.groups_of(uin):
            policies += [policy for _, policy in self.attached_to_group(group.group_id)]
        boundary = self.policies.get(self.boundaries.get(uin, 0))
        within = boundary is None or compiled(boundary.document).allows(ask)
        return within and permitted([compiled(policy.document) for policy in policies], ask)

    def pace(self, action: str, per_second: int) -> None:
        """Count a request. With ``enforce_rates``, raises RequestLimitExceeded beyond the action's rate."""
        if not self.enforce_rates:
            return
        now = self.clock.now()
        window = self._windows.setdefault(action, deque())
        while window and window[0] <= now - 1.0:
            window.popleft()
        if len(window) >= per_second:
            raise RequestLimitExceeded
        window.append(now)
