"""The client of DingTalk's two APIs, as far as it is needed: users and departments, with the app's access token.

https://open.dingtalk.com/document/development/query-user-details
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from shared.event_sources.hr.received import word
from shared.hr_systems.hr_api import HrAnswer, HrApi, HrCall, code_of, refused, token_of, unavailable, whole
from shared.hr_systems.tokens import AccessToken
from shared.secret import Secret

NEW, OLD = "https://api.dingtalk.com", "https://oapi.dingtalk.com"
"""The hosts of `v1.0/...` and of `topapi/...`."""
_REJECTED = {"40001", "40014", "41001", "42001"}
_BUSY = {"-1", "90002", "90018", "90006", "90008"}
_UNKNOWN = {"33012", "60121"}
_NO_DEPARTMENT = {"60003", "404"}
"""The codes that mean "does not exist". After every other code the event waits and is tried again: an unknown code
never counts as "has left".
"""


class DingTalkApi:
    """One app's calls."""

    def __init__(self, api: HrApi, base: str | None, app_key: str, app_secret: Secret) -> None:
        self._api = api
        self._new, self._old = base or NEW, base or OLD
        self._app_key = app_key
        self._app_secret = app_secret

    def user(self, user_id: str) -> dict[str, Any] | None:
        """A user; None where the user does not exist."""
        answer = self._ask("dingtalk:user/get", "/topapi/v2/user/get", {"userid": user_id}, _UNKNOWN)
        return whole("dingtalk:user/get", answer.part("result")) if answer else None

    def department_names(self, ids: Sequence[str]) -> list[str]:
        """The names of departments, without those that do not exist any more."""
        kept, now = self._api.tokens, self._api.now
        names = [kept.name(("dingtalk", self._app_key, one), now, partial(self._name, one)) for one in ids]
        return [name for name in names if name]

    def _name(self, department: str) -> str:
        path, body = "/topapi/v2/department/get", {"dept_id": department}
        answer = self._ask("dingtalk:department/get", path, body, _NO_DEPARTMENT)
        return word(answer.part("result"), "name") if answer else ""

    def _ask(self, action: str, path: str, body: dict[str, Any], unknown: set[str]) -> HrAnswer | None:
        def ask(token: Secret) -> HrAnswer:
            params = {"access_token": token.reveal()}
            return self._api.ask(HrCall(action, "POST", self._old + path, params, body=body))

        answer = self._api.authorised(("dingtalk", self._app_key), self._token, ask, _is_rejected)
        code = _code(answer)
        if code in unknown:
            return None
        if code in _BUSY:
            raise unavailable(action)
        if code != "0":
            raise refused(action, code)
        return answer

    def _token(self) -> AccessToken:
        action, body = "dingtalk:accessToken", {"appKey": self._app_key, "appSecret": self._app_secret.reveal()}
        answer = self._api.ask(HrCall(action, "POST", f"{self._new}/v1.0/oauth2/accessToken", body=body))
        if not word(answer.members, "accessToken"):
            raise refused(action, code_of(answer, "code"))
        return token_of(action, answer, "accessToken", "expireIn")


def _code(answer: HrAnswer) -> str:
    """The error's code. Code 88 stands for a refused permission or token, whose own code is in `sub_code`."""
    code = code_of(answer, "errcode")
    return word(answer.members, "sub_code") or code if code == "88" else code


def _is_rejected(answer: HrAnswer) -> bool:
    return _code(answer) in _REJECTED
