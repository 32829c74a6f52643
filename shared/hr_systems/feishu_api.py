"""The client of Feishu's and Lark's API, as far as it is needed: users and departments, with the app's access token.

https://open.feishu.cn/document/server-docs/contact-v3/user/get
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from shared.event_sources.hr.received import word
from shared.hr_systems.hr_api import HrAnswer, HrApi, HrCall, checked, code_of, token_of, whole
from shared.hr_systems.tokens import AccessToken
from shared.secret import Secret

ENDPOINT = "https://open.feishu.cn"
_REJECTED = {"99991661", "99991663", "99991664", "99991665", "99991668", "99991671", "99991677"}
"""Codes for an access token that is missing, wrong or expired."""
_BUSY = {"99991400", "11232", "40003", "2200", "1000005", "1161000"}
"""Codes for a rate limit, and for an internal error."""
_UNKNOWN = {"41012"}
"""Codes for a user who does not exist."""
_GONE = {"43007", "404"}
"""Codes for a department that does not exist. After every other code the event waits and is tried again: an unknown
code never counts as "has left".
"""


class FeishuApi:
    """One app's calls."""

    def __init__(self, api: HrApi, base: str, app_id: str, app_secret: Secret) -> None:
        self._api = api
        self._base = f"{base}/open-apis"
        self._app_id = app_id
        self._app_secret = app_secret

    def wait_until(self, moment: float) -> None:
        """Wait, so that a look-up is not older than the event. Raises Unavailable where the time limit comes first."""
        self._api.wait_until(moment)

    def user(self, kind: str, name: str) -> dict[str, Any] | None:
        """The user with this id of that kind; None where the user does not exist."""
        params = {"user_id_type": kind, "department_id_type": "open_department_id"}
        answer = self._ask("feishu:users/get", "GET", f"/contact/v3/users/{quote(name, safe='')}", params)
        return None if answer is None else whole("feishu:users/get", _object(answer.part("data").get("user")))

    def user_id(self, employment_id: str) -> str | None:
        """The `user_id` of a CoreHR employment; None where it has no account."""
        params = {"id_transform_type": 1, "id_type": "user_id", "feishu_user_id_type": "user_id"}
        path, body = "/corehr/v1/common_data/id/convert", {"ids": [employment_id]}
        answer = self._ask("feishu:id/convert", "POST", path, params, body)
        rows = answer.part("data").get("items") if answer else None
        first = rows[0] if isinstance(rows, list) and rows else None
        return word(_object(first), "target_id") or None

    def department_names(self, ids: Sequence[str]) -> list[str]:
        """The names of departments, without those that do not exist any more."""
        kept, now = self._api.tokens, self._api.now
        names = [kept.name(("feishu", self._app_id, one), now, partial(self._name, one)) for one in ids]
        return [name for name in names if name]

    def _name(self, department: str) -> str:
        path, params = (
            f"/contact/v3/departments/{quote(department, safe='')}",
            {"department_id_type": "open_department_id"},
        )
        answer = self._ask("feishu:departments/get", "GET", path, params, unknown=_GONE)
        return word(_object(answer.part("data").get("department")), "name") if answer else ""

    def _ask(
        self,
        action: str,
        method: str,
        path: str,
        params: dict[str, Any],
        body: dict[str, Any] | None = None,
        unknown: set[str] = _UNKNOWN,
    ) -> HrAnswer | None:
        def ask(token: Secret) -> HrAnswer:
            headers = {"Authorization": f"Bearer {token.reveal()}"}
            return self._api.ask(HrCall(action, method, self._base + path, params, headers, body))

        answer = self._api.authorised(("feishu", self._app_id), self._token, ask, _is_rejected)
        return None if code_of(answer, "code") in unknown else checked(action, answer, "code", _BUSY)

    def _token(self) -> AccessToken:
        url = f"{self._base}/auth/v3/tenant_access_token/internal"
        body = {"app_id": self._app_id, "app_secret": self._app_secret.reveal()}
        action = "feishu:tenant_access_token"
        answer = checked(action, self._api.ask(HrCall(action, "POST", url, body=body)), "code", _BUSY)
        return token_of(action, answer, "tenant_access_token", "expire")


def _is_rejected(answer: HrAnswer) -> bool:
    return word(answer.members, "code") in _REJECTED


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
