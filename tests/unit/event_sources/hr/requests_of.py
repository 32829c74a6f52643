"""Requests as HR systems send them, for the tests of their adapters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local.hr import crypto
from shared.event_sources.hr.received import Incoming
from shared.secret import Secret

NOW = 1_790_000_000.0
VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text())
KEY = VECTORS["wecom"]["aes_key"]
RANDOM = b"0123456789abcdef"


def secret(text: str) -> Secret:
    """A setting's value."""
    return Secret(text)


def feishu(plain: bytes, **changed: Any) -> Incoming:  # noqa: ANN401 - headers and body
    """An event of Feishu: encrypted and signed, with other headers or another body where they are given."""
    text = crypto.feishu_encrypt("kudryavka", RANDOM, plain)
    return feishu_body(changed.get("body", json.dumps({"encrypt": text}).encode()), **changed.get("headers", {}))


def feishu_body(body: bytes, **headers: str) -> Incoming:
    """A body of Feishu's, signed."""
    signature = crypto.feishu_signature("1700000000", "n0nce", "kudryavka", body)
    names = {"timestamp": "x-lark-request-timestamp", "nonce": "x-lark-request-nonce", "signature": "x-lark-signature"}
    given = {"timestamp": "1700000000", "nonce": "n0nce", "signature": signature, **headers}
    return Incoming("POST", {names[name]: value for name, value in given.items()}, {}, body, NOW)


def wecom(plain: bytes, owner: str = "ww0123456789abcdef", sealed: str = "", **query: str) -> Incoming:
    """An event of WeCom."""
    text = sealed or crypto.callback_encrypt(KEY, RANDOM, plain, owner)
    given = {"timestamp": "1700000000", "nonce": "263014780"}
    given["msg_signature"] = crypto.callback_signature("imaccess", given["timestamp"], given["nonce"], text)
    outer = f"<ToUserName><![CDATA[{owner}]]></ToUserName><AgentID>1</AgentID><Encrypt><![CDATA[{text}]]></Encrypt>"
    body = f"<xml>{outer}</xml>"
    return Incoming("POST", {}, given | query, body.encode(), NOW)


def change(**fields: str) -> bytes:
    """A change of the contacts as WeCom spells it, before encryption."""
    head = {"ToUserName": "ww0123456789abcdef", "FromUserName": "sys", "CreateTime": "1700000000", "MsgType": "event"}
    rows = {**head, "Event": "change_contact", **fields}
    return (
        "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in rows.items()) + "</xml>"
    ).encode()


def dingtalk(plain: bytes, owner: str = "dingappkey0001", sealed: str = "", **query: str) -> Incoming:
    """An event of DingTalk."""
    text = sealed or crypto.callback_encrypt(KEY, RANDOM, plain, owner)
    given = {"timestamp": "1700000000000", "nonce": "WL4PK6yA"}
    given |= query
    given.setdefault("signature", crypto.callback_signature("imaccess", given["timestamp"], given["nonce"], text))
    return Incoming("POST", {}, given, json.dumps({"encrypt": text}).encode(), NOW)


def bamboohr(body: bytes, timestamp: str = "1700000000", key: str = "bamboo-private-key", **headers: str) -> Incoming:
    """A webhook of BambooHR."""
    given = {"x-bamboohr-timestamp": timestamp, "x-bamboohr-signature": crypto.bamboohr_signature(key, body, timestamp)}
    return Incoming("POST", given | headers, {}, body, NOW)
