"""WeCom: reads a member's data from an event and from the API
(https://developer.work.weixin.qq.com/document/path/90196).

An event may hold nothing but the UserID. With the app's secret the member is looked up; without it the event is read as
it is. Upper and lower case do not matter in ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from shared.event_sources.hr.received import HrEvent, word
from shared.hr_systems.hr_api import HrAnswer, HrApi, HrCall, checked, code_of, token_of, whole
from shared.hr_systems.person_fields import person_event, present_texts, text, texts
from shared.hr_systems.tokens import AccessToken
from shared.people.person import PersonEvent
from shared.secret import Secret

ENDPOINT = "https://qyapi.weixin.qq.com"
_TEXTS = (
    ("name", ("Name", "name")),
    ("email", ("BizMail", "biz_mail", "Email", "email")),
    ("phone", ("Mobile", "mobile")),
    ("title", ("Position", "position")),
)
_STATES = {"1": "active", "2": "suspended", "4": "active", "5": "left"}
_REJECTED = {"40014", "41001", "42001", "40001"}
_BUSY = {"-1", "45009", "45033", "45047", "6000"}
_UNKNOWN = {"60111", "46004", "40003"}
_NO_DEPARTMENT = {"60123", "60003", "404"}
"""The codes that mean "does not exist". After every other code the event waits and is tried again: an unknown code
never counts as "has left".
"""


class WeComPeople:
    """Reads events; `api` is None where no secret for look-ups is set."""

    def __init__(self, api: WeComApi | None) -> None:
        self._api = api

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """The person's event; None where the member was deleted meanwhile. Raises Unavailable, `hr_refused`."""
        before, after = word(event.data, "UserID").lower(), word(event.data, "NewUserID").lower()
        employee, renamed = after or before, before if after and after != before else None
        if event.kind == "delete_user" or word(event.data, "Status") == "5":
            return person_event(event, received, employee, {"status": "left"}, renamed)
        fields = self._fields(event.data)
        if event.kind == "create_user":
            fields.setdefault("status", "active")
        elif "BizMail" not in event.data:
            fields.pop("email", None)  # A private address is no work address, so its change is ignored.
        if self._api is not None:
            member = self._api.member(employee)
            if member is None:
                return None
            fields |= self._fields(member)
        return person_event(event, received, employee, fields, renamed)

    def _fields(self, member: Mapping[str, Any]) -> dict[str, Any]:
        fields = present_texts(member, _TEXTS)
        leaders = texts(member.get("DirectLeader", member.get("direct_leader")))
        if "DirectLeader" in member or "direct_leader" in member:
            fields["manager"] = leaders[0] if leaders else None
        if word(member, "Status", "status") in _STATES:
            fields["status"] = _STATES[word(member, "Status", "status")]
        if "Department" in member or "department" in member:
            ids = texts(member.get("Department", member.get("department")))
            fields["departments"] = ids + (self._api.department_names(ids) if self._api else [])
        if (own := _own(member)) is not None:
            fields["attributes"] = own
        return fields


def _own(member: Mapping[str, Any]) -> dict[str, str] | None:
    """The corporation's custom fields, by name; None where the member has none."""
    posted, fetched = member.get("ExtAttr"), member.get("extattr")
    if isinstance(posted, dict):
        return {name: str(value) for name, value in posted.items() if value}
    rows = fetched.get("attrs") if isinstance(fetched, dict) else None
    if not isinstance(rows, list):
        return None
    found = {word(row, "name"): _value(row) for row in rows if isinstance(row, dict)}
    return {name: value for name, value in found.items() if name and value}


def _value(row: Mapping[str, Any]) -> str:
    for name, inner in (("text", "value"), ("web", "title")):
        part = row.get(name)
        if isinstance(part, dict) and (found := text(part, inner)):
            return found
    return text(row, "value") or ""


class WeComApi:
    """One app's calls, with its access token."""

    def __init__(self, api: HrApi, base: str, corp_id: str, secret: Secret) -> None:
        self._api = api
        self._base = f"{base}/cgi-bin"
        self._corp_id = corp_id
        self._secret = secret

    def member(self, user_id: str) -> dict[str, Any] | None:
        """A member by its ID; None where WeCom knows no such member."""
        answer = self._ask("wecom:user/get", "/user/get", {"userid": user_id}, _UNKNOWN)
        if answer is None:
            return None
        members = {name: value for name, value in answer.members.items() if name not in ("errcode", "errmsg")}
        return whole("wecom:user/get", members)

    def department_names(self, ids: list[str]) -> list[str]:
        """The names of departments; without those that are gone."""
        kept, now = self._api.tokens, self._api.now
        names = [kept.name(("wecom", self._corp_id, one), now, partial(self._name, one)) for one in ids]
        return [name for name in names if name]

    def _name(self, department: str) -> str:
        answer = self._ask("wecom:department/get", "/department/get", {"id": department}, _NO_DEPARTMENT)
        return word(answer.part("department"), "name") if answer else ""

    def _ask(self, action: str, path: str, params: dict[str, Any], unknown: set[str]) -> HrAnswer | None:
        def ask(token: Secret) -> HrAnswer:
            return self._api.ask(HrCall(action, "GET", self._base + path, {"access_token": token.reveal(), **params}))

        answer = self._api.authorised(("wecom", self._corp_id), self._token, ask, _is_rejected)
        return None if code_of(answer, "errcode") in unknown else checked(action, answer, "errcode", _BUSY)

    def _token(self) -> AccessToken:
        params = {"corpid": self._corp_id, "corpsecret": self._secret.reveal()}
        answer = self._api.ask(HrCall("wecom:gettoken", "GET", f"{self._base}/gettoken", params))
        return token_of(
            "wecom:gettoken", checked("wecom:gettoken", answer, "errcode", _BUSY), "access_token", "expires_in"
        )


def _is_rejected(answer: HrAnswer) -> bool:
    return word(answer.members, "errcode") in _REJECTED
