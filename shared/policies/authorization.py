"""Decides which policies may be given, and which users may be changed. docs/security.md calls it the guard.

CAM cannot limit which policies a role may attach (https://cloud.tencent.com/document/product/598/69872): a function
that may attach one policy may attach every policy. So nothing is attached unless `approve` has checked it as CAM shows
it by its id: a custom policy just before; one of Tencent's own, which no customer can change, within the last five
minutes.

1. Its name is on the allow-list, letter for letter.
2. It is no policy for administration: not by its id, its name, or its document. The document must be readable and must
   not match any write of CAM, STS or Organization. No setting changes this rule.
3. It allows nothing unexpected: a custom policy only `im:` actions; a preset policy reads of any product, and writes of
   Instant Messaging and of the products that share its presets. IM_ACCESS_ALLOW_FOREIGN_POLICIES makes exceptions from
   this rule.

A revoke needs none of these checks. A policy can always be taken away if it is on the allow-list, or if the ledger
shows that it was given (shared/policies/attachments.py).
"""

from collections.abc import Callable
from typing import NamedTuple

from shared.commands.command import Command, PolicyCommand
from shared.errors import Rejected
from shared.policies.policy_document import Pattern, allowed_actions
from shared.ports import Policy, User

PRODUCT = "im"
"""The prefix of Instant Messaging's actions (https://cloud.tencent.com/document/product/269/47105)."""
PRESET_PRODUCTS = frozenset((PRODUCT, "avc", "trtc", "live", "vod"))
"""Products that a preset policy may write. Tencent's full preset of Instant Messaging covers audio and video
communication, and its document is not published (https://www.tencentcloud.com/document/product/1047/38087).
"""

_ADMINISTRATION_IDS = frozenset((1, 2, 3))
"""AdministratorAccess, QCloudResourceFullAccess, QCloudFinanceFullAccess."""
_ADMINISTRATION_NAMES = ("administratoraccess", "qcloudresourcefullaccess")
_ADMINISTRATION_PRODUCTS = tuple(
    f"qcloud{product}"
    for product in ("cam", "sts", "organization", "cloudsso", "sso", "controlcenter", "finance", "billing")
)
"""The beginnings of the names of such policies, in lower case. Preset names follow no documented rule, so this rather
refuses one too many; a policy with such a name can be given by hand. It is checked before any call; the document
decides.
"""
_ADMINISTRATION = "Never given by this function, as it means administration"
_UNREADABLE = "Never given by this function, as its document cannot be read"


class Authorization(NamedTuple):
    """The rules of one invocation.

    `allowed` and `foreign`: IM_ACCESS_POLICIES and IM_ACCESS_ALLOW_FOREIGN_POLICIES. `protected`: names and UINs,
    including the main account's. `own_uin`: finds the user whose keys the function uses, "" for a role.
    """

    allowed: tuple[str, ...]
    foreign: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    own_uin: Callable[[], str] = str

    def admit(self, command: Command) -> None:
        """Check a command as far as possible without a call. Raises Rejected `policy_not_allowed`, `user_protected`."""
        if isinstance(command, PolicyCommand) and command.GIVES:
            if refused := [name for name in command.policies if name not in self.allowed]:
                raise _refused("Not on the allow-list", refused)
            if refused := list(filter(administers, command.policies)):
                raise _refused(_ADMINISTRATION, refused)
        self._check_unprotected(command.user)

    def approve(self, policy: Policy) -> Policy:
        """The policy, as CAM shows it by its id, if it may be given. Raises Rejected `policy_not_allowed`."""
        if policy.name not in self.allowed:
            raise _refused("Not on the allow-list", [policy.name])
        patterns = harmless(policy)
        if policy.name not in self.foreign and not all(_expected(one, preset=bool(policy.preset)) for one in patterns):
            raise _refused(
                "Allows more than im: actions, and IM_ACCESS_ALLOW_FOREIGN_POLICIES does not name it", [policy.name]
            )
        return policy

    def check_unprotected(self, user: User) -> User:
        """The user, if it may be changed. Raises Rejected `user_protected`."""
        self._check_unprotected(user.name)
        self._check_unprotected(str(user.uin))
        if str(user.uin) == self.own_uin():
            raise Rejected("user_protected")
        return user

    def _check_unprotected(self, name: str) -> None:
        # It is not documented whether CAM distinguishes upper and lower case in names.
        if name.casefold() in {one.casefold() for one in self.protected}:
            raise Rejected("user_protected")


def administers(name: str) -> bool:
    """Whether the name is that of a policy for administering an account, its access or its billing."""
    name = name.casefold()
    if name.startswith(_ADMINISTRATION_NAMES) or (name.startswith("qcloud") and "apikey" in name):
        return True
    return name.startswith(_ADMINISTRATION_PRODUCTS) and "readonly" not in name


def harmless(policy: Policy) -> list[Pattern]:
    """The action patterns that a policy allows. Raises Rejected `policy_not_allowed` for administration, or for a
    document that cannot be read.
    """
    patterns = allowed_actions(policy.document)
    if policy.id in _ADMINISTRATION_IDS or administers(policy.name):
        raise _refused(_ADMINISTRATION, [policy.name])
    if patterns is None:
        raise _refused(_UNREADABLE, [policy.name])
    if any(one.administers() for one in patterns):
        raise _refused(_ADMINISTRATION, [policy.name])
    return patterns


def _expected(pattern: Pattern, *, preset: bool) -> bool:
    """Whether a policy needs no entry in IM_ACCESS_ALLOW_FOREIGN_POLICIES."""
    return pattern.product == PRODUCT or (preset and (pattern.product in PRESET_PRODUCTS or pattern.only_reads()))


def _refused(why: str, names: list[str]) -> Rejected:
    shown = ", ".join(ascii(name)[1:-1][:128] for name in names)
    return Rejected("policy_not_allowed", f"{why}: {shown}")
