"""WeCom: what an event tells of a member (https://developer.work.weixin.qq.com/document/path/90196).

An event may hold nothing but the UserID; with the app's secret the member is looked up, without it the event is read as
it is. Ids are the same person's in capitals and small letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from shared.event_sources.hr.received import HrEvent, word
from shared.hr_systems.api import HrAnswer, HrApi, HrCall, checked, code_of, token_of, whole
from shared.hr_systems.tokens import AccessToken
from shared.hr_systems.told import person_event, present, text, texts
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
"""Of whatever else is answered the event waits: an unknown code never means that somebody is gone."""


class WeComPeople:
    """What events tell; `api` is None where nothing may be looked up."""

    def __init__(self, api: WeComApi | None) -> None:
        self._api = api

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """What is told of a member, or None of one who is gone meanwhile. Raises Unavailable, `hr_refused`."""
        before, after = word(event.data, "UserID").lower(), word(event.data, "NewUserID").lower()
        employee, renamed = after or before, before if after and after != before else None
        if event.kind == "delete_user" or word(event.data, "Status") == "5":
            return person_event(event, received, employee, {"status": "left"}, renamed)
        told = self._fields(event.data)
        if event.kind == "create_user":
            told.setdefault("status", "active")
        elif "BizMail" not in event.data:
            told.pop("email", None)  # A private address that has changed says nothing of the work address.
        if self._api is not None:
            member = self._api.member(employee)
            if member is None:
                return None
            told |= self._fields(member)
        return person_event(event, received, employee, told, renamed)

    def _fields(self, member: Mapping[str, Any]) -> dict[str, Any]:
        fields = present(member, _TEXTS)
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
    """The corporation's own fields, by their names; None where the member comes without any."""
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
        if isinstance(part, dict) and (said := text(part, inner)):
            return said
    return text(row, "value") or ""


class WeComApi:
    """One app's calls, with its access token."""

    def __init__(self, api: HrApi, base: str, corp_id: str, secret: Secret) -> None:
        self._api = api
        self._base = f"{base}/cgi-bin"
        self._corp_id = corp_id
        self._secret = secret

    def member(self, user_id: str) -> dict[str, Any] | None:
        """A member; None where there is none."""
        told = self._ask("wecom:user/get", "/user/get", {"userid": user_id}, _UNKNOWN)
        told_of = (
            {name: value for name, value in told.members.items() if name not in ("errcode", "errmsg")} if told else {}
        )
        return whole("wecom:user/get", told_of) if told else None

    def department_names(self, ids: list[str]) -> list[str]:
        """The names of departments; without those that are gone."""
        kept, now = self._api.tokens, self._api.now
        names = [kept.name(("wecom", self._corp_id, one), now, partial(self._name, one)) for one in ids]
        return [name for name in names if name]

    def _name(self, department: str) -> str:
        told = self._ask("wecom:department/get", "/department/get", {"id": department}, _NO_DEPARTMENT)
        return word(told.part("department"), "name") if told else ""

    def _ask(self, action: str, path: str, params: dict[str, Any], unknown: set[str]) -> HrAnswer | None:
        def ask(token: Secret) -> HrAnswer:
            return self._api.ask(HrCall(action, "GET", self._base + path, {"access_token": token.reveal(), **params}))

        told = self._api.authorised(("wecom", self._corp_id), self._token, ask, _is_rejected)
        return None if code_of(told, "errcode") in unknown else checked(action, told, "errcode", _BUSY)

    def _token(self) -> AccessToken:
        params = {"corpid": self._corp_id, "corpsecret": self._secret.reveal()}
        told = self._api.ask(HrCall("wecom:gettoken", "GET", f"{self._base}/gettoken", params))
        return token_of(
            "wecom:gettoken", checked("wecom:gettoken", told, "errcode", _BUSY), "access_token", "expires_in"
        )


def _is_rejected(told: HrAnswer) -> bool:
    return word(told.members, "errcode") in _REJECTED
