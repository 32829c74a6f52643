"""The calls of Feishu's and Lark's API that are needed here, with the token of the app.

https://open.feishu.cn/document/server-docs/contact-v3/user/get
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from shared.event_sources.hr.received import word
from shared.hr_systems.api import HrAnswer, HrApi, HrCall, checked, code_of, token_of, whole
from shared.hr_systems.tokens import AccessToken
from shared.secret import Secret

ENDPOINT = "https://open.feishu.cn"
_REJECTED = {"99991661", "99991663", "99991664", "99991665", "99991668", "99991671", "99991677"}
"""Codes of a token that is missing, wrong or at its end."""
_BUSY = {"99991400", "11232", "40003", "2200", "1000005", "1161000"}
"""Codes of a limit of rate, and of trouble inside."""
_UNKNOWN = {"41012"}
"""Codes of a user who does not exist."""
_GONE = {"43007", "404"}
"""Codes of a department that does not exist. Of whatever else is answered the event waits: an unknown code never means
that somebody is gone.
"""


class FeishuApi:
    """One app's calls."""

    def __init__(self, api: HrApi, base: str, app_id: str, app_secret: Secret) -> None:
        self._api = api
        self._base = f"{base}/open-apis"
        self._app_id = app_id
        self._app_secret = app_secret

    def wait_until(self, moment: float) -> None:
        """Wait for what is looked up to be as new as an event. Raises Unavailable where there is no time for it."""
        self._api.wait_until(moment)

    def user(self, kind: str, name: str) -> dict[str, Any] | None:
        """A user by an id of that kind; None where there is none."""
        params = {"user_id_type": kind, "department_id_type": "open_department_id"}
        told = self._ask("feishu:users/get", "GET", f"/contact/v3/users/{quote(name, safe='')}", params)
        return None if told is None else whole("feishu:users/get", _object(told.part("data").get("user")))

    def user_id(self, employment_id: str) -> str | None:
        """The `user_id` of a CoreHR employment; None where it has no account."""
        params = {"id_transform_type": 1, "id_type": "user_id", "feishu_user_id_type": "user_id"}
        path, body = "/corehr/v1/common_data/id/convert", {"ids": [employment_id]}
        told = self._ask("feishu:id/convert", "POST", path, params, body)
        rows = told.part("data").get("items") if told else None
        first = rows[0] if isinstance(rows, list) and rows else None
        return word(_object(first), "target_id") or None

    def department_names(self, ids: Sequence[str]) -> list[str]:
        """The names of departments; without those that are gone."""
        kept, now = self._api.tokens, self._api.now
        names = [kept.name(("feishu", self._app_id, one), now, partial(self._name, one)) for one in ids]
        return [name for name in names if name]

    def _name(self, department: str) -> str:
        path, params = (
            f"/contact/v3/departments/{quote(department, safe='')}",
            {"department_id_type": "open_department_id"},
        )
        told = self._ask("feishu:departments/get", "GET", path, params, unknown=_GONE)
        return word(_object(told.part("data").get("department")), "name") if told else ""

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

        told = self._api.authorised(("feishu", self._app_id), self._token, ask, _is_rejected)
        return None if code_of(told, "code") in unknown else checked(action, told, "code", _BUSY)

    def _token(self) -> AccessToken:
        url = f"{self._base}/auth/v3/tenant_access_token/internal"
        body = {"app_id": self._app_id, "app_secret": self._app_secret.reveal()}
        action = "feishu:tenant_access_token"
        told = checked(action, self._api.ask(HrCall(action, "POST", url, body=body)), "code", _BUSY)
        return token_of(action, told, "tenant_access_token", "expire")


def _is_rejected(told: HrAnswer) -> bool:
    return word(told.members, "code") in _REJECTED


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
