"""WeCom: reads changes of the contacts (https://developer.work.weixin.qq.com/document/path/96302).

    GET  ?msg_signature=&timestamp=&nonce=&echostr=    the check: the decrypted text is the answer
    POST ?msg_signature=&timestamp=&nonce=             <xml><ToUserName/><AgentID/><Encrypt/></xml>

Events have no id: they are identified by their content, which includes the second of their creation.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from shared.errors import Rejected
from shared.event_sources.hr.callback_crypto import CallbackCrypto, Opened
from shared.event_sources.hr.received import HrEvent, Incoming, Received, Reply, digest, seconds, unreadable
from shared.event_sources.hr.xml_values import elements, only, texts
from shared.secret import Secret

SOURCE = "wecom"
PERSONS = ("create_user", "update_user", "delete_user")
"""The changes of persons. Changes of departments and tags are ignored."""


class WeCom:
    """A callback's Token and EncodingAESKey, and the only accepted corporation."""

    def __init__(self, token: Secret, aes_key: Secret, corp_id: str) -> None:
        self._crypto = CallbackCrypto(token, aes_key)
        self._corp_id = corp_id

    def check(self, incoming: Incoming) -> Reply:
        """The answer to the check of the callback address. Raises Rejected `unauthorized`."""
        # A plus sign that was not encoded has become a space.
        echo = incoming.query.get("echostr", "").replace(" ", "+")
        return Reply(self._open(incoming, echo).text.decode("utf-8", "replace"))

    def receive(self, incoming: Incoming) -> Received:
        """Verify and read a request. Raises Rejected `unauthorized`."""
        try:
            encrypted = only(elements(incoming.body), "Encrypt")
        except ValueError:
            raise Rejected("unauthorized") from None
        text = self._open(incoming, encrypted).text
        try:
            return _read(elements(text))
        except ValueError as error:
            return unreadable(text, "invalid_event", f"The decrypted event cannot be read: {error}")

    def _open(self, incoming: Incoming, encrypted: str) -> Opened:
        signature, timestamp, nonce = (incoming.query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        return self._crypto.open(signature, timestamp, nonce, encrypted, (self._corp_id,))


def _read(root: Element) -> Received:
    """Raises ValueError."""
    values = texts(root)
    kind = values.get("ChangeType", "")
    if values.get("Event") != "change_contact" or kind not in PERSONS:
        return Received(Reply())
    if not values.get("UserID"):
        raise ValueError("no UserID")
    data: dict[str, Any] = {**values, "ExtAttr": _attributes(root)} if root.find("ExtAttr") is not None else {**values}
    created = seconds(values.get("CreateTime"))
    return Received(Reply(), HrEvent(SOURCE, digest(*sorted(data.items())), kind, created, data))


def _attributes(root: Element) -> dict[str, str]:
    """The corporation's custom fields, by name: `<Item><Name/><Type/><Text><Value/></Text></Item>`."""
    found = {}
    for item in root.iterfind("ExtAttr/Item"):
        name = (item.findtext("Name") or "").strip()
        value = item.findtext("Text/Value") or item.findtext("Text") or item.findtext("Web/Title") or ""
        if name:
            found[name] = value.strip()
    return found
