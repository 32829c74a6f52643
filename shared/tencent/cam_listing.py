"""CAM's listings for reviews: users, keys, last uses, last logins, and policies from groups.

The commands never need them; `im-access` and the comparison duties do. Shapes:
https://cloud.tencent.com/document/product/598 (each action's page). CAM writes times without a zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple, TypeVar

from shared.ports import NoSuchUser
from shared.tencent.api import Api
from shared.tencent.cam_answers import is_uin, number, with_known_errors

T = TypeVar("T")
_PAGE = 200
_ZONE = timezone(timedelta(hours=8))
_FEW_UINS, _FEW_KEYS = 50, 10
"""The most users and keys that one call of DescribeSubAccounts and GetSecurityLastUsed takes."""


class SubUser(NamedTuple):
    """A sub-user in a listing. `created`: as CAM writes it, without a zone."""

    name: str
    uin: int
    remark: str
    console_login: bool
    created: str | None


class AccessKey(NamedTuple):
    """An API key: its id, whether it is active, and when it was created."""

    secret_id: str
    active: bool
    created: str | None

    def age_days(self, now: float) -> int | None:
        """The age in whole days; CAM's times are taken as UTC+8. None where CAM shows no time."""
        try:
            made = datetime.fromisoformat((self.created or "")[:19]).replace(tzinfo=_ZONE)
        except ValueError:
            return None
        return max(0, int((now - made.timestamp()) // 86_400))


class Listing:
    """The calls, for one run."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def users(self) -> list[SubUser]:
        """All sub-users, in one call, which has no pages (598/34587)."""
        rows = self._look("ListUsers", {}).get("Data") or []
        # ListUsers may show a Uin of 0.
        return [_user(row) for row in rows if is_uin(row.get("Uin"))]

    def keys(self, uin: int) -> list[AccessKey]:
        """The API keys of a user; empty for a user who does not exist."""
        try:
            rows = self._look("ListAccessKeys", {"TargetUin": uin}).get("AccessKeys") or []
        except NoSuchUser:
            return []
        return [
            AccessKey(str(row["AccessKeyId"]), row.get("Status") != "Inactive", row.get("CreateTime")) for row in rows
        ]

    def last_logins(self, uins: Sequence[int]) -> dict[int, str | None]:
        """The last console login of each user, as CAM writes it; None for never."""
        found: dict[int, str | None] = {}
        for some in _parts(uins, _FEW_UINS):
            answer = self._look("DescribeSubAccounts", {"FilterSubAccountUin": list(some)})
            for row in answer.get("SubAccounts") or []:
                found[number(row.get("Uin"))] = row.get("LastLoginTime") or None
        return found

    def last_uses(self, secret_ids: Sequence[str]) -> dict[str, str | None]:
        """The day of each key's last use, which CAM shows a day late; None for never or unknown."""
        found: dict[str, str | None] = {}
        for some in _parts(secret_ids, _FEW_KEYS):
            answer = self._look("GetSecurityLastUsed", {"SecretIdList": list(some)})
            for row in answer.get("SecretIdLastUsedRows") or []:
                found[str(row.get("SecretId"))] = row.get("LastUsedDate") or None
        return found

    def by_groups(self, uin: int) -> dict[str, tuple[str, ...]]:
        """The policies that a user has from groups, each with the groups' names.

        CAM allows this call only 5 times a second, so it is made only for users who are in a group.
        """
        try:
            found = self._policies_of_groups(uin) if self._is_in_a_group(uin) else []
        except NoSuchUser:
            return {}
        return {str(row.get("PolicyName") or row.get("PolicyId")): _groups(row) for row in found}

    def _is_in_a_group(self, uin: int) -> bool:
        return bool(self._look("ListGroupsForUser", {"SubUin": uin, "Rp": _PAGE, "Page": 1}).get("GroupInfo"))

    def _policies_of_groups(self, uin: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for page in range(1, 201):
            params = {"TargetUin": uin, "Rp": _PAGE, "Page": page, "AttachType": 2}
            answer = self._look("ListAttachedUserAllPolicies", params)
            some = answer.get("PolicyList") or []
            rows += some
            if not some or page * _PAGE >= number(answer.get("TotalNum")):
                break
        return rows

    def opens(self, uin: int, service: str) -> list[str]:
        """The policies that give a user access to a product; empty for a user who does not exist."""
        try:
            answer = self._look("ListPoliciesGrantingServiceAccess", {"TargetUin": uin, "ServiceType": service})
        except NoSuchUser:
            return []
        rows = [policy for row in answer.get("List") or [] for policy in row.get("Policy") or []]
        return sorted({str(row.get("PolicyName") or row.get("PolicyId")) for row in rows})

    def _look(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        return with_known_errors(self._api.read, action, params)


def _user(row: dict[str, Any]) -> SubUser:
    login = str(row.get("ConsoleLogin")) in ("1", "True")
    return SubUser(
        str(row.get("Name") or ""), int(row["Uin"]), str(row.get("Remark") or ""), login, row.get("CreateTime")
    )


def _groups(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(group.get("GroupName") or group.get("GroupId")) for group in row.get("Groups") or [])


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
