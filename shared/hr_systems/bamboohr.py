"""BambooHR: what an event tells of an employee (https://documentation.bamboohr.com/reference/get-employee).

A webhook holds fields where they were chosen; else the employee is looked up with an API key. Without one only bodies
with fields, and deleted employees, are read.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from shared.event_sources.hr.received import HrEvent
from shared.hr_systems.api import HrApi, HrCall, refused
from shared.hr_systems.told import day, missing, person_event, present, text
from shared.people.person import PersonEvent
from shared.secret import Secret

FIELDS = (
    "status", "employmentHistoryStatus", "hireDate", "terminationDate", "displayName", "workEmail", "homeEmail",
    "mobilePhone", "workPhone", "department", "division", "location", "jobTitle", "supervisorEId", "employeeNumber",
)  # fmt: skip
_TEXTS = (
    ("name", ("displayName", "name", "fullName1")),
    ("email", ("workEmail", "homeEmail")),
    ("phone", ("mobilePhone", "workPhone")),
    ("title", ("jobTitle",)),
    ("manager", ("supervisorEId", "supervisorId")),
    ("employee_type", ("employmentHistoryStatus", "employmentStatus")),
)
_OWN = ("employeeNumber", "division", "location")
_DATES = (("starts_at", "hireDate"), ("ends_at", "terminationDate"))


class BambooHrPeople:
    """What events tell; `api` is None where nothing may be looked up."""

    def __init__(self, api: BambooHrApi | None) -> None:
        self._api = api

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """What is told, or None of who is gone. Raises Rejected `details_missing`, Unavailable, `hr_refused`."""
        row: dict[str, Any] = event.data["employees"][0]
        if row["action"] == "deleted":
            return person_event(event, received, row["id"], {"status": "left"})
        fields: dict[str, Any] | None = row.get("fields")
        if not fields:
            if self._api is None:
                raise missing("IM_ACCESS_BAMBOOHR_COMPANY with IM_ACCESS_BAMBOOHR_API_KEY")
            fields = self._api.employee(row["id"])
        return None if fields is None else person_event(event, received, row["id"], common(fields))


def common(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of BambooHR as those of the common form. A date of zeros is none."""
    told = present(fields, _TEXTS)
    words = [(text(fields, name) or "").lower() for name in ("status", "employmentHistoryStatus", "employmentStatus")]
    if words[0] or "terminated" in words:
        told["status"] = "left" if words[0] == "inactive" or "terminated" in words else "active"
    if "department" in fields:
        name = text(fields, "department")
        told["departments"] = [name] if name else []
    told |= {field: day(fields[name]) for field, name in _DATES if name in fields}
    if (told.get("ends_at") or "9") < (told.get("starts_at") or ""):
        told["ends_at"] = None  # The end of an earlier employment: who was hired again is here.
    own = {name: value for name in _OWN if (value := text(fields, name))}
    return told | ({"attributes": own} if own else {})


class BambooHrApi:
    """The calls of one company's API; the key is the user's name, and any password will do."""

    def __init__(self, api: HrApi, base: str, api_key: Secret) -> None:
        self._api = api
        self._base = f"{base}/api/v1"
        self._credentials = Secret(base64.b64encode(f"{api_key.reveal()}:x".encode()).decode())

    def employee(self, employee: str) -> dict[str, Any] | None:
        """An employee's fields; None where there is none."""
        action, url = "bamboohr:employees", f"{self._base}/employees/{quote(employee, safe='')}"
        headers = {"Authorization": f"Basic {self._credentials.reveal()}"}
        told = self._api.ask(HrCall(action, "GET", url, {"fields": ",".join(FIELDS)}, headers))
        if told.status == 404:
            return None
        if told.status != 200:
            raise refused(action, told.status)
        return told.members


def endpoint(company: str) -> str:
    """Where a company's API is."""
    return f"https://{company}.bamboohr.com"
