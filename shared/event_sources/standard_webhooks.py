"""Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): sign a message, and verify one.

    webhook-id: msg_2KWPBgLlAfxdpx2AI54pPJ85f4W
    webhook-timestamp: 1674087231
    webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1,...

The signed content is `<id>.<timestamp>.<body>`. An id may hold dots. That is safe: split at another dot, the body would
begin with digits and a dot, which no JSON object does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

from shared.errors import Rejected
from shared.secret import Secret

TOLERANCE = 300
"""Seconds by which a timestamp may lie in the past or in the future."""

_SECONDS = re.compile(r"\d{1,12}", re.ASCII)


def sign(secret: Secret, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a message. The secret is `whsec_` and base64; raises ValueError otherwise."""
    return _signature(secret, f"{message_id}.{timestamp}.".encode() + body)


def verify(body: bytes, headers: Mapping[str, str], secrets: Iterable[Secret], now: float) -> str:
    """The `webhook-id` of a message that was signed with one of the secrets, at most 5 minutes ago or ahead.

    `headers` have lower-case names; `body` is as it was sent; `now` is in seconds since the epoch. Raises Rejected
    `unauthorized` in every other case, always with the same text, so that it does not show which check failed.
    """
    message_id, timestamp, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    fresh = bool(_SECONDS.fullmatch(timestamp)) and abs(now - int(timestamp)) <= TOLERANCE
    if not (message_id and fresh and _any_signed(body, f"{message_id}.{timestamp}.", given, secrets)):
        raise Rejected("unauthorized")
    return message_id


def signer(body: bytes, headers: Mapping[str, str], secrets: Iterable[tuple[str, Secret]], now: float) -> str:
    """The name of the caller whose secret signed the message. Raises as `verify`."""
    rows = tuple(secrets)
    verify(body, headers, [secret for _, secret in rows], now)
    return next(name for name, secret in rows if _signs(body, headers, secret))


def _signs(body: bytes, headers: Mapping[str, str], secret: Secret) -> bool:
    message_id, timestamp, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    return _any_signed(body, f"{message_id}.{timestamp}.", given, (secret,))


def _any_signed(body: bytes, prefix: str, given: str, secrets: Iterable[Secret]) -> bool:
    # Characters that no header can hold become bytes that match nothing. Every pair is compared, so that the time does
    # not show which one was close.
    content = prefix.encode("utf-8", "surrogatepass") + body
    signatures = [word.encode("utf-8", "surrogatepass") for word in given.split(" ") if word.startswith("v1,")]
    expected = [_signature(secret, content).encode() for secret in secrets]
    return sum(hmac.compare_digest(one, other) for one in expected for other in signatures) > 0


def _signature(secret: Secret, content: bytes) -> str:
    key = base64.b64decode(secret.reveal().removeprefix("whsec_"), validate=True)
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
