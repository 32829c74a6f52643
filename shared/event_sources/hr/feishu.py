"""Feishu and Lark: events of the contacts and of CoreHR
(https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case).

    POST {"encrypt": "<base64>"}      X-Lark-Signature: hex SHA-256 of timestamp, nonce, Encrypt Key and body

Without an Encrypt Key, Feishu signs nothing. So a key is required, and a body that is not encrypted is refused. Only
the challenge comes without a signature; the Verification Token inside proves it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from shared.errors import Rejected
from shared.event_sources.hr.aes_cbc import BLOCK, decrypt
from shared.event_sources.hr.received import (
    HrEvent,
    Incoming,
    Received,
    decoded,
    digest,
    json_reply,
    seconds,
    unreadable,
    word,
)
from shared.secret import Secret

SOURCE = "feishu"
PERSONS = (
    "contact.user.created_v3", "contact.user.updated_v3", "contact.user.deleted_v3", "corehr.employee.domain_event_v2",
    "corehr.offboarding.status_updated_v2", "corehr.employment.resigned_v1", "corehr.job_data.employed_v1",
    "corehr.job_data.changed_v1", "corehr.job_change.status_updated_v2",
)  # fmt: skip
"""The types of events about a person; all others are answered and ignored."""
_CHALLENGE = "url_verification"
_LONGEST_CHALLENGE = 4096
"""The most bytes of a body that is decrypted without a signature."""
_TAKEN = json_reply({})


class Feishu:
    """An app's Encrypt Key and Verification Token."""

    def __init__(self, encrypt_key: Secret, verification_token: Secret) -> None:
        self._encrypt_key = encrypt_key
        self._token = verification_token

    def receive(self, incoming: Incoming) -> Received:
        """Verify and read a request. Raises Rejected `unauthorized`."""
        signed = self._is_signed(incoming)
        if not signed and len(incoming.body) > _LONGEST_CHALLENGE:
            raise Rejected("unauthorized")
        plain = self._decrypted(incoming.body)
        body = decoded(plain)
        if body is None:
            if not signed:
                raise Rejected("unauthorized")
            return unreadable(
                _without(plain, self._token), "malformed_json", "The decrypted event is no JSON object", _TAKEN
            )
        if body.get("type") == _CHALLENGE and "schema" not in body:
            self._check_token(body.get("token"))
            return Received(json_reply({"challenge": word(body, "challenge")}))
        if not signed:
            raise Rejected("unauthorized")
        return self._event(body, plain)

    def _is_signed(self, incoming: Incoming) -> bool:
        names = ("x-lark-request-timestamp", "x-lark-request-nonce", "x-lark-signature")
        timestamp, nonce, signature = (incoming.headers.get(name, "") for name in names)
        words = (timestamp + nonce + self._encrypt_key.reveal()).encode("utf-8", "surrogatepass")
        expected = hashlib.sha256(words + incoming.body).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass"))

    def _decrypted(self, body: bytes) -> bytes:
        outer = decoded(body) or {}
        try:
            data = base64.b64decode(outer.get("encrypt", b""), validate=True)
            key = hashlib.sha256(self._encrypt_key.reveal().encode()).digest()
            return decrypt(key, data[:BLOCK], data[BLOCK:], BLOCK)
        except (TypeError, ValueError):
            raise Rejected("unauthorized") from None

    def _check_token(self, given: object) -> None:
        text = given if isinstance(given, str) else ""
        if not hmac.compare_digest(text.encode("utf-8", "surrogatepass"), self._token.reveal().encode()):
            raise Rejected("unauthorized")

    def _event(self, body: dict[str, Any], plain: bytes) -> Received:
        header, content = body.get("header"), body.get("event")
        header = header if isinstance(header, dict) else {}
        self._check_token(header.pop("token", None) if header else body.pop("token", None))
        content = content if isinstance(content, dict) else {}
        kind = word(header, "event_type") or word(content, "type")
        identity = word(header, "event_id") or word(body, "uuid")
        if not kind or not identity:
            return unreadable(_without(plain, self._token), "invalid_event", "The event has no type or no id", _TAKEN)
        if kind not in PERSONS:
            return Received(_TAKEN)
        created = seconds(word(header, "create_time"), 1000) or seconds(word(body, "ts").partition(".")[0])
        return Received(_TAKEN, HrEvent(SOURCE, digest(identity), kind, created, content))


def _without(plain: bytes, token: Secret) -> bytes:
    return plain.replace(token.reveal().encode(), b"***")
