"""The ports of the SCIM use cases: the store, the commands, and what is known of sub-users."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.clock import Clock
    from shared.idempotency.cause import Cause
    from shared.people.life import LifeRow
    from shared.policies.sub_users import FoundUser
    from shared.ports import Store
    from shared.scim.group_policies import GroupPolicies
    from shared.scim.protected_users import Found

    if TYPE_CHECKING:
        from shared.commands.changed import Changed
        from shared.commands.create_user import Created, CreateUser
        from shared.commands.grant_policy import GrantPolicy
        from shared.commands.offboard_user import Offboarded, OffboardUser
        from shared.commands.restore_user import Restored, RestoreUser
        from shared.commands.revoke_policy import RevokePolicy


class Commands(Protocol):
    """Carries out commands, each once for the identity of its cause. All raise ImAccessError."""

    def create_user(self, command: CreateUser, cause: Cause) -> Created:
        """Make a sub-user."""

    def restore_user(self, command: RestoreUser, cause: Cause) -> Restored:
        """Open an offboarded sub-user again."""

    def offboard_user(self, command: OffboardUser, cause: Cause) -> Offboarded:
        """Close a sub-user."""

    def grant_policy(self, command: GrantPolicy, cause: Cause) -> Changed:
        """Attach a policy."""

    def revoke_policy(self, command: RevokePolicy, cause: Cause) -> Changed:
        """Detach a policy."""


class Ports(NamedTuple):
    """All ports of the SCIM use cases, for one invocation.

    `find_sub_user`: the user with a name in CAM, and the recorded lives of all users who had it; raises Unavailable.
    `has_recipient`: whether the credentials of a create with this mail address would reach anybody. `notify_stopped`:
    notifies the organisation that a request was refused: it would have detached the policy of a group (its display
    name) from these members.
    """

    store: Store
    clock: Clock
    giving: GroupPolicies
    protected_users: Sequence[str]
    hidden_users: Found
    commands: Commands
    find_sub_user: Callable[[str], tuple[FoundUser | None, Sequence[LifeRow]]]
    has_recipient: Callable[[str | None], bool]
    notify_stopped: Callable[[str, Sequence[str]], None]
