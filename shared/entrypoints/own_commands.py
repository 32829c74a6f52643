"""The commands of the product itself, for SCIM and for scheduled ends. Each is carried out as a request of its own.

The modules for a command are loaded when the first command is sent, because a client that only reads does not need
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.commands.changed import Changed
    from shared.commands.command import Command
    from shared.commands.create_user import Created, CreateUser
    from shared.commands.grant_policy import GrantPolicy
    from shared.commands.offboard_user import Offboarded, OffboardUser
    from shared.commands.restore_user import Restored, RestoreUser
    from shared.commands.result import Result
    from shared.commands.revoke_policy import RevokePolicy
    from shared.idempotency.cause import Cause
    from shared.operations import Operation

    C = TypeVar("C", bound=Command)
    R = TypeVar("R", bound=Result)


class OwnCommands:
    """The ports `Commands` (`shared/use_cases/scim/ports.py`) and `EndCommands` (`apply_scheduled_end.py`), for one
    invocation.

    `keep`: seconds that each command leaves for recording how far it came.
    """

    def __init__(self, container: Container, keep: float = 0.0) -> None:
        self._container = container
        self._keep = keep

    def create_user(self, command: CreateUser, cause: Cause) -> Created:
        """As in the port."""
        from shared.operations import CREATE_USER

        return self._carried_out(CREATE_USER, command, cause)

    def restore_user(self, command: RestoreUser, cause: Cause) -> Restored:
        """As in the port."""
        from shared.operations import RESTORE_USER

        return self._carried_out(RESTORE_USER, command, cause)

    def offboard_user(self, command: OffboardUser, cause: Cause) -> Offboarded:
        """As in the port."""
        from shared.operations import OFFBOARD_USER

        return self._carried_out(OFFBOARD_USER, command, cause)

    def grant_policy(self, command: GrantPolicy, cause: Cause) -> Changed:
        """As in the port."""
        from shared.operations import GRANT_POLICY

        return self._carried_out(GRANT_POLICY, command, cause)

    def revoke_policy(self, command: RevokePolicy, cause: Cause) -> Changed:
        """As in the port."""
        from shared.operations import REVOKE_POLICY

        return self._carried_out(REVOKE_POLICY, command, cause)

    def _carried_out(self, operation: Operation[C, R], command: C, cause: Cause) -> R:
        from shared.entrypoints.run_own_command import run_own_command

        return run_own_command(self._container, operation, command, cause, self._keep).result
