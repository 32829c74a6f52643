"""DingTalk: events pushed over HTTP (https://open.dingtalk.com/document/development/http-callback-overview).

    POST ?signature=&timestamp=<milliseconds>&nonce=    {"encrypt": "<base64>"}

Every push has to be answered with the encrypted text `success`, even one that is ignored here. Otherwise it comes
again, twice within 40 seconds, and counts as failed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from shared.errors import Rejected
from shared.event_sources.hr.callback_crypto import CallbackCrypto
from shared.event_sources.hr.received import (
    HrEvent,
    Incoming,
    Received,
    Reply,
    decoded,
    digest,
    json_reply,
    seconds,
    unreadable,
    word,
)
from shared.secret import Secret

SOURCE = "dingtalk"
PERSONS = (
    "user_add_org", "user_modify_org", "user_leave_org", "label_user_change", "hrm_mdm_user_change",
    "hrm_user_record_change",
)  # fmt: skip
"""The types of events about persons; all others are answered and ignored."""
_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)


class DingTalk:
    """An app's Token and aes_key, and the accepted owners: its AppKey and its corporation."""

    def __init__(
        self,
        token: Secret,
        aes_key: Secret,
        owners: tuple[str, ...],
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._crypto = CallbackCrypto(token, aes_key)
        self._owners = owners
        self._random = random

    def receive(self, incoming: Incoming) -> Received:
        """Verify and read a request. Raises Rejected `unauthorized`."""
        query = incoming.query
        signature, timestamp = word(query, "signature", "msg_signature"), word(query, "timestamp", "timeStamp")
        encrypted = (decoded(incoming.body) or {}).get("encrypt")
        if not isinstance(encrypted, str) or not _MILLISECONDS.fullmatch(timestamp):
            raise Rejected("unauthorized")
        opened = self._crypto.open(signature, timestamp, query.get("nonce", ""), encrypted, self._owners)
        reply = self.success(str(int(incoming.now * 1000)), self._random(8).hex(), opened.owner)
        body = decoded(opened.text)
        if body is None:
            return unreadable(opened.text, "malformed_json", "The decrypted event is no JSON object", reply)
        return _read({name.lower(): value for name, value in body.items()}, opened.text, reply)

    def success(self, timestamp: str, nonce: str, owner: str) -> Reply:
        """The answer that DingTalk requires."""
        sealed = self._crypto.seal(self._random(16), b"success", owner)
        signature = self._crypto.sign(timestamp, nonce, sealed)
        return json_reply({"msg_signature": signature, "timeStamp": timestamp, "nonce": nonce, "encrypt": sealed})


def _read(body: dict[str, Any], text: bytes, reply: Reply) -> Received:
    kind = word(body, "eventtype")
    if not kind:
        return unreadable(text, "invalid_event", "The event has no EventType", reply)
    if kind not in PERSONS:
        return Received(reply)
    users = user_ids(body)
    if not users:
        return unreadable(text, "invalid_event", "The event names nobody", reply)
    stamp = word(body, "timestamp", "eventtime")
    identity = word(body, "eventid")
    event_id = digest(identity) if identity else digest(kind, word(body, "corpid"), stamp, *sorted(users))
    at = seconds(word(body, "eventtime"), 1000) or seconds(stamp, 1000)
    return Received(reply, HrEvent(SOURCE, event_id, kind, at, body))


def user_ids(body: Mapping[str, Any]) -> list[str]:
    """The ids of the persons of an event, each once. The keys of `body` are in lower case."""
    given = body.get("userid") or body.get("useridlist") or body.get("staffid")
    listed = given if isinstance(given, list) else [given]
    return list(dict.fromkeys(name for name in (word({"": one}, "") for one in listed) if name))
