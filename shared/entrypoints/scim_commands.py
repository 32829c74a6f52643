"""The commands that SCIM's use cases send, each carried out as a request of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.entrypoints.carry_out import carry_out
from shared.operations import CREATE_USER, GRANT_POLICY, OFFBOARD_USER, RESTORE_USER, REVOKE_POLICY

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.commands.changed import Changed
    from shared.commands.create_user import Created, CreateUser
    from shared.commands.grant_policy import GrantPolicy
    from shared.commands.offboard_user import Offboarded, OffboardUser
    from shared.commands.restore_user import Restored, RestoreUser
    from shared.commands.revoke_policy import RevokePolicy
    from shared.idempotency.cause import Cause


class ScimCommands:
    """The port `Commands` of `shared/use_cases/scim/ports.py`, for one invocation."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def create_user(self, command: CreateUser, cause: Cause) -> Created:
        """As in the port."""
        return carry_out(self._container, CREATE_USER, command, cause).result

    def restore_user(self, command: RestoreUser, cause: Cause) -> Restored:
        """As in the port."""
        return carry_out(self._container, RESTORE_USER, command, cause).result

    def offboard_user(self, command: OffboardUser, cause: Cause) -> Offboarded:
        """As in the port."""
        return carry_out(self._container, OFFBOARD_USER, command, cause).result

    def grant_policy(self, command: GrantPolicy, cause: Cause) -> Changed:
        """As in the port."""
        return carry_out(self._container, GRANT_POLICY, command, cause).result

    def revoke_policy(self, command: RevokePolicy, cause: Cause) -> Changed:
        """As in the port."""
        return carry_out(self._container, REVOKE_POLICY, command, cause).result
