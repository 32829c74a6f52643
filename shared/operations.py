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
    `notification` is the CloudEvents type of a finished command; `paced_by` is the action of CAM that is scarcest for
    it, and `cost` how often a command calls that; `status` is the HTTP status of a success that is no repetition.
    """

    def __init__(
        self,
        *,
        function: str,
        command: type[C],
        result: type[R],
        notification: str,
        paced_by: str,
        cost: Callable[[C], int],
        compose: Callable[[Services], UseCase[C, R]],
        status: int = 200,
    ) -> None:
        self.function = function
        self.command = command
        self.result = result
        self.notification = notification
        self.paced_by = paced_by
        self.cost = cost
        self.compose = compose
        self.status = status


def _policies(command: commands.PolicyCommand) -> int:
    return len(command.policies)


def _new_user(command: commands.CreateUser) -> int:
    """Of CreateAccessKey one; CAM attaches two policies in the time of a key, so more of them count for more."""
    return max(1, len(command.policies) // 2)


def _keys(_command: Command) -> int:
    """A user has at most two (https://cloud.tencent.com/document/product/598/32222)."""
    return 2


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

    return GrantPolicyUseCase(services.attachments, services.store)


def _revoke_policy(services: Services) -> UseCase[commands.RevokePolicy, results.Revoked]:
    from shared.use_cases.revoke_policy import RevokePolicyUseCase

    return RevokePolicyUseCase(services.attachments)


def _offboard_user(services: Services) -> UseCase[commands.OffboardUser, results.Offboarded]:
    from shared.use_cases.offboard_user import OffboardUserUseCase

    return OffboardUserUseCase(
        services.directory, services.store, services.attachments, services.deadline, services.delete_after_days
    )


def _restore_user(services: Services) -> UseCase[commands.RestoreUser, results.Restored]:
    from shared.use_cases.restore_user import RestoreUserUseCase

    return RestoreUserUseCase(
        services.directory,
        services.store,
        services.attachments,
        services.boundary,
        services.owner_uin,
        services.deadline,
    )


def _reissue_credentials(services: Services) -> UseCase[commands.ReissueCredentials, results.Reissued]:
    from shared.use_cases.reissue_credentials import ReissueCredentialsUseCase

    return ReissueCredentialsUseCase(
        services.directory, services.store, services.attachments, services.owner_uin, services.deadline
    )


CREATE_USER = Operation(
    function="create_user",
    command=commands.CreateUser,
    result=results.Created,
    notification="imaccess.user.created",
    paced_by="CreateAccessKey",
    cost=_new_user,
    compose=_create_user,
    status=201,
)
GRANT_POLICY = Operation(
    function="grant_policy",
    command=commands.GrantPolicy,
    result=results.Changed,
    notification="imaccess.policy.granted",
    paced_by="AttachUserPolicy",
    cost=_policies,
    compose=_grant_policy,
)
REVOKE_POLICY = Operation(
    function="revoke_policy",
    command=commands.RevokePolicy,
    result=results.Revoked,
    notification="imaccess.policy.revoked",
    paced_by="DetachUserPolicy",
    cost=_policies,
    compose=_revoke_policy,
)
OFFBOARD_USER = Operation(
    function="offboard_user",
    command=commands.OffboardUser,
    result=results.Offboarded,
    notification="imaccess.user.offboarded",
    paced_by="UpdateAccessKey",
    cost=_keys,
    compose=_offboard_user,
)
RESTORE_USER = Operation(
    function="restore_user",
    command=commands.RestoreUser,
    result=results.Restored,
    notification="imaccess.user.restored",
    paced_by="UpdateAccessKey",
    cost=_keys,
    compose=_restore_user,
)
REISSUE_CREDENTIALS = Operation(
    function="reissue_credentials",
    command=commands.ReissueCredentials,
    result=results.Reissued,
    notification="imaccess.credentials.reissued",
    paced_by="UpdateAccessKey",
    cost=_keys,
    compose=_reissue_credentials,
)

OPERATIONS: dict[str, Operation[Any, Any]] = {
    row.function: row
    for row in (CREATE_USER, GRANT_POLICY, REVOKE_POLICY, OFFBOARD_USER, RESTORE_USER, REISSUE_CREDENTIALS)
}
"""Every command's row, by its function."""

PAGE = "claim_credentials"
"""The function of the credentials page."""
SWEEP = "sweep"
"""The function that a timer starts."""
SCIM = "scim"
"""The function for identity providers."""
HR = "hr_events"
"""The function that HR systems send their events to."""
FUNCTIONS = (*OPERATIONS, PAGE, SWEEP, SCIM, HR)
"""Every cloud function: one module of functions/ and one role's document in docs/security/ each."""

SECRETS: dict[str, tuple[str, ...]] = {
    "IM_ACCESS_WEBHOOK_SECRETS": (*OPERATIONS, HR),
    "IM_ACCESS_NOTIFY_SECRET": FUNCTIONS,
    "IM_ACCESS_MAIL_URL": ("create_user", "restore_user", "reissue_credentials", SWEEP, SCIM, HR),
    "IM_ACCESS_HEARTBEAT_URL": (SWEEP,),
    "IM_ACCESS_SCIM_TOKENS": (SCIM,),
    "IM_ACCESS_FEISHU_ENCRYPT_KEY": (HR,),
    "IM_ACCESS_FEISHU_VERIFICATION_TOKEN": (HR,),
    "IM_ACCESS_FEISHU_APP_SECRET": (HR, SWEEP),
    "IM_ACCESS_WECOM_TOKEN": (HR,),
    "IM_ACCESS_WECOM_AES_KEY": (HR,),
    "IM_ACCESS_WECOM_SECRET": (HR, SWEEP),
    "IM_ACCESS_DINGTALK_TOKEN": (HR,),
    "IM_ACCESS_DINGTALK_AES_KEY": (HR,),
    "IM_ACCESS_DINGTALK_APP_KEY": (HR, SWEEP),
    "IM_ACCESS_DINGTALK_APP_SECRET": (HR, SWEEP),
    "IM_ACCESS_BAMBOOHR_KEYS": (HR,),
    "IM_ACCESS_BAMBOOHR_API_KEY": (HR, SWEEP),
}
"""Settings that hold a secret, and the functions that use it: no other function is given it."""


def given(function: str, setting: str) -> bool:
    """Whether a function is given a setting: each that is no secret, and the secrets that it uses."""
    return function in SECRETS.get(setting, (function,))
