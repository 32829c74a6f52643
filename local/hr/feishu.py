"""A simulated Feishu: encrypted events about contacts, and the few API calls that return people.

https://open.feishu.cn/document/server-docs/contact-v3
"""

import json
import secrets
import time
import uuid
from typing import Any

from local.hr import crypto
from local.hr.records import Answer, Employee, Push, Records, Request

TYPES = {"regular": 1, "intern": 2, "outsourced": 3, "contractor": 4, "consultant": 5}
INTERVALS = (15.0, 300.0, 3600.0, 21600.0)
"""Seconds before each of the four further tries."""
LIMIT = 3.0


class Feishu:
    """One app of one tenant."""

    name, intervals, limit = "feishu", INTERVALS, LIMIT

    def __init__(self) -> None:
        self.records = Records()
        self.encrypt_key, self.verification_token = secrets.token_urlsafe(18), secrets.token_urlsafe(18)
        self.app_id, self.app_secret = f"cli_{secrets.token_hex(8)}", secrets.token_urlsafe(18)

    def settings(self, base: str) -> dict[str, str]:
        """The functions' settings for this system, whose API is at `base`."""
        return {
            "IM_ACCESS_FEISHU_ENCRYPT_KEY": self.encrypt_key,
            "IM_ACCESS_FEISHU_VERIFICATION_TOKEN": self.verification_token,
            "IM_ACCESS_FEISHU_APP_ID": self.app_id,
            "IM_ACCESS_FEISHU_APP_SECRET": self.app_secret,
            "IM_ACCESS_FEISHU_ENDPOINT": base,
        }

    def joined(self, employee: Employee) -> Push:
        """The event of a new employee."""
        return self.event("contact.user.created_v3", {"object": self.user(employee)})

    def changed(self, employee: Employee, before: Employee) -> Push:
        """The event of a change: the employee now, and the old values of the fields that changed."""
        now, old = self.user(employee), self.user(before)
        different = {name: old[name] for name in old if old[name] != now.get(name)}
        return self.event("contact.user.updated_v3", {"object": now, "old_object": different})

    def left(self, employee: Employee) -> Push:
        """The event of a leaver; the departments are only in `old_object`."""
        user = self.user(employee)
        old = {"department_ids": user.pop("department_ids"), "open_id": user["open_id"]}
        user["status"] = {"is_resigned": True}
        return self.event("contact.user.deleted_v3", {"object": user, "old_object": old})

    def event(self, kind: str, content: dict[str, Any], identity: str = "", at: float | None = None) -> Push:
        """Any event, encrypted and signed."""
        header = {
            "event_id": identity or uuid.uuid4().hex,
            "event_type": kind,
            "create_time": str(int((time.time() if at is None else at) * 1000)),
            "token": self.verification_token,
            "app_id": self.app_id,
            "tenant_key": "local",
        }
        return self.push({"schema": "2.0", "header": header, "event": content})

    def push(self, body: dict[str, Any]) -> Push:
        """A body, which is encrypted anew at each try."""
        return self.encrypted(json.dumps(body, ensure_ascii=False).encode())

    def encrypted(self, plain: bytes) -> Push:
        """A text, encrypted and signed."""
        text = crypto.feishu_encrypt(self.encrypt_key, secrets.token_bytes(16), plain)
        raw, stamp, nonce = json.dumps({"encrypt": text}).encode(), str(int(time.time())), secrets.token_hex(8)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Lark-Request-Timestamp": stamp,
            "X-Lark-Request-Nonce": nonce,
            "X-Lark-Signature": crypto.feishu_signature(stamp, nonce, self.encrypt_key, raw),
        }
        return Push(raw, headers)

    def user(self, employee: Employee) -> dict[str, Any]:
        """An employee as the contacts API returns it."""
        return {
            "open_id": f"ou_{employee.id}",
            "union_id": f"on_{employee.id}",
            "user_id": employee.id,
            "name": employee.name,
            "enterprise_email": employee.email,
            "mobile": employee.phone,
            "department_ids": [f"od-{self.records.number(name)}" for name in employee.departments],
            "job_title": employee.title,
            "employee_type": TYPES.get(employee.kind, 1),
            "status": {"is_frozen": employee.state == "frozen", "is_resigned": employee.state == "left"},
        }

    def answer(self, request: Request) -> Answer:
        """Answer a call of the API: status and JSON."""
        path = request.path.removeprefix("/open-apis")
        if path == "/auth/v3/tenant_access_token/internal":
            known = (request.body.get("app_id"), request.body.get("app_secret")) == (self.app_id, self.app_secret)
            body = {"code": 0, "msg": "ok", "tenant_access_token": self.records.token(), "expire": 7200}
            return (200, body) if known else (400, {"code": 10014, "msg": "app secret invalid"})
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.records.tokens:
            return 400, {"code": 99991663, "msg": "Invalid access token for authorization."}
        family, _, name = path.removeprefix("/contact/v3/").partition("/")
        if family == "users":
            return self._user(request.query.get("user_id_type", "open_id"), name)
        if family == "departments":
            known_as = self.records.department(name.removeprefix("od-"))
            found = {"code": 0, "data": {"department": {"open_department_id": name, "name": known_as}}}
            return (200, found) if known_as else (400, {"code": 43007, "msg": "department not found"})
        if path == "/corehr/v1/common_data/id/convert":
            items = [{"id": one, "target_id": one.removeprefix("employment-")} for one in request.body.get("ids", [])]
            return 200, {"code": 0, "data": {"items": items}}
        return 404, {"code": 404, "msg": "no such call here"}

    def _user(self, kind: str, name: str) -> Answer:
        rows = [self.user(one) for one in self.records.employees.values()]
        found = [row for row in rows if row.get(kind) == name]
        return (200, {"code": 0, "data": {"user": found[0]}}) if found else (400, {"code": 41012, "msg": "invalid id"})
