"""A simulated BambooHR: signed webhooks without values, and the API call that returns employees.

https://documentation.bamboohr.com/docs/event-based-webhooks
"""

import base64
import json
import secrets
import time
from datetime import datetime, timezone
from typing import Any

from local.hr import crypto
from local.hr.records import Answer, Employee, Push, Records, Request

INTERVALS = (300.0, 600.0, 1200.0, 2400.0, 4800.0)
"""Seconds before each of the five further tries; after a 4xx there is none."""
LIMIT = 10.0


class BambooHr:
    """One company with one webhook."""

    name, intervals, limit = "bamboohr", INTERVALS, LIMIT

    def __init__(self) -> None:
        self.records = Records()
        self.private_key, self.api_key, self.company = secrets.token_hex(16), secrets.token_hex(20), "local"

    def settings(self, base: str) -> dict[str, str]:
        """The functions' settings for this system, whose API is at `base`."""
        return {
            "IM_ACCESS_BAMBOOHR_KEYS": self.private_key,
            "IM_ACCESS_BAMBOOHR_COMPANY": self.company,
            "IM_ACCESS_BAMBOOHR_API_KEY": self.api_key,
            "IM_ACCESS_BAMBOOHR_ENDPOINT": base,
        }

    def joined(self, employee: Employee) -> Push:
        """The event of a new employee."""
        return self.event("created", employee.id, ["workEmail"])

    def changed(self, employee: Employee, before: Employee) -> Push:
        """The event of a change: it names the fields that changed, not their values."""
        now, old = self.fields(employee), self.fields(before)
        return self.event("updated", employee.id, [name for name in now if now[name] != old[name]])

    def left(self, employee: Employee) -> Push:
        """The event of a leaver. BambooHR has no special event for it: the status is updated."""
        return self.event("updated", employee.id, ["status", "employmentHistoryStatus"])

    def event(self, action: str, employee: str, changed: list[str], at: float | None = None) -> Push:
        """Any event, signed."""
        moment = datetime.fromtimestamp(time.time() if at is None else at, timezone.utc)
        data = {"companyId": self.company, "employeeId": employee, "changedFields": changed}
        event = {"type": f"employee.{action}", "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S+0000"), "data": data}
        return self.push(json.dumps(event).encode())

    def push(self, body: bytes) -> Push:
        """A body, signed."""
        stamp = str(int(time.time()))
        signature = crypto.bamboohr_signature(self.private_key, body, stamp)
        headers = {"X-BambooHR-Timestamp": stamp, "X-BambooHR-Signature": signature}
        return Push(body, {"Content-Type": "application/json", **headers})

    def fields(self, employee: Employee) -> dict[str, Any]:
        """An employee's fields by BambooHR's names; a missing date is `0000-00-00`."""
        left = employee.state == "left"
        return {
            "id": employee.id,
            "displayName": employee.name,
            "workEmail": employee.email,
            "mobilePhone": employee.phone,
            "department": employee.departments[0] if employee.departments else None,
            "jobTitle": employee.title,
            "status": "Inactive" if left else "Active",
            "employmentHistoryStatus": "Terminated" if left else "Full-Time",
            "terminationDate": employee.leaves or "0000-00-00",
        }

    def answer(self, request: Request) -> Answer:
        """Answer a call of the API: status and JSON."""
        wanted = base64.b64encode(f"{self.api_key}:x".encode()).decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            return 401, {}
        found = self.records.employees.get(request.path.rpartition("/")[2])
        return (200, self.fields(found)) if found else (404, {})
