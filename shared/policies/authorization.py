"""Decides which policies may be given, and which users may be changed. docs/security.md calls it the guard.

CAM cannot say which policies a role may attach (https://cloud.tencent.com/document/product/598/69872): a function that
may attach one may attach every one. So nothing is attached unless `approve` has seen it as CAM shows it by its id: a
custom policy a moment ago; one of Tencent's own, which no customer can change, within the last five minutes.

1. Its name stands, letter for letter, on the allow-list.
2. It is no policy of administration: not by its id, not by its name, and not by its document, which has to be readable
   and may match no write of CAM, STS or Organization. No setting changes that.
3. It allows nothing unexpected: a custom policy `im:` actions alone; a preset reads of any product, and writes of
   Instant Messaging and of the products that share its presets. IM_ACCESS_ALLOW_FOREIGN_POLICIES makes exceptions from
   this rule.

A revoke needs none of this: taking away is always possible, for what stands on the allow-list, and for what the ledger
shows to have been given (shared/policies/attachments.py).
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
"""What a preset may write: Tencent calls its full one of Instant Messaging that of audio and video communication, and
publishes no document of it (https://www.tencentcloud.com/document/product/1047/38087).
"""

_ADMINISTRATION_IDS = frozenset((1, 2, 3))
"""AdministratorAccess, QCloudResourceFullAccess, QCloudFinanceFullAccess."""
_ADMINISTRATION_NAMES = ("administratoraccess", "qcloudresourcefullaccess")
_ADMINISTRATION_PRODUCTS = tuple(
    f"qcloud{product}"
    for product in ("cam", "sts", "organization", "cloudsso", "sso", "controlcenter", "finance", "billing")
)
"""How names begin, in lower case. Preset names follow no rule that is written down, so this rather refuses one too
many: whoever needs a policy of such a name gives it by hand. It is asked before any call; the document is what decides.
"""
_ADMINISTRATION = "Never given by this function, as it means administration"
_UNREADABLE = "Never given by this function, as its document cannot be read"


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
        """Check a command as far as that needs no call. Raises Rejected `policy_not_allowed`, `user_protected`."""
        if isinstance(command, PolicyCommand) and command.GIVES:
            if refused := [name for name in command.policies if name not in self.allowed]:
                raise _refused("Not on the allow-list", refused)
            if refused := list(filter(administers, command.policies)):
                raise _refused(_ADMINISTRATION, refused)
        self._spare(command.user)

    def approve(self, policy: Policy) -> Policy:
        """The policy, if it may be given: as CAM shows it by its id. Raises Rejected `policy_not_allowed`."""
        if policy.name not in self.allowed:
            raise _refused("Not on the allow-list", [policy.name])
        patterns = harmless(policy)
        if policy.name not in self.foreign and not all(_expected(one, preset=bool(policy.preset)) for one in patterns):
            raise _refused(
                "Allows more than im: actions, and IM_ACCESS_ALLOW_FOREIGN_POLICIES does not name it", [policy.name]
            )
        return policy

    def touch(self, user: User) -> User:
        """The user. Raises Rejected `user_protected` where it may not be changed."""
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
    """Whether a policy's name is that of a policy for administering an account, its access or its billing."""
    name = name.casefold()
    if name.startswith(_ADMINISTRATION_NAMES) or (name.startswith("qcloud") and "apikey" in name):
        return True
    return name.startswith(_ADMINISTRATION_PRODUCTS) and "readonly" not in name


def harmless(policy: Policy) -> list[Pattern]:
    """The patterns of actions that a policy allows. Raises Rejected `policy_not_allowed` for administration, or where
    the document cannot be read.
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
