"""CAM in the words of this project: sub-users, their policies and keys, with the documented error codes told apart.

Shapes and codes: https://cloud.tencent.com/document/product/598 (each action's page). Codes are matched, texts never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from shared.errors import CloudError, OutcomeUnknown
from shared.secret import Secret
from shared.tencent.api import Api

NO_USER = frozenset(
    ("ResourceNotFound.UserNotExist", "InvalidParameter.UserNotExist", "ResourceNotFound.UserNotExists")
)
NO_POLICY = frozenset(
    ("ResourceNotFound.PolicyIdNotFound", "InvalidParameter.PolicyIdNotExist", "InvalidParameter.PolicyIdError")
)
NAME_TAKEN = "InvalidParameter.SubUserNameInUse"
NO_KEY = "ResourceNotFound.SecretNotExist"
_PAGE = 200


class NoSuchUser(CloudError):
    """CAM knows no such user, or does not know it yet."""


class NoSuchPolicy(CloudError):
    """CAM knows no policy of this id."""


class NameTaken(CloudError):
    """A user of this name exists already."""


class User(NamedTuple):
    """A sub-user as CAM shows it."""

    name: str
    uin: int
    remark: str


class NewUser(NamedTuple):
    """What AddUser is asked for."""

    name: str
    remark: str
    console_login: bool
    api_access: bool
    password: Secret | None
    contact: dict[str, str]


class Key(NamedTuple):
    """An API key; the secret half is shown by CAM exactly once."""

    secret_id: str
    secret_key: Secret


@dataclass(frozen=True)
class Policy:
    """A policy's identity in CAM. `preset` tells Tencent's own (Type 2) from custom ones (Type 1); None: CAM did not.

    `document` is what it allows, as JSON text, where CAM was asked for this one policy; it is no part of the identity.
    """

    id: int
    name: str
    preset: bool | None
    document: str = field(default="", compare=False, repr=False)


class Cam:
    """The calls that the functions make, each for one request."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def add_user(self, new: NewUser) -> tuple[int, Key | None]:
        """Create a sub-user; its UIN, and its key where one was asked for. Raises NameTaken, OutcomeUnknown."""
        params = {
            "Name": new.name,
            "Remark": new.remark,
            "ConsoleLogin": int(new.console_login),
            "UseApi": int(new.api_access),
            **_password(new.password),
            **new.contact,
        }
        answer = self._do("AddUser", params)
        uin, secret_id, secret_key = (str(answer.get(field) or "") for field in ("Uin", "SecretId", "SecretKey"))
        if not _is_uin(uin) or (new.api_access and not (secret_id and secret_key)):
            raise OutcomeUnknown("AddUser", in_flight=False)
        return int(uin), Key(secret_id, Secret(secret_key)) if new.api_access else None

    def user(self, name: str) -> User | None:
        """The sub-user of exactly this name, or None. https://cloud.tencent.com/document/product/598/34590"""
        try:
            answer = self._look("GetUser", {"Name": name})
        except NoSuchUser:
            return None
        # GetUser may succeed for nobody, with an empty Uin; a name that differs in case is another name.
        if not _is_uin(answer.get("Uin")) or answer.get("Name", name) != name:
            return None
        return User(name, int(answer["Uin"]), str(answer.get("Remark") or ""))

    def set_password(self, name: str, password: Secret) -> None:
        """Open console login with this password. A password is always sent: without one CAM may choose its own."""
        self._do("UpdateUser", {"Name": name, "ConsoleLogin": 1, **_password(password)})

    def attach(self, policy: Policy, uin: int) -> None:
        """Attach; already attached is success. Raises NoSuchUser, NoSuchPolicy, OutcomeUnknown, CloudError."""
        try:
            self._do("AttachUserPolicy", {"PolicyId": policy.id, "AttachUin": uin})
        except (NoSuchUser, NoSuchPolicy):
            raise
        except CloudError:
            # What CAM says of a repeated attach is not documented: what counts is the state.
            if policy.id not in self.attached(uin):
                raise

    def detach(self, policy: Policy, uin: int) -> None:
        """Detach. Not attached is success or NoSuchPolicy, which is undocumented. Raises NoSuchUser, OutcomeUnknown."""
        self._do("DetachUserPolicy", {"PolicyId": policy.id, "DetachUin": uin})

    def limit(self, policy: Policy, uin: int) -> None:
        """Make a policy the user's permissions boundary, in place of any other. Raises NoSuchUser, NoSuchPolicy."""
        self._do("PutUserPermissionsBoundary", {"TargetUin": uin, "PolicyId": policy.id})

    def attached(self, uin: int) -> dict[int, str]:
        """Ids and names of the policies attached to the user directly.

        https://cloud.tencent.com/document/product/598/34572
        """
        try:
            rows = list(self._pages("ListAttachedUserPolicies", {"TargetUin": uin}))
        except NoSuchUser:
            return {}
        return {int(row["PolicyId"]): str(row.get("PolicyName") or "") for row in rows if row.get("PolicyId")}

    def policies(self, scope: Literal["All", "QCS", "Local"], keyword: str | None) -> Iterator[Policy]:
        """The policies that CAM lists, page by page. https://cloud.tencent.com/document/product/598/34570"""
        params = {"Scope": scope} | ({"Keyword": keyword} if keyword else {})
        for row in self._pages("ListPolicies", params):
            if row.get("PolicyId") and row.get("PolicyName"):
                yield Policy(int(row["PolicyId"]), str(row["PolicyName"]), _preset(row))

    def policy(self, policy_id: int) -> Policy | None:
        """The policy of this id as CAM shows it now, with its document, or None."""
        try:
            answer = self._look("GetPolicy", {"PolicyId": policy_id})
        except NoSuchPolicy:
            return None
        name, document = (str(answer.get(field) or "") for field in ("PolicyName", "PolicyDocument"))
        return Policy(policy_id, name, _preset(answer), document)

    def holders(self, policy_id: int) -> Iterator[tuple[str, int]]:
        """Names and UINs of the users to whom the policy is attached directly.

        https://cloud.tencent.com/document/product/598/34569
        """
        for row in self._pages("ListEntitiesForPolicy", {"PolicyId": policy_id, "EntityFilter": "User"}):
            if _number(row.get("RelatedType")) == 1 or row.get("RelatedType") is None:
                yield str(row.get("Name") or ""), _number(row.get("Uin"))

    def keys(self, uin: int) -> list[str]:
        """The ids of the user's API keys, active or not."""
        return list(self.descriptions(uin))

    def descriptions(self, uin: int) -> dict[str, str | None]:
        """What the user's API keys are described as, by their ids, active or not; None where CAM does not tell it."""
        rows = self._look("ListAccessKeys", {"TargetUin": uin}).get("AccessKeys") or []
        return {str(row["AccessKeyId"]): row.get("Description") for row in rows}

    def create_key(self, uin: int, description: str) -> Key:
        """Make an API key. Raises OutcomeUnknown: then nobody has its secret half, and it is to be deleted.

        `description`: of `[\\w+=,.@:/-]`, at most 1024; ListAccessKeys shows it, so that its maker knows it again.
        """
        key = self._do("CreateAccessKey", {"TargetUin": uin, "Description": description}).get("AccessKey")
        if not isinstance(key, dict) or not (key.get("AccessKeyId") and key.get("SecretAccessKey")):
            raise OutcomeUnknown("CreateAccessKey", in_flight=False)
        return Key(str(key["AccessKeyId"]), Secret(str(key["SecretAccessKey"])))

    def disable_key(self, uin: int, secret_id: str) -> None:
        """Make an API key useless; a key that is gone is success."""
        self._with_key("UpdateAccessKey", uin, secret_id, {"Status": "Inactive"})

    def delete_key(self, uin: int, secret_id: str) -> None:
        """Disable and delete an API key; a key that is gone is success."""
        self.disable_key(uin, secret_id)
        self._with_key("DeleteAccessKey", uin, secret_id, {})

    def close_login(self, name: str) -> None:
        """Close console login; the password stays and is of no use. https://cloud.tencent.com/document/product/598/34583"""
        self._do("UpdateUser", {"Name": name, "ConsoleLogin": 0})

    def _with_key(self, action: str, uin: int, secret_id: str, params: dict[str, Any]) -> None:
        try:
            self._do(action, {"AccessKeyId": secret_id, "TargetUin": uin, **params})
        except CloudError as error:
            if error.cloud_code != NO_KEY:
                raise

    def _do(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        return _told_apart(self._api.write, action, params)

    def _look(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        return _told_apart(self._api.read, action, params)

    def _pages(self, action: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for page in range(1, 201):
            answer = self._look(action, {**params, "Rp": _PAGE, "Page": page})
            rows = answer.get("List") or []
            yield from rows
            if not rows or page * _PAGE >= _number(answer.get("TotalNum")):
                return


def _told_apart(
    call: Callable[[str, str, dict[str, Any]], dict[str, Any]], action: str, params: dict[str, Any]
) -> dict[str, Any]:
    try:
        return call("cam", action, params)
    except CloudError as error:
        if error.cloud_code in NO_USER:
            raise NoSuchUser(action, error.cloud_code) from None
        if error.cloud_code in NO_POLICY:
            raise NoSuchPolicy(action, error.cloud_code) from None
        if error.cloud_code == NAME_TAKEN:
            raise NameTaken(action, error.cloud_code) from None
        raise


def _password(password: Secret | None) -> dict[str, Any]:
    # Whoever read the file first, the password works once: its owner notices.
    return {"Password": password.reveal(), "NeedResetPassword": 1} if password else {}


def _is_uin(value: object) -> bool:
    return str(value).isdecimal() and int(str(value)) > 0


def _preset(row: dict[str, Any]) -> bool | None:
    return {1: False, 2: True}.get(_number(row.get("Type")))


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isdecimal() else 0
