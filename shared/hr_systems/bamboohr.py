"""BambooHR: reads an employee's data from an event and from the API
(https://documentation.bamboohr.com/reference/get-employee).

A webhook holds the fields that were chosen in BambooHR. Where it holds none, the employee is looked up with the API
key; without a key, only events with fields and deletions can be read.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from shared.event_sources.hr.received import HrEvent
from shared.hr_systems.hr_api import HrApi, HrCall, refused
from shared.hr_systems.person_fields import day, missing, person_event, present_texts, text
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
    """Reads events; `api` is None where no key for look-ups is set."""

    def __init__(self, api: BambooHrApi | None) -> None:
        self._api = api

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """The person's event; None where the employee was deleted. Raises Rejected `details_missing`, Unavailable,
        `hr_refused`.
        """
        row: dict[str, Any] = event.data["employees"][0]
        if row["action"] == "deleted":
            return person_event(event, received, row["id"], {"status": "left"})
        fields: dict[str, Any] | None = row.get("fields")
        if not fields:
            if self._api is None:
                raise missing("IM_ACCESS_BAMBOOHR_COMPANY with IM_ACCESS_BAMBOOHR_API_KEY")
            fields = self._api.employee(row["id"])
        return None if fields is None else person_event(event, received, row["id"], common_fields(fields))


def common_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """BambooHR's fields as fields of the common form. A date of zeros counts as no date."""
    person = present_texts(fields, _TEXTS)
    words = [(text(fields, name) or "").lower() for name in ("status", "employmentHistoryStatus", "employmentStatus")]
    if words[0] or "terminated" in words:
        person["status"] = "left" if words[0] == "inactive" or "terminated" in words else "active"
    if "department" in fields:
        name = text(fields, "department")
        person["departments"] = [name] if name else []
    person |= {field: day(fields[name]) for field, name in _DATES if name in fields}
    if (person.get("ends_at") or "9") < (person.get("starts_at") or ""):
        person["ends_at"] = None  # The end of an earlier employment: the person was hired again.
    own = {name: value for name in _OWN if (value := text(fields, name))}
    return person | ({"attributes": own} if own else {})


class BambooHrApi:
    """One company's API. The key is sent as the user name of Basic authentication; the password does not matter."""

    def __init__(self, api: HrApi, base: str, api_key: Secret) -> None:
        self._api = api
        self._base = f"{base}/api/v1"
        self._credentials = Secret(base64.b64encode(f"{api_key.reveal()}:x".encode()).decode())

    def employee(self, employee: str) -> dict[str, Any] | None:
        """An employee's fields; None where the employee does not exist."""
        action, url = "bamboohr:employees", f"{self._base}/employees/{quote(employee, safe='')}"
        headers = {"Authorization": f"Basic {self._credentials.reveal()}"}
        answer = self._api.ask(HrCall(action, "GET", url, {"fields": ",".join(FIELDS)}, headers))
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise refused(action, answer.status)
        return answer.members


def endpoint(company: str) -> str:
    """The address of a company's API."""
    return f"https://{company}.bamboohr.com"
