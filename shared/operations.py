"""The registry: one row for each command. Whoever needs a list of commands, functions or event types reads it here.

A row says what the command is, what comes of it, what is told of it, which call of the cloud is its scarcest, and how
its use case is put together. A command without a row cannot be called: its function would not import.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared import commands, results
from shared.commands import Command
from shared.results import Result

if TYPE_CHECKING:
    from shared.use_cases.use_case import Services, UseCase

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


class Operation(Generic[C, R]):
    """A command and all that belongs to it.

    `function` names the module in functions/, the role's document in docs/security/ and the path of the local gateway;
    `notification` is the CloudEvents type of a finished command; `paced_by` is the action of CAM with the lowest quota
    that is called once for each policy; `status` is the HTTP status of a success that is no repetition.
    """

    def __init__(
        self,
        *,
        function: str,
        command: type[C],
        result: type[R],
        notification: str,
        paced_by: str,
        compose: Callable[[Services], UseCase[C, R]],
        status: int = 200,
    ) -> None:
        self.function = function
        self.command = command
        self.result = result
        self.notification = notification
        self.paced_by = paced_by
        self.compose = compose
        self.status = status


def _create_user(services: Services) -> UseCase[commands.CreateUser, results.Created]:
    from shared.use_cases.create_user import CreateUserUseCase

    return CreateUserUseCase(
        services.directory,
        services.store,
        services.attachments,
        services.boundary,
        services.owner_uin,
        services.deadline,
    )


def _grant_policy(services: Services) -> UseCase[commands.GrantPolicy, results.Changed]:
    from shared.use_cases.grant_policy import GrantPolicyUseCase

    return GrantPolicyUseCase(services.attachments)


def _revoke_policy(services: Services) -> UseCase[commands.RevokePolicy, results.Revoked]:
    from shared.use_cases.revoke_policy import RevokePolicyUseCase

    return RevokePolicyUseCase(services.attachments)


CREATE_USER = Operation(
    function="create_user",
    command=commands.CreateUser,
    result=results.Created,
    notification="imaccess.user.created",
    paced_by="CreateAccessKey",
    compose=_create_user,
    status=201,
)
GRANT_POLICY = Operation(
    function="grant_policy",
    command=commands.GrantPolicy,
    result=results.Changed,
    notification="imaccess.policy.granted",
    paced_by="AttachUserPolicy",
    compose=_grant_policy,
)
REVOKE_POLICY = Operation(
    function="revoke_policy",
    command=commands.RevokePolicy,
    result=results.Revoked,
    notification="imaccess.policy.revoked",
    paced_by="DetachUserPolicy",
    compose=_revoke_policy,
)

OPERATIONS: dict[str, Operation[Any, Any]] = {row.function: row for row in (CREATE_USER, GRANT_POLICY, REVOKE_POLICY)}
"""Every command's row, by its function."""

PAGE = "claim_credentials"
"""The function of the credentials page."""
SWEEP = "sweep"
"""The function that a timer starts."""
FUNCTIONS = (*OPERATIONS, PAGE, SWEEP)
"""Every cloud function: one module of functions/ and one role's document in docs/security/ each."""
