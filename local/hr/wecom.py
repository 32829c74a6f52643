"""A simulated WeCom: encrypted changes of contacts, and the few API calls that return members.

https://developer.work.weixin.qq.com/document/path/96302
"""

import secrets
import time
from typing import Any
from xml.sax.saxutils import escape

from local.hr import crypto
from local.hr.records import Answer, Employee, Push, Records, Request

INTERVALS = (1.0, 1.0)
"""Seconds before each of the two further tries."""
LIMIT = 5.0
STATES = {"active": "1", "frozen": "2", "left": "5"}


def key() -> str:
    """An EncodingAESKey: 43 letters and digits."""
    return "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") for _ in range(43))


class WeCom:
    """One app of one corporation."""

    name, intervals, limit = "wecom", INTERVALS, LIMIT

    def __init__(self) -> None:
        self.records = Records()
        self.token, self.aes_key = secrets.token_hex(8), key()
        self.corp_id, self.secret = f"ww{secrets.token_hex(8)}", secrets.token_urlsafe(18)

    def settings(self, base: str) -> dict[str, str]:
        """The functions' settings for this system, whose API is at `base`."""
        return {
            "IM_ACCESS_WECOM_TOKEN": self.token,
            "IM_ACCESS_WECOM_AES_KEY": self.aes_key,
            "IM_ACCESS_WECOM_CORP_ID": self.corp_id,
            "IM_ACCESS_WECOM_SECRET": self.secret,
            "IM_ACCESS_WECOM_ENDPOINT": base,
        }

    def joined(self, employee: Employee) -> Push:
        """The event of a new employee. Since 2022 it contains only the id and the departments."""
        return self.change("create_user", UserID=employee.id, Department=self._departments(employee))

    def changed(self, employee: Employee, before: Employee) -> Push:
        """The event of a change: id, departments, and the status if it changed."""
        fields = {"UserID": employee.id, "Department": self._departments(employee)}
        if employee.state != before.state:
            fields["Status"] = STATES[employee.state]
        return self.change("update_user", None, **fields)

    def left(self, employee: Employee) -> Push:
        """The event of a leaver, which contains only the id."""
        return self.change("delete_user", UserID=employee.id)

    def change(self, kind: str, at: float | None = None, **fields: str) -> Push:
        """Any change of the contacts, encrypted and signed."""
        head = {
            "ToUserName": self.corp_id,
            "FromUserName": "sys",
            "CreateTime": str(int(time.time() if at is None else at)),
            "MsgType": "event",
            "Event": "change_contact",
            "ChangeType": kind,
        }
        rows = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in {**head, **fields}.items())
        return self.push(f"<xml>{rows}</xml>".encode())

    def push(self, plain: bytes) -> Push:
        """A document, encrypted and signed."""
        text = crypto.callback_encrypt(self.aes_key, secrets.token_bytes(16), plain, self.corp_id)
        body = f"<xml><ToUserName>{self.corp_id}</ToUserName><AgentID>1</AgentID><Encrypt>{text}</Encrypt></xml>"
        return Push(body.encode(), {"Content-Type": "text/xml"}, self._signed(text))

    def check(self) -> tuple[dict[str, str], str]:
        """The query of the GET by which WeCom checks a callback address, and the text that it expects as the answer."""
        wanted = str(secrets.randbelow(10**18))
        text = crypto.callback_encrypt(self.aes_key, secrets.token_bytes(16), wanted.encode(), self.corp_id)
        return {**self._signed(text), "echostr": text}, wanted

    def _signed(self, text: str) -> dict[str, str]:
        stamp, nonce = str(int(time.time())), secrets.token_hex(5)
        signature = crypto.callback_signature(self.token, stamp, nonce, text)
        return {"msg_signature": signature, "timestamp": stamp, "nonce": nonce}

    def _departments(self, employee: Employee) -> str:
        return ",".join(self.records.number(name) for name in employee.departments)

    def member(self, employee: Employee) -> dict[str, Any]:
        """An employee as `user/get` returns it."""
        return {
            "userid": employee.id,
            "name": employee.name,
            "department": [int(self.records.number(name)) for name in employee.departments],
            "position": employee.title,
            "mobile": employee.phone,
            "biz_mail": employee.email,
            "email": "",
            "direct_leader": [],
            "status": int(STATES[employee.state]),
            "extattr": {
                "attrs": [{"type": 0, "name": name, "text": {"value": text}} for name, text in employee.more.items()]
            },
        }

    def answer(self, request: Request) -> Answer:
        """Answer a call of the API: status and JSON."""
        path = request.path.removeprefix("/cgi-bin")
        if path == "/gettoken":
            known = (request.query.get("corpid"), request.query.get("corpsecret")) == (self.corp_id, self.secret)
            body = {"errcode": 0, "errmsg": "ok", "access_token": self.records.token(), "expires_in": 7200}
            return 200, body if known else {"errcode": 40001, "errmsg": "invalid credential"}
        if request.query.get("access_token") not in self.records.tokens:
            return 200, {"errcode": 40014, "errmsg": "invalid access_token"}
        if path == "/user/get":
            by_name = {one.lower(): one for one in self.records.employees}
            found = self.records.present(by_name.get(request.query.get("userid", "").lower(), ""))
            return 200, {"errcode": 0, **self.member(found)} if found else {"errcode": 60111, "errmsg": "not found"}
        if path == "/department/get":
            number = request.query.get("id", "")
            name = self.records.department(number)
            department = {"id": int(number), "name": name} if name else {}
            return 200, {"errcode": 0, "department": department} if name else {"errcode": 60123, "errmsg": "no party"}
        return 404, {}
