"""DingTalk: what an event tells of a person (https://open.dingtalk.com/document/development/query-user-details).

Its events hold ids alone: who joins or moves is looked up with the app's secret; who leaves is known by the id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.event_sources.hr.dingtalk import user_ids
from shared.event_sources.hr.received import HrEvent, seconds, word
from shared.hr_systems.dingtalk_api import DingTalkApi
from shared.hr_systems.told import missing, moment, person_event, present, text, texts
from shared.people.person import PersonEvent

_TEXTS = (
    ("name", ("name",)),
    ("email", ("org_email", "email")),
    ("phone", ("mobile",)),
    ("title", ("title",)),
    ("manager", ("manager_userid",)),
)
_OWN = ("job_number", "work_place")
_LEFT = "4"
_CONFIRMED = "2"
"""Kinds of a change on the personnel platform: who was confirmed is where they were."""


class DingTalkPeople:
    """What events tell; `api` is None where nothing may be looked up."""

    def __init__(self, api: DingTalkApi | None) -> None:
        self._api = api

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """What is told of a person, or None. Raises Rejected `details_missing`, Unavailable, `hr_refused`."""
        change = word(event.data, "changetype") if event.kind == "hrm_mdm_user_change" else ""
        users = user_ids(event.data)
        if not users or change == _CONFIRMED:
            return None
        if event.kind == "user_leave_org" or change == _LEFT:
            return person_event(event, received, users[0], {"status": "left"})
        if self._api is None:
            raise missing("IM_ACCESS_DINGTALK_APP_SECRET")
        user = self._api.user(users[0])
        return person_event(event, received, users[0], self._fields(user, self._api)) if user else None

    def _fields(self, user: Mapping[str, Any], api: DingTalkApi) -> dict[str, Any]:
        ids = texts(user.get("dept_id_list"))
        fields = {"status": "active", "departments": ids + api.department_names(ids), **present(user, _TEXTS)}
        if (hired := seconds(user.get("hired_date"), 1000)) is not None:
            fields["starts_at"] = moment(hired)
        own: dict[str, Any] = {name: text(user, name) for name in _OWN if text(user, name)} | _extension(user)
        if roles := _roles(user):
            own["roles"] = roles
        return fields | ({"attributes": own} if own else {})


def _extension(user: Mapping[str, Any]) -> dict[str, str]:
    """The corporation's own fields, which are JSON in a text."""
    try:
        told = json.loads(str(user.get("extension") or "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(name): value for name in told if (value := text(told, name))}


def _roles(user: Mapping[str, Any]) -> list[str]:
    rows = user.get("role_list")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [name for row in listed if (name := word(row, "name"))]
