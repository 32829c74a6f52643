"""Creates, restores and closes the sub-user of a SCIM user, as the stored user says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.errors import ImAccessError, Unavailable
from shared.idempotency.cause import Cause
from shared.scim.protected_users import SUB_USER, UIN
from shared.scim.sub_user_names import candidates
from shared.scim.user_versions import UserVersions
from shared.use_cases.scim.sub_user_owner import creation, owner_of

if TYPE_CHECKING:
    from shared.scim.documents import Documents
    from shared.scim.group_policies import Groups
    from shared.scim.protected_users import ProtectedUsers
    from shared.scim.resource_records import LifeChange, UserRecord
    from shared.use_cases.scim.ports import Ports

_STEPS = 6
"""The most names that are tried for a user, and versions of the user that may come meanwhile."""
_MOST_POLICIES = 20
"""The most policies in a create or a restore."""


class ApplyUserChange:
    """Brings sub-users in line with the stored users."""

    def __init__(self, ports: Ports, users: Documents[UserRecord], groups: Groups, hidden: ProtectedUsers) -> None:
        self._ports = ports
        self._commands = ports.commands
        self._users = users
        self._groups = groups
        self._hidden = hidden

    def apply(self, id: str) -> None:
        """Do what the newest version of a user asks for. Raises ImAccessError: then it is still due."""
        for _ in range(_STEPS):
            record = self._users.newest(id)
            if record is None or self._applied(record):
                return
        raise Unavailable("Nobody can be made of this user's name", retry_after=60)

    def _applied(self, record: UserRecord) -> bool:
        """Do what a version asks for; False where a newer version exists now, made here or by somebody else."""
        if record.deleted:
            self._users.index.unlist(record.id, record.stay)
        else:
            self._users.index.list_live(record.id, record.stay)
        effect = record.life.effect
        if effect == "create":
            return self._create(record)
        if record in self._hidden:
            # A user who has become protected is left as it is.
            return True
        return self._restore(record) if effect == "restore" else self._close(record)

    def _create(self, record: UserRecord) -> bool:
        from shared.commands.create_user import CreateUser

        life = record.life
        command = CreateUser.inside({"user": record.sub_user, **_delivery(life)})
        try:
            made = self._commands.create_user(command, creation(record, life)).user
        except ImAccessError as error:
            if error.code in ("user_exists", "user_protected"):
                return self._rename(record, self._another_name(record))
            if error.code == "user_offboarded" and self._users.newest(record.id) == record:
                return self._rename(record, self._another_name(record))
            if error.code == "user_offboarded":
                return False
            raise
        self._users.index.add(record.id, UIN, str(made.uin))
        self._users.index.add(record.id, SUB_USER, made.name.casefold())
        if life.n > 1:
            # A user who existed before may be in groups, which may have changed meanwhile.
            self._update_policies(record)
        return True

    def _restore(self, record: UserRecord) -> bool:
        """Restore the sub-user. If it was deleted, or its name belongs to somebody else, a new one is created."""
        from shared.commands.restore_user import RestoreUser

        owner = owner_of(record, self._ports)
        if owner != "own":
            name = self._another_name(record) if owner == "other" else record.sub_user
            return self._rename(record, name)
        command = RestoreUser.inside({"user": record.sub_user, **_delivery(record.life)})
        try:
            self._commands.restore_user(command, _cause(record))
        except ImAccessError as error:
            if error.code == "user_not_found":
                return self._rename(record, record.sub_user)
            # If both changes came at once, the user was never closed and still has its access.
            if error.code != "user_active":
                raise
        self._update_policies(record)
        return True

    def _close(self, record: UserRecord) -> bool:
        """Close the sub-user. If none was created yet, the offboard prevents a late create from making one."""
        from shared.commands.offboard_user import OffboardUser

        if record.birth is None or owner_of(record, self._ports) in ("gone", "other"):
            return True
        keep = {"keep": True} if record.life.effect == "suspend" else {}
        self._commands.offboard_user(OffboardUser.inside({"user": record.sub_user, **keep}), _cause(record))
        return True

    def _update_policies(self, record: UserRecord) -> None:
        """Grant what groups have come to give since the user's version was written, and revoke what they give no
        more.
        """
        from shared.commands.grant_policy import GrantPolicy
        from shared.commands.revoke_policy import RevokePolicy

        now, then = self._groups.policies_of(record.id, record.stay), record.life.policies
        user = record.sub_user
        for policy in now:
            if policy not in then[:_MOST_POLICIES]:
                cause = _cause_after(record, "also", policy)
                self._commands.grant_policy(GrantPolicy(user=user, policies=[policy]), cause)
        for policy in then:
            if policy not in now:
                cause = _cause_after(record, "not", policy)
                self._commands.revoke_policy(RevokePolicy(user=user, policies=[policy]), cause)

    def _rename(self, record: UserRecord, name: str) -> bool:
        """Write a version that asks for a sub-user with this name; False, because it is still to be created."""
        changing = UserVersions(self._ports.clock, record.life.caller)

        def change(before: UserRecord | None) -> UserRecord | None:
            return changing.made_anew(record, name) if before == record else None

        self._users.change(record.id, change)
        return False

    def _another_name(self, record: UserRecord) -> str:
        """The next possible name for the user. Raises ImAccessError `user_exists` after the last."""
        names = list(candidates(record.name, f"{record.id}{record.stay}"))
        later = [name for name in names if name != record.sub_user]
        if record.sub_user in names:
            later = names[names.index(record.sub_user) + 1 :]
        if not later:
            raise ImAccessError("user_exists", "No name is left for this user")
        return later[0]


def _cause(record: UserRecord) -> Cause:
    life = record.life
    return Cause(("scim", "user", record.id, str(life.n)), life.time / 1_000_000, life.caller)


def _cause_after(record: UserRecord, why: str, policy: str) -> Cause:
    """The cause of a grant or a revoke that comes right after a restore or a create."""
    life = record.life
    return Cause(("scim", why, record.id, str(life.n), policy), (life.time + 1) / 1_000_000, life.caller)


def _delivery(life: LifeChange) -> dict[str, Any]:
    """The fields of a create or restore besides the user name: policies, and where credentials are mailed."""
    fields = {"policies": life.policies[:_MOST_POLICIES], "email": life.email, "language": life.language}
    return {name: value for name, value in fields.items() if value is not None}
