"""DingTalk: reads a person's data from an event and from the API
(https://open.dingtalk.com/document/development/query-user-details).

Its events hold only ids. A person who joins or moves is looked up with the app's secret; for a leaver the id suffices.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.event_sources.hr.dingtalk import user_ids
from shared.event_sources.hr.received import HrEvent, seconds, word
from shared.hr_systems.dingtalk_api import DingTalkApi
from shared.hr_systems.person_fields import as_moment, missing, person_event, present_texts, text, texts
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
"""Kinds of change on the personnel platform. A confirmation after probation changes no access."""


class DingTalkPeople:
    """Reads events; `api` is None where no secret for look-ups is set."""

    def __init__(self, api: DingTalkApi | None) -> None:
        self._api = api

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """The person's event; None where there is nothing to do. Raises Rejected `details_missing`, Unavailable,
        `hr_refused`.
        """
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
        fields = {"status": "active", "departments": ids + api.department_names(ids), **present_texts(user, _TEXTS)}
        if (hired := seconds(user.get("hired_date"), 1000)) is not None:
            fields["starts_at"] = as_moment(hired)
        own: dict[str, Any] = {name: text(user, name) for name in _OWN if text(user, name)} | _extension(user)
        if roles := _roles(user):
            own["roles"] = roles
        return fields | ({"attributes": own} if own else {})


def _extension(user: Mapping[str, Any]) -> dict[str, str]:
    """The corporation's custom fields, which the API returns as JSON in a text."""
    try:
        fields = json.loads(str(user.get("extension") or "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(fields, dict):
        return {}
    return {str(name): value for name in fields if (value := text(fields, name))}


def _roles(user: Mapping[str, Any]) -> list[str]:
    rows = user.get("role_list")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [name for row in listed if (name := word(row, "name"))]
