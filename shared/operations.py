"""The registry: one row for each command. All lists of commands, functions and event types come from here.

A row holds the command and its result, the type of its notification, the CAM action that limits its rate, and how its
use case is composed. A command without a row cannot be called: the import in its function would fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from shared.commands.changed import Changed, Revoked
    from shared.commands.command import Command, PolicyCommand
    from shared.commands.create_user import Created, CreateUser
    from shared.commands.grant_policy import GrantPolicy
    from shared.commands.offboard_user import Offboarded, OffboardUser
    from shared.commands.reissue_credentials import ReissueCredentials, Reissued
    from shared.commands.restore_user import Restored, RestoreUser
    from shared.commands.result import Result
    from shared.commands.revoke_policy import RevokePolicy
    from shared.use_cases.use_case import Services, UseCase

C = TypeVar("C", bound="Command")
R = TypeVar("R", bound="Result")


class Operation(Generic[C, R]):
    """A command and all that belongs to it.

    `function` names the module in functions/, the role's document in docs/security/ and the path of the local gateway;
    `models` loads the command and its result where they are needed, as each is a part of a cold start;
    `notification` is the CloudEvents type of a finished command; `paced_by` is the action of CAM that is scarcest for
    it, and `cost` how often a command calls that; `takes` says whether it takes something away, such as an old key, so
    that the operator's command asks first; `status` is the HTTP status of a success that is no repetition.
    """

    def __init__(
        self,
        *,
        function: str,
        models: Callable[[], tuple[type[C], type[R]]],
        notification: str,
        paced_by: str,
        cost: Callable[[C], int],
        compose: Callable[[Services], UseCase[C, R]],
        takes: bool,
        status: int = 200,
    ) -> None:
        self.function = function
        self._models = models
        self.notification = notification
        self.paced_by = paced_by
        self.cost = cost
        self.compose = compose
        self.takes = takes
        self.status = status

    def load(self) -> None:
        """Load the models now: its own function does that before the first event."""
        self._models()

    @property
    def command(self) -> type[C]:
        """The model of the command."""
        return self._models()[0]

    @property
    def result(self) -> type[R]:
        """The model of its result."""
        return self._models()[1]


def _policies(command: PolicyCommand) -> int:
    return len(command.policies)


def _new_user(command: CreateUser) -> int:
    """One call of CreateAccessKey; more for many policies, because CAM attaches two in the time of one key."""
    return max(1, len(command.policies) // 2)


def _keys(_command: Command) -> int:
    """A user has at most two keys (https://cloud.tencent.com/document/product/598/32222)."""
    return 2


def _create_user_models() -> tuple[type[CreateUser], type[Created]]:
    from shared.commands.create_user import Created, CreateUser

    return CreateUser, Created


def _create_user(services: Services) -> UseCase[CreateUser, Created]:
    from shared.use_cases.create_user import CreateUserUseCase

    return CreateUserUseCase(
        services.directory,
        services.store,
        services.attachments,
        services.boundary,
        services.owner_uin,
        services.deadline,
    )


def _grant_policy_models() -> tuple[type[GrantPolicy], type[Changed]]:
    from shared.commands.changed import Changed
    from shared.commands.grant_policy import GrantPolicy

    return GrantPolicy, Changed


def _grant_policy(services: Services) -> UseCase[GrantPolicy, Changed]:
    from shared.use_cases.grant_policy import GrantPolicyUseCase

    return GrantPolicyUseCase(services.attachments, services.store)


def _revoke_policy_models() -> tuple[type[RevokePolicy], type[Revoked]]:
    from shared.commands.changed import Revoked
    from shared.commands.revoke_policy import RevokePolicy

    return RevokePolicy, Revoked


def _revoke_policy(services: Services) -> UseCase[RevokePolicy, Revoked]:
    from shared.use_cases.revoke_policy import RevokePolicyUseCase

    return RevokePolicyUseCase(services.attachments)


def _offboard_user_models() -> tuple[type[OffboardUser], type[Offboarded]]:
    from shared.commands.offboard_user import Offboarded, OffboardUser

    return OffboardUser, Offboarded


def _offboard_user(services: Services) -> UseCase[OffboardUser, Offboarded]:
    from shared.use_cases.offboard_user import OffboardUserUseCase

    return OffboardUserUseCase(
        services.directory, services.store, services.attachments, services.deadline, services.delete_after_days
    )


def _restore_user_models() -> tuple[type[RestoreUser], type[Restored]]:
    from shared.commands.restore_user import Restored, RestoreUser

    return RestoreUser, Restored


def _restore_user(services: Services) -> UseCase[RestoreUser, Restored]:
    from shared.use_cases.restore_user import RestoreUserUseCase

    return RestoreUserUseCase(
        services.directory,
        services.store,
        services.attachments,
        services.boundary,
        services.owner_uin,
        services.deadline,
    )


def _reissue_credentials_models() -> tuple[type[ReissueCredentials], type[Reissued]]:
    from shared.commands.reissue_credentials import ReissueCredentials, Reissued

    return ReissueCredentials, Reissued


def _reissue_credentials(services: Services) -> UseCase[ReissueCredentials, Reissued]:
    from shared.use_cases.reissue_credentials import ReissueCredentialsUseCase

    return ReissueCredentialsUseCase(
        services.directory, services.store, services.attachments, services.owner_uin, services.deadline
    )


CREATE_USER = Operation(
    function="create_user",
    models=_create_user_models,
    notification="imaccess.user.created",
    paced_by="CreateAccessKey",
    cost=_new_user,
    compose=_create_user,
    takes=False,
    status=201,
)
GRANT_POLICY = Operation(
    function="grant_policy",
    models=_grant_policy_models,
    notification="imaccess.policy.granted",
    paced_by="AttachUserPolicy",
    cost=_policies,
    compose=_grant_policy,
    takes=False,
)
REVOKE_POLICY = Operation(
    function="revoke_policy",
    models=_revoke_policy_models,
    notification="imaccess.policy.revoked",
    paced_by="DetachUserPolicy",
    cost=_policies,
    compose=_revoke_policy,
    takes=True,
)
OFFBOARD_USER = Operation(
    function="offboard_user",
    models=_offboard_user_models,
    notification="imaccess.user.offboarded",
    paced_by="UpdateAccessKey",
    cost=_keys,
    compose=_offboard_user,
    takes=True,
)
RESTORE_USER = Operation(
    function="restore_user",
    models=_restore_user_models,
    notification="imaccess.user.restored",
    paced_by="UpdateAccessKey",
    cost=_keys,
    compose=_restore_user,
    takes=True,
)
REISSUE_CREDENTIALS = Operation(
    function="reissue_credentials",
    models=_reissue_credentials_models,
    notification="imaccess.credentials.reissued",
    paced_by="UpdateAccessKey",
    cost=_keys,
    compose=_reissue_credentials,
    takes=True,
)

AnyOperation = Operation[Any, Any]  # each row has another command and result
"""The row of any command."""
OPERATIONS: dict[str, AnyOperation] = {
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
"""Every cloud function. Each has a module in functions/ and a role document in docs/security/."""

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
"""Settings that hold a secret, and the functions that use it. No other function receives the setting."""


def given(function: str, setting: str) -> bool:
    """Whether a function receives a setting: all that are no secrets, and the secrets that it uses."""
    return function in SECRETS.get(setting, (function,))
