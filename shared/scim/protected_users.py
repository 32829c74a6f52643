"""Protected users: no client sees them, and they are never changed. IM_ACCESS_PROTECTED_USERS has their names or UINs.

A user's record holds no UIN, so the index leads from the name and the UIN in CAM to the user. Results are cached for
ten minutes, so that protected users do not cost a call in each look-up. That is safe: no user is created with a
protected name, and nobody knows the UIN of a user who does not exist yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from shared.clock import Clock
from shared.scim.documents import Documents
from shared.scim.resource_records import UserRecord

UIN, SUB_USER = "uin", "sub-user"
"""The kinds of index entries that lead from CAM to users."""
_KEPT = 600.0

Found = dict[tuple[str, str], tuple[float, frozenset[str]]]
"""The ids of the users that an entry of the setting means (a name or a UIN); and when they were looked up."""


class ProtectedUsers:
    """The protected users, for one request. `found`: the cache of the instance."""

    def __init__(self, users: Documents[UserRecord], entries: Iterable[str], found: Found, clock: Clock) -> None:
        self._users = users
        self.names = frozenset(entry.casefold() for entry in entries)
        self._uins = [name for name in self.names if name.isdigit()]
        self._found = found
        self._clock = clock

    def __contains__(self, record: UserRecord) -> bool:
        """Whether this user is protected; False for a user who never had a sub-user. Raises Unavailable."""
        if record.birth is None:
            return False
        return record.sub_user.casefold() in self.names or any(record.id in self._of_uin(uin) for uin in self._uins)

    def ids(self) -> frozenset[str]:
        """The ids of all protected users. Raises Unavailable."""
        return frozenset().union(*map(self._of_name, self.names), *map(self._of_uin, self._uins))

    def _of_name(self, name: str) -> frozenset[str]:
        def look_up() -> list[str]:
            return [one.id for one in self._users.known_by(SUB_USER, name) if one.sub_user.casefold() == name]

        return self._kept(SUB_USER, name, look_up)

    def _of_uin(self, uin: str) -> frozenset[str]:
        return self._kept(UIN, uin, lambda: self._users.index.ids(UIN, uin))

    def _kept(self, kind: str, entry: str, look_up: Callable[[], list[str]]) -> frozenset[str]:
        known, now = self._found.get((kind, entry)), self._clock.now()
        if known is None or not 0 <= now - known[0] < _KEPT:
            known = self._found[kind, entry] = (now, frozenset(look_up()))
        return known[1]
