"""The state of the emulated CAM: records in tables, and the ids that were given out."""

from collections import deque
from dataclasses import dataclass, field

from local.accounts import Accounts
from local.cam.presets import presets
from local.cam.records import AccessKey, Attachment, Group, GroupAttachment, Login, Membership, Policy, Role, User
from local.cam.settings import Settings
from local.clock import Clock
from local.table import GroupedTable, Table


@dataclass
class CamState(Settings):
    """The records of the one main account.

    Attributes:
        users: sub-users by name.
        keys: API keys by SecretId.
        policies: preset and custom ones by id.
        attachments: policies of users, by uin and policy id.
        boundaries: policy ids by uin.
        roles: roles by name.
        groups: user groups by id.
        memberships: users in groups, by group id and uin.
        group_attachments: policies of groups, by group id and policy id.
        logins: the last console login by uin.
        key_uses: by SecretId the last moment of each day on which the key signed a request, oldest first.
        creations: the moments of the last AddUser calls that succeeded.
    """

    accounts: Accounts = field(kw_only=True)
    clock: Clock = field(kw_only=True)

    def __post_init__(self) -> None:
        self._fill()

    def _fill(self) -> None:
        self.users: Table[str, User] = Table(self.clock)
        self.keys: GroupedTable[str, AccessKey] = GroupedTable(self.clock, lambda key: key.uin)
        self.policies: Table[int, Policy] = Table(self.clock)
        self.attachments: GroupedTable[tuple[int, int], Attachment] = GroupedTable(self.clock, lambda one: one.uin)
        self.boundaries: Table[int, int] = Table(self.clock)
        self.roles: Table[str, Role] = Table(self.clock)
        self._fill_groups()
        self.logins: dict[int, Login] = {}
        self.key_uses: dict[str, list[float]] = {}
        self.creations: deque[float] = deque()
        self._names: dict[int, str] = {}
        self._last_uin = int(self.accounts.owner_uin)
        self._last_policy = 200_000_000
        self.policies.fill(presets())

    def _fill_groups(self) -> None:
        self.groups: Table[int, Group] = Table(self.clock)
        self.memberships: GroupedTable[tuple[int, int], Membership] = GroupedTable(self.clock, lambda one: one.uin)
        self.group_attachments: GroupedTable[tuple[int, int], GroupAttachment] = GroupedTable(
            self.clock, lambda one: one.group_id
        )
        self._last_group = 0

    def reset(self) -> None:
        """Forget everything but the presets; settings return to their defaults."""
        Settings.__init__(self)
        self._fill()

    def next_uin(self, name: str) -> int:
        """A new sub-user's uin; never one that was used before."""
        self._last_uin += 1
        self._names[self._last_uin] = name
        return self._last_uin

    def next_policy_id(self) -> int:
        """A new custom policy's id."""
        self._last_policy += 1
        return self._last_policy

    def next_group_id(self) -> int:
        """A new group's id."""
        self._last_group += 1
        return self._last_group
