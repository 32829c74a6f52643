"""The guard: the one place that decides which policies may be given, and which users may be touched at all.

CAM cannot say which policies a role may attach (https://cloud.tencent.com/document/product/598/69872): a function that
may attach one may attach every one. So nothing is attached unless `approve` has seen it as CAM shows it by its id: a
custom policy a moment ago; one of Tencent's own, which no customer can change, within the last five minutes.

1. Its name stands, letter for letter, on the allow-list.
2. It is no policy of administration, by its id or its name. No setting changes that.
3. A custom policy, or a preset that could hand out access, is read: see `_check_document`.

A revoke needs none of this: taking away is always possible, for what stands on the allow-list, and for what the ledger
shows to have been given (shared/policies/attachments.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from shared.commands import Command, RevokePolicy
from shared.errors import Rejected
from shared.policies.document import allowed_actions, beyond, pattern_covers
from shared.settings import DEFAULT_POLICIES
from shared.tencent.cam import Policy, User

PRODUCT = "im"
"""What the actions of Instant Messaging begin with (https://cloud.tencent.com/document/product/269/47105)."""

_ADMINISTRATION_IDS = frozenset((1, 2, 3))
"""AdministratorAccess, QCloudResourceFullAccess, QCloudFinanceFullAccess."""
_ADMINISTRATION_NAMES = re.compile(
    r"^administratoraccess|^qcloudresourcefullaccess|^qcloud.*apikey"
    r"|^qcloud(cam|sts|organization|cloudsso|sso|controlcenter|finance|billing)(?!.*readonly)"
)
"""In lower case. Preset names follow no rule that is written down, so this rather refuses one too many: whoever needs
a policy of such a name gives it by hand. Other products' `…FullAccess` are not meant: they are the allow-list's matter.
"""
_ADMINISTRATION_ACTIONS = (
    "cam:AttachUserPolicy", "cam:AttachUserPolicies", "cam:AttachGroupPolicy", "cam:AttachRolePolicy", "cam:AddUser",
    "cam:AddUserToGroup", "cam:UpdateUser", "cam:CreateAccessKey", "cam:CreateApiKey", "cam:CreatePolicy",
    "cam:UpdatePolicy", "cam:SetDefaultPolicyVersion", "cam:CreateRole", "cam:UpdateAssumeRolePolicy",
    "cam:DeleteUserPermissionsBoundary", "sts:AssumeRole",
    "organization:CreateOrganizationMember", "finance:trade",
)  # fmt: skip
"""Whoever may do one of these can give themselves the rest."""


class Authorization(NamedTuple):
    """The rules of one invocation.

    `allowed` and `foreign` are IM_ACCESS_POLICIES and IM_ACCESS_ALLOW_FOREIGN_POLICIES; `protected` holds names and
    UINs, the main account's among them; `own_uin` finds the user whose keys the function itself uses, "" for a role.
    """

    allowed: tuple[str, ...]
    foreign: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    own_uin: Callable[[], str] = str

    def admit(self, command: Command) -> None:
        """What can be said of a command before any call. Raises Rejected `policy_not_allowed`, `user_protected`."""
        if not isinstance(command, RevokePolicy):
            if refused := [name for name in command.policies if name not in self.allowed]:
                raise _refused("Not on the allow-list", refused)
            if refused := list(filter(administers, command.policies)):
                raise _refused("Never given by this function, as it means administration", refused)
        self._spare(command.user)

    def approve(self, policy: Policy) -> Policy:
        """The policy, if it may be given: as CAM shows it by its id. Raises Rejected `policy_not_allowed`."""
        if policy.name not in self.allowed:
            raise _refused("Not on the allow-list", [policy.name])
        if policy.id in _ADMINISTRATION_IDS or administers(policy.name):
            raise _refused("Never given by this function, as it means administration", [policy.name])
        if policy.name not in self.foreign:
            _check_document(policy)
        return policy

    def touch(self, user: User) -> User:
        """The user, if it may be changed at all. Raises Rejected `user_protected`."""
        self._spare(user.name)
        self._spare(str(user.uin))
        if str(user.uin) == self.own_uin():
            raise Rejected("user_protected")
        return user

    def _spare(self, name: str) -> None:
        # Whether CAM tells upper from lower case in names is not documented.
        if name.casefold() in {one.casefold() for one in self.protected}:
            raise Rejected("user_protected")


def administers(name: str) -> bool:
    """Whether a policy's name means the administration of an account, of access or of money."""
    return _ADMINISTRATION_NAMES.search(name.casefold()) is not None


def _check_document(policy: Policy) -> None:
    """Refuse a custom policy for anything beyond IM, or that is not understood; a preset for handing out access.

    Tencent's own are taken at their name otherwise, and its two of Instant Messaging altogether: what
    QcloudAVCFullAccess allows is nowhere published, and it is what this project is there to give.
    """
    if policy.preset and policy.name in DEFAULT_POLICIES.split(","):
        return
    actions = allowed_actions(policy.document)
    if not policy.preset and (actions is None or beyond(actions, PRODUCT)):
        raise _refused("Custom, and allows more than im: actions, or cannot be understood", [policy.name])
    if any(pattern_covers(pattern, action) for pattern in actions or () for action in _ADMINISTRATION_ACTIONS):
        raise _refused("Allows to hand out access", [policy.name])


def _refused(why: str, names: list[str]) -> Rejected:
    shown = ", ".join(ascii(name)[1:-1][:128] for name in names)
    return Rejected("policy_not_allowed", f"{why}: {shown}")
