"""Feishu and Lark: reads a person's data from an event and from the API
(https://open.feishu.cn/document/server-docs/contact-v3).

A contact event holds most fields; a field that the app may not see is absent. A CoreHR event holds only an id. The
names of departments, and the person of a CoreHR event, are looked up where the app's id and secret are set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.event_sources.hr.received import HrEvent, seconds, word
from shared.hr_systems.feishu_api import FeishuApi
from shared.hr_systems.person_fields import as_moment, is_true, missing, person_event, present_texts, text, texts
from shared.people.person import PersonEvent

_TEXTS = (
    ("name", ("name",)),
    ("email", ("enterprise_email", "email")),
    ("phone", ("mobile",)),
    ("title", ("job_title",)),
    ("manager", ("leader_user_id",)),
)
_OWN = ("employee_no", "city", "country", "work_station")
_TYPES = {"1": "regular", "2": "intern", "3": "outsourced", "4": "contractor", "5": "consultant"}
_SETTINGS = "IM_ACCESS_FEISHU_APP_ID with IM_ACCESS_FEISHU_APP_SECRET"
_LEFT, _COMES_INTO_EFFECT = 3, 5
"""The status of an offboarding and that of a job change which have effect. Every earlier status is only a plan."""
_PLANS = ("7001", "7002")
"""Kinds of domain events that only announce a date: a resignation was approved, or cancelled."""
_LAG = 10.0
"""Seconds after a CoreHR event in which a look-up may still return older data."""


class FeishuPeople:
    """Reads events; `api` is None where no secret for look-ups is set."""

    def __init__(self, api: FeishuApi | None) -> None:
        self._api = api

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """The person's event; None where there is nothing to do. Raises Rejected `details_missing`, Unavailable,
        `hr_refused`.
        """
        if event.kind.startswith("contact."):
            return self._contact(event, received)
        if event.kind == "corehr.employment.resigned_v1" or _status(event, "offboarding") == _LEFT:
            also = _also(_object(event.data, "target_user_id"))
            return person_event(event, received, self._employee(event), {"status": "left"}, also=also)
        if not _moves(event):
            return None
        return self._looked_up(event, received)

    def _contact(self, event: HrEvent, received: float) -> PersonEvent:
        now, before = _object(event.data, "object"), _object(event.data, "old_object")
        employee, former = _name(now), text(before, "user_id")
        renamed = former if former and former != employee and employee == text(now, "user_id") else None
        if event.kind.endswith("deleted_v3"):
            return person_event(event, received, employee, {"status": "left"}, also=_also(now))
        return person_event(event, received, employee, self._fields(now), renamed, _also(now))

    def _looked_up(self, event: HrEvent, received: float) -> PersonEvent | None:
        if self._api is None:
            raise missing(_SETTINGS)
        self._api.wait_until(received + _LAG)
        target = _object(event.data, "target_user_id")
        kind, name = _named(target)
        if not name:
            kind, name = "user_id", self._api.user_id(word(event.data, "employment_id")) or ""
        # An account may be created later than the job: then a contact event comes for it.
        user = self._api.user(kind, name) if name else None
        return person_event(event, received, _name(user), self._fields(user), also=_also(user)) if user else None

    def _employee(self, event: HrEvent) -> str:
        _, name = _named(_object(event.data, "target_user_id"))
        if name:
            return name
        if self._api is None:
            raise missing(_SETTINGS)
        return self._api.user_id(word(event.data, "employment_id")) or ""

    def _fields(self, user: Mapping[str, Any]) -> dict[str, Any]:
        fields = present_texts(user, _TEXTS)
        if "status" in user:
            fields["status"] = _state(_object(user, "status"))
        if "employee_type" in user:
            kind = word(user, "employee_type")
            fields["employee_type"] = _TYPES.get(kind, kind) or None
        if "department_ids" in user:
            ids = texts(user["department_ids"])
            fields["departments"] = ids + (self._api.department_names(ids) if self._api else [])
        if "join_time" in user:
            fields["starts_at"] = as_moment(seconds(user["join_time"]))
        own = {name: text(user, name) for name in _OWN if text(user, name)} | _custom(user)
        return fields | ({"attributes": own} if own else {})


def _object(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = members.get(name)
    return found if isinstance(found, dict) else {}


def _named(user: Mapping[str, Any]) -> tuple[str, str]:
    """The kind and value of the lasting id: `user_id`, else `union_id`. An `open_id` differs from app to app."""
    for kind in ("user_id", "union_id"):
        if name := word(user, kind):
            return kind, name
    return "", ""


def _name(user: Mapping[str, Any]) -> str:
    return _named(user)[1]


def _also(user: Mapping[str, Any]) -> str | None:
    """The `union_id` of a user whose `user_id` is known too; an app sees the `user_id` only with a permission."""
    return (word(user, "union_id") or None) if word(user, "user_id") else None


def _state(status: Mapping[str, Any]) -> str:
    if is_true(status.get("is_resigned")) or is_true(status.get("is_exited")):
        return "left"
    return "suspended" if is_true(status.get("is_frozen")) else "active"


def _custom(user: Mapping[str, Any]) -> dict[str, str]:
    """The organisation's custom fields, by their ids."""
    rows = user.get("custom_attrs")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    found = {word(row, "id"): text(_object(row, "value"), "text", "option_value", "name") for row in listed}
    return {name: value for name, value in found.items() if name and value}


def _status(event: HrEvent, family: str) -> int | None:
    if not event.kind.startswith(f"corehr.{family}."):
        return None
    status = word(event.data, "status")
    return int(status) if status.isascii() and status.isdigit() else None


def _moves(event: HrEvent) -> bool:
    """Whether a CoreHR event says that somebody has joined, moved or changed, with effect from now."""
    if event.kind == "corehr.job_change.status_updated_v2":
        return _status(event, "job_change") == _COMES_INTO_EFFECT
    if event.kind == "corehr.employee.domain_event_v2":
        return word(event.data, "opt_scene") not in _PLANS
    return event.kind in ("corehr.job_data.employed_v1", "corehr.job_data.changed_v1")
