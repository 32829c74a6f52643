"""Detaches a user's policies at an offboard: all that these functions gave or could have given, and nothing else."""

from __future__ import annotations

from collections.abc import Collection

from shared.concurrency import each
from shared.errors import Conflict
from shared.policies.ledger import Ledger, recent
from shared.policies.policy_writes import PolicyWrites
from shared.policies.sub_users import FoundUser
from shared.ports import Directory, User


class Removal:
    """Finds and detaches the policies that an offboard takes away. `allowed`: the allow-list."""

    def __init__(self, cam: Directory, ledger: Ledger, writes: PolicyWrites, allowed: Collection[str]) -> None:
        self._cam = cam
        self._ledger = ledger
        self._writes = writes
        self._allowed = allowed

    def removable(self, person: FoundUser) -> list[str]:
        """The policies that an offboard takes away, sorted."""
        return self._removable(person)[1]

    def attached(self, person: FoundUser) -> list[str]:
        """Those of them that CAM shows as attached."""
        shown, names = self._removable(person)
        return sorted(set(shown.values()) & set(names))

    def strip(self, person: FoundUser) -> tuple[list[str], list[str]]:
        """Detach them. Returns their names, and the names of the policies that stay attached directly, both sorted.

        Each policy is handled separately: the first error is raised after all others are done.
        """
        shown, names = self._removable(person)
        each(lambda name: self._detach(name, person.user, shown), names)
        return names, sorted(set(shown.values()) - set(names))

    def _removable(self, person: FoundUser) -> tuple[dict[int, str], list[str]]:
        """The attached policies that were or may be given; and those given so recently that CAM may not show them."""
        rows = self._ledger.all_records(person.user.uin)
        listed = self._cam.attached(person.user.uin)
        shown = {policy_id: name or str(policy_id) for policy_id, name in listed.items()}
        given = {name for name, some in rows.items() if any(row.entry.effect == "grant" for row in some)}
        lately = {name for name, some in rows.items() if some[0].entry.effect == "grant" and recent(some[0].age)}
        for row in person.lives:
            if row.life.uin == person.user.uin:
                gifts = set(self._ledger.lives.given(row.life))
                given, lately = given | gifts, lately | (gifts if recent(row.age) else set())
        return shown, sorted(lately | {name for name in shown.values() if name in {*given, *self._allowed}})

    def _detach(self, name: str, user: User, shown: dict[int, str]) -> None:
        try:
            self._writes.detach(name, user, shown)
        except Conflict as gone:
            if gone.code != "user_not_found":
                raise
