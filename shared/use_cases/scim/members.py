"""Finds the members of a group: users who exist, each with the stay in which they were added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.scim.documents import Documents
    from shared.scim.input_values import Values
    from shared.scim.protected_users import ProtectedUsers
    from shared.scim.resource_records import GroupRecord, UserRecord

_FEW = 5
"""Up to this number, users are looked up one by one; otherwise all existing users are listed."""


class Members:
    """The members of groups, for one request."""

    def __init__(self, users: Documents[UserRecord], hidden: ProtectedUsers) -> None:
        self._users = users
        self._hidden = hidden

    def asked(self, wanted: Values, before: Mapping[str, int]) -> dict[str, int]:
        """The members that a client asks for, with their stays. Users who do not exist (any more) are left out.

        `before`: the members until now. Protected users, whom clients do not see, keep their memberships.
        """
        hidden = self._hidden.ids()
        asked = [str(row["value"]) for row in wanted.pop("members", []) if row.get("value")]
        kept = [one for one in before if one in hidden]
        ids = list(dict.fromkeys(kept + [one for one in asked if one not in hidden]))
        there = self.stays([one for one in ids if one not in before] if len(ids) <= _FEW else ids)
        stays = {one: there.get(one) or before.get(one) for one in ids}
        return {one: stay for one, stay in stays.items() if stay}

    def present(self, group: GroupRecord) -> list[str]:
        """The ids of a group's members who still exist and may be shown."""
        there, hidden = self.stays(list(group.members)), self._hidden.ids()
        return [one for one, stay in group.members.items() if there.get(one) == stay and one not in hidden]

    def stays(self, ids: Sequence[str]) -> dict[str, int]:
        """The stays of those of these users who exist, by id."""
        if len(ids) > _FEW:
            return self._users.index.live()
        found = [self._users.index.stay(one) for one in ids]
        return {one: stay for one, stay in zip(ids, found, strict=True) if stay is not None}
