"""The CAM client, as the port `Directory`: sub-users, their policies and keys.

Shapes and codes: https://cloud.tencent.com/document/product/598 (each action's page). Errors are matched by code, not
text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from shared.errors import CloudError, OutcomeUnknown
from shared.ports import Key, NewUser, NoSuchPolicy, NoSuchUser, Policy, User
from shared.secret import Secret
from shared.tencent.api import Api
from shared.tencent.cam_answers import NO_KEY, is_uin, number, password_params, preset, with_known_errors

_PAGE = 200


class Cam:
    """The calls of CAM that the functions make, for one request."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def add_user(self, new: NewUser) -> tuple[int, Key | None]:
        """Create a sub-user. Returns its UIN, and its key if one was requested. Raises NameTaken, OutcomeUnknown."""
        params = {
            "Name": new.name,
            "Remark": new.remark,
            "ConsoleLogin": int(new.console_login),
            "UseApi": int(new.api_access),
            **password_params(new.password),
            **new.contact,
        }
        answer = self._do("AddUser", params)
        uin, secret_id, secret_key = (str(answer.get(field) or "") for field in ("Uin", "SecretId", "SecretKey"))
        if not is_uin(uin) or (new.api_access and not (secret_id and secret_key)):
            raise OutcomeUnknown("AddUser", in_flight=False)
        return int(uin), Key(secret_id, Secret(secret_key)) if new.api_access else None

    def user(self, name: str) -> User | None:
        """The sub-user of exactly this name, or None. https://cloud.tencent.com/document/product/598/34590"""
        try:
            answer = self._look("GetUser", {"Name": name})
        except NoSuchUser:
            return None
        # For an unknown name GetUser may answer with an empty Uin. A name that differs in case is another name.
        if not is_uin(answer.get("Uin")) or answer.get("Name", name) != name:
            return None
        login = None if answer.get("ConsoleLogin") is None else number(answer["ConsoleLogin"]) == 1
        return User(name, int(answer["Uin"]), str(answer.get("Remark") or ""), login)

    def set_password(self, name: str, password: Secret) -> None:
        """Open console login with this password. It is always sent, because CAM may choose one itself otherwise."""
        self._do("UpdateUser", {"Name": name, "ConsoleLogin": 1, **password_params(password)})

    def attach(self, policy: Policy, uin: int) -> None:
        """Attach; already attached is success. Raises NoSuchUser, NoSuchPolicy, OutcomeUnknown, CloudError."""
        try:
            self._do("AttachUserPolicy", {"PolicyId": policy.id, "AttachUin": uin})
        except (NoSuchUser, NoSuchPolicy):
            raise
        except CloudError:
            # CAM's answer to a repeated attach is not documented, so the state decides.
            if policy.id not in self.attached(uin):
                raise

    def detach(self, policy: Policy, uin: int) -> None:
        """Detach. Not attached is success or NoSuchPolicy, which is undocumented. Raises NoSuchUser, OutcomeUnknown."""
        self._do("DetachUserPolicy", {"PolicyId": policy.id, "DetachUin": uin})

    def limit(self, policy: Policy, uin: int) -> None:
        """Set a policy as the user's permissions boundary, in place of any other. Raises NoSuchUser, NoSuchPolicy."""
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
                yield Policy(int(row["PolicyId"]), str(row["PolicyName"]), preset(row))

    def policy(self, policy_id: int) -> Policy | None:
        """The policy with this id as CAM shows it now, with its document, or None."""
        try:
            answer = self._look("GetPolicy", {"PolicyId": policy_id})
        except NoSuchPolicy:
            return None
        name, document = (str(answer.get(field) or "") for field in ("PolicyName", "PolicyDocument"))
        return Policy(policy_id, name, preset(answer), document)

    def holders(self, policy_id: int) -> Iterator[tuple[str, int]]:
        """Names and UINs of the users to whom the policy is attached directly.

        https://cloud.tencent.com/document/product/598/34569
        """
        for row in self._pages("ListEntitiesForPolicy", {"PolicyId": policy_id, "EntityFilter": "User"}):
            if number(row.get("RelatedType")) == 1 or row.get("RelatedType") is None:
                yield str(row.get("Name") or ""), number(row.get("Uin"))

    def keys(self, uin: int) -> list[str]:
        """The ids of the user's API keys, active or not."""
        return list(self.descriptions(uin))

    def descriptions(self, uin: int) -> dict[str, str | None]:
        """The descriptions of the user's API keys, by key id, active or not; None where CAM does not show one."""
        rows = self._look("ListAccessKeys", {"TargetUin": uin}).get("AccessKeys") or []
        return {str(row["AccessKeyId"]): row.get("Description") for row in rows}

    def active_keys(self, uin: int) -> list[str]:
        """The ids of the user's enabled API keys. Raises NoSuchUser."""
        rows = self._look("ListAccessKeys", {"TargetUin": uin}).get("AccessKeys") or []
        return [str(row["AccessKeyId"]) for row in rows if row.get("Status") != "Inactive"]

    def aged_keys(self, uin: int) -> list[tuple[str, str | None]]:
        """The ids and descriptions of the user's API keys, active or not, the oldest first. Raises NoSuchUser."""
        rows = self._look("ListAccessKeys", {"TargetUin": uin}).get("AccessKeys") or []
        aged = sorted(rows, key=lambda row: str(row.get("CreateTime") or ""))
        return [(str(row["AccessKeyId"]), row.get("Description")) for row in aged]

    def groups(self, uin: int) -> list[str]:
        """The names of the user's groups."""
        rows = self._pages("ListGroupsForUser", {"SubUin": uin}, "GroupInfo")
        return [str(row.get("GroupName") or row.get("GroupId")) for row in rows]

    def delete_user(self, name: str) -> None:
        """Delete a sub-user without keys; success if it does not exist. Raises CloudError where a key is left.

        https://www.tencentcloud.com/document/product/598/32261
        """
        try:
            self._do("DeleteUser", {"Name": name, "Force": 0})
        except NoSuchUser:
            return

    def create_key(self, uin: int, description: str) -> Key:
        """Create an API key. Raises OutcomeUnknown: then nobody has its secret half, and the key is to be deleted.

        `description`: characters of `[\\w+=,.@:/-]`, at most 1024. ListAccessKeys shows it, so the creator can
        recognise the key.
        """
        key = self._do("CreateAccessKey", {"TargetUin": uin, "Description": description}).get("AccessKey")
        if not isinstance(key, dict) or not (key.get("AccessKeyId") and key.get("SecretAccessKey")):
            raise OutcomeUnknown("CreateAccessKey", in_flight=False)
        return Key(str(key["AccessKeyId"]), Secret(str(key["SecretAccessKey"])))

    def disable_key(self, uin: int, secret_id: str) -> None:
        """Disable an API key; success if it does not exist."""
        self._with_key("UpdateAccessKey", uin, secret_id, {"Status": "Inactive"})

    def delete_key(self, uin: int, secret_id: str) -> None:
        """Disable and delete an API key; success if it does not exist."""
        self.disable_key(uin, secret_id)
        self._with_key("DeleteAccessKey", uin, secret_id, {})

    def close_login(self, name: str) -> None:
        """Close console login. The password stays but does not work.

        https://cloud.tencent.com/document/product/598/34583
        """
        self._do("UpdateUser", {"Name": name, "ConsoleLogin": 0})

    def _with_key(self, action: str, uin: int, secret_id: str, params: dict[str, Any]) -> None:
        try:
            self._do(action, {"AccessKeyId": secret_id, "TargetUin": uin, **params})
        except CloudError as error:
            if error.cloud_code != NO_KEY:
                raise

    def _do(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        return with_known_errors(self._api.write, action, params)

    def _look(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        return with_known_errors(self._api.read, action, params)

    def _pages(self, action: str, params: dict[str, Any], rows_in: str = "List") -> Iterator[dict[str, Any]]:
        for page in range(1, 201):
            answer = self._look(action, {**params, "Rp": _PAGE, "Page": page})
            rows = answer.get(rows_in) or []
            yield from rows
            if not rows or page * _PAGE >= number(answer.get("TotalNum")):
                return
