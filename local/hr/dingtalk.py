"""A simulated DingTalk: encrypted events that contain only ids, and the few API calls that return people.

https://open.dingtalk.com/document/development/address-book-user-change
"""

import json
import secrets
import time
import uuid
from typing import Any

from local.hr import crypto
from local.hr.records import Answer, Employee, Push, Records, Request
from local.hr.wecom import key

INTERVALS = (10.0, 30.0)
"""Seconds before each of the two further tries."""
LIMIT = 1.5


class DingTalk:
    """One app of one corporation."""

    name, intervals, limit = "dingtalk", INTERVALS, LIMIT

    def __init__(self) -> None:
        self.records = Records()
        self.token, self.aes_key = secrets.token_hex(8), key()
        self.app_key, self.app_secret = f"ding{secrets.token_hex(8)}", secrets.token_urlsafe(18)

    def settings(self, base: str) -> dict[str, str]:
        """The functions' settings for this system, whose API is at `base`."""
        return {
            "IM_ACCESS_DINGTALK_TOKEN": self.token,
            "IM_ACCESS_DINGTALK_AES_KEY": self.aes_key,
            "IM_ACCESS_DINGTALK_APP_KEY": self.app_key,
            "IM_ACCESS_DINGTALK_APP_SECRET": self.app_secret,
            "IM_ACCESS_DINGTALK_ENDPOINT": base,
        }

    def joined(self, employee: Employee) -> Push:
        """The event of a new employee."""
        return self.event("user_add_org", userId=[employee.id])

    def changed(self, employee: Employee, before: Employee) -> Push:
        """The event of a change: the names before and after, no departments."""
        before_and_after = {"prev": {"name": before.name}, "curr": {"name": employee.name}}
        return self.event("user_modify_org", userId=[employee.id], diffInfo={"userid": employee.id, **before_and_after})

    def left(self, employee: Employee) -> Push:
        """The event of a leaver."""
        return self.event("user_leave_org", userId=[employee.id])

    def event(self, kind: str, at: float | None = None, **fields: Any) -> Push:  # noqa: ANN401 - JSON
        """Any event, encrypted and signed."""
        stamp = int((time.time() if at is None else at) * 1000)
        head = {"EventType": kind, "EventTime": stamp, "CorpId": "dinglocal", "eventId": uuid.uuid4().hex}
        return self.push({**head, "timeStamp": str(stamp), **fields})

    def push(self, body: dict[str, Any]) -> Push:
        """A body, encrypted and signed."""
        return self.encrypted(json.dumps(body, ensure_ascii=False).encode())

    def encrypted(self, plain: bytes) -> Push:
        """A text, encrypted and signed."""
        text = crypto.callback_encrypt(self.aes_key, secrets.token_bytes(16), plain, self.app_key)
        stamp, nonce = str(int(time.time() * 1000)), secrets.token_hex(4)
        query = {"timestamp": stamp, "nonce": nonce}
        query["signature"] = crypto.callback_signature(self.token, stamp, nonce, text)
        return Push(json.dumps({"encrypt": text}).encode(), {"Content-Type": "application/json"}, query)

    def takes(self, answer: bytes) -> bool:
        """Whether an answer is the encrypted `success`; any other answer counts as a failure."""
        try:
            callback = json.loads(answer)
            signed = crypto.callback_signature(
                self.token, callback["timeStamp"], callback["nonce"], callback["encrypt"]
            )
            opened = crypto.callback_decrypt(self.aes_key, callback["encrypt"])
        except (ValueError, KeyError, TypeError):
            return False
        return signed == callback["msg_signature"] and opened == (b"success", self.app_key)

    def user(self, employee: Employee) -> dict[str, Any]:
        """An employee as `user/get` returns it; some numbers and lists are texts there."""
        return {
            "userid": employee.id,
            "unionid": f"union-{employee.id}",
            "name": employee.name,
            "org_email": employee.email,
            "mobile": employee.phone,
            "title": employee.title,
            "dept_id_list": "[" + ",".join(self.records.number(name) for name in employee.departments) + "]",
            "active": "true",
            "extension": json.dumps(employee.more, ensure_ascii=False),
        }

    def answer(self, request: Request) -> Answer:
        """Answer a call of the old (`oapi`) or new API: status and JSON."""
        if request.path == "/v1.0/oauth2/accessToken":
            known = (request.body.get("appKey"), request.body.get("appSecret")) == (self.app_key, self.app_secret)
            body = {"accessToken": self.records.token(), "expireIn": 7200}
            return (200, body) if known else (400, {"code": "invalidClientIdOrSecret", "message": "no"})
        if request.query.get("access_token") not in self.records.tokens:
            return 200, {"errcode": 88, "sub_code": "40014", "errmsg": "invalid access_token"}
        if request.path == "/topapi/v2/user/get":
            found = self.records.present(str(request.body.get("userid")))
            body = {"errcode": 0, "result": self.user(found)} if found else {"errcode": 60121, "errmsg": "not found"}
            return 200, body
        if request.path == "/topapi/v2/department/get":
            name = self.records.department(str(request.body.get("dept_id")))
            return 200, {"errcode": 0, "result": {"name": name}} if name else {"errcode": 60003, "errmsg": "not found"}
        return 404, {}
