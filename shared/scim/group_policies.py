"""The policies of SCIM users: those of their groups, and those that every user gets."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from shared.ports import Store
from shared.scim.documents import Documents
from shared.scim.resource_records import GroupRecord

_SINCE = "2026-01-01T00:00:00Z"
"""The `created` of groups of policies, which nobody creates."""


class GroupPolicies(NamedTuple):
    """The settings: the groups by their display names, each with its policy; the policies for every user; and from how
    many members one request may take a policy.
    """

    groups: Sequence[tuple[str, str]]
    always: Sequence[str]
    brake: int

    def policy(self, name: str) -> str | None:
        """The policy of the group with this name, or None."""
        return next((policy for display, policy in self.groups if display.casefold() == name.casefold()), None)

    def ids(self) -> dict[str, str]:
        """The groups that always exist: their names, by id."""
        return {_id(display): display for display, _ in self.groups}


class Groups(Documents[GroupRecord]):
    """All groups. The groups of policies exist even if nobody was ever in them."""

    def __init__(self, store: Store, giving: GroupPolicies) -> None:
        super().__init__(store, GroupRecord)
        self._giving = giving
        self._ids = giving.ids()

    def newest(self, id: str) -> GroupRecord | None:
        """As in `Documents`. The group of a policy that nobody has changed yet is empty."""
        found = super().newest(id)
        if id not in self._ids:
            return found
        name = {"displayName": self._ids[id]}
        if found is None:
            return GroupRecord(id=id, version=0, change="", values=name, created=_SINCE, modified=_SINCE)
        return found.model_copy(update={"values": found.values | name, "deleted": False})

    def named(self, name: str) -> GroupRecord | None:
        """As in `Documents`. The groups of policies come first."""
        return self.newest(_id(name)) if self._giving.policy(name) else super().named(name)

    def stands_for_policy(self, id: str) -> bool:
        """Whether it is the group of a policy."""
        return id in self._ids

    def all_ids(self) -> list[str]:
        """The ids of all groups: those of policies, then the others by age."""
        return [*self._ids, *(one for one in self.index.live() if one not in self._ids)]

    def giving(self, policy: str) -> list[GroupRecord]:
        """The groups whose members get this policy."""
        names = [display for display, given in self._giving.groups if given == policy]
        found = [self.newest(_id(name)) for name in names]
        return [group for group in found if group is not None]

    def policies_of(self, user: str, stay: int) -> list[str]:
        """The policies that a user gets from groups, and those for every user, in order, each once."""
        found = [self.newest(_id(display)) for display, _ in self._giving.groups]
        rows = zip(self._giving.groups, found, strict=True)
        given = [policy for (_, policy), group in rows if group is not None and group.members.get(user) == stay]
        return list(dict.fromkeys([*self._giving.always, *given]))


def _id(name: str) -> str:
    return f"policy-{hashlib.sha256(f'scim group:{name.casefold()}'.encode()).hexdigest()[:24]}"
