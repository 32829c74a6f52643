"""Gives the policy of a group to users who were added to it, and takes it from users who were removed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from shared.concurrency import each
from shared.errors import ImAccessError, Unavailable
from shared.idempotency.cause import Cause
from shared.use_cases.scim.sub_user_owner import owner_of

if TYPE_CHECKING:
    from shared.scim.documents import Documents
    from shared.scim.due_changes import Note
    from shared.scim.group_policies import Groups
    from shared.scim.protected_users import ProtectedUsers
    from shared.scim.resource_records import UserRecord
    from shared.use_cases.scim.ports import Ports

_AT_ONCE = 600.0
"""Seconds after a change of a group in which a later revoke of its policy may come from a change of another group."""


class ApplyGroupChange:
    """Brings the policies of users in line with their groups."""

    def __init__(self, ports: Ports, users: Documents[UserRecord], groups: Groups, hidden: ProtectedUsers) -> None:
        self._ports = ports
        self._users = users
        self._groups = groups
        self._hidden = hidden

    def apply(self, note: Note) -> None:
        """Do what the change of a group asks for, for each user whose membership it may have changed.

        Raises ImAccessError: then it is still due.
        """
        group = self._groups.newest(note.id)
        policy = self._ports.giving.policy(group.name) if group is not None else None
        if policy is None:
            return
        work = [partial(self._grant, note, policy, user) for user in note.added]
        work += [partial(self._revoke, note, policy, user) for user in note.removed]
        each(lambda one: one(), work)

    def _grant(self, note: Note, policy: str, user: str) -> None:
        record = self._users.newest(user)
        if record is None or not record.active or record in self._hidden or not self._has(record, policy):
            return
        owner = owner_of(record, self._ports)
        if owner == "unborn":
            raise Unavailable("The user is still being made", retry_after=2)
        if owner != "own":
            return
        from shared.commands.grant_policy import GrantPolicy

        command = GrantPolicy(user=record.sub_user, policies=[policy])
        try:
            result = self._ports.commands.grant_policy(command, _cause("grant", note, record))
            superseded = any(one.outcome == "superseded" for one in result.policies)
            if superseded and self._is_recent(note) and self._has(record, policy):
                # The user was removed from another group that gives the same policy, shortly before this grant.
                self._grant_again(policy, note, record)
        except ImAccessError as error:
            if error.code != "user_offboarded":
                raise
            # The user is closed, and its groups count when it is restored; or a restore is under way.
            newest = self._users.newest(user)
            if newest is not None and newest.active:
                raise Unavailable("The user is being opened again", retry_after=5) from None

    def _revoke(self, note: Note, policy: str, user: str) -> None:
        record = self._users.newest(user)
        if record is None or not record.active or record in self._hidden or self._has(record, policy):
            return
        if owner_of(record, self._ports) != "own":
            return
        from shared.commands.revoke_policy import RevokePolicy

        command = RevokePolicy(user=record.sub_user, policies=[policy])
        self._ports.commands.revoke_policy(command, _cause("revoke", note, record))
        if self._has(record, policy):
            # The user was added to another group that gives the same policy, while this was done.
            self._grant_again(policy, note, record)

    def _grant_again(self, policy: str, note: Note, record: UserRecord) -> None:
        from shared.commands.grant_policy import GrantPolicy

        cause = _cause("again", note, record)._replace(time=self._ports.clock.now())
        self._ports.commands.grant_policy(GrantPolicy(user=record.sub_user, policies=[policy]), cause)

    def _is_recent(self, note: Note) -> bool:
        """Whether a newer revoke may come from another group's change at the same time; otherwise that revoke
        counts.
        """
        return self._ports.clock.now() - note.time / 1_000_000 < _AT_ONCE

    def _has(self, record: UserRecord, policy: str) -> bool:
        """Whether a user should have a policy: by the settings, or by any of its groups."""
        if policy in self._ports.giving.always:
            return True
        return any(group.members.get(record.id) == record.stay for group in self._groups.giving(policy))


def _cause(effect: str, note: Note, record: UserRecord) -> Cause:
    """Not older than the newest event of the user's life, because what was given before that does not count."""
    identity = ("scim", effect, note.id, note.change, record.id, str(record.life.n))
    return Cause(identity, max(note.time, record.life.time + 1) / 1_000_000, note.caller)
