"""Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): sign a message, and verify one.

    webhook-id: msg_2KWPBgLlAfxdpx2AI54pPJ85f4W
    webhook-timestamp: 1674087231
    webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1,...

The signed content is `<id>.<timestamp>.<body>`. An id may hold dots all the same: read with the dots elsewhere, the
content has a body that starts with digits and a dot, which no JSON object does.
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
"""Seconds for which a timestamp is good, either way."""

_SECONDS = re.compile(r"\d{1,12}", re.ASCII)


def sign(secret: Secret, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a message. The secret is `whsec_` and base64; raises ValueError where it is not."""
    return _signature(secret, f"{message_id}.{timestamp}.".encode() + body)


def verify(body: bytes, headers: Mapping[str, str], secrets: Iterable[Secret], now: float) -> str:
    """The `webhook-id` of a message that one of the secrets has signed in the last or next 5 minutes.

    `headers` have lower-case names; `body` is as it was sent; `now` in seconds since the epoch. Raises Rejected
    `unauthorized` for everything else, always in the same words, so that nobody learns which check failed.
    """
    message_id, timestamp, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    fresh = bool(_SECONDS.fullmatch(timestamp)) and abs(now - int(timestamp)) <= TOLERANCE
    if not (message_id and fresh and _any_signed(body, f"{message_id}.{timestamp}.", given, secrets)):
        raise Rejected("unauthorized")
    return message_id


def signer(body: bytes, headers: Mapping[str, str], secrets: Iterable[tuple[str, Secret]], now: float) -> str:
    """The name of the caller whose secret signed the message; as `verify`, for secrets with their callers' names."""
    rows = tuple(secrets)
    verify(body, headers, [secret for _, secret in rows], now)
    return next(name for name, secret in rows if _signs(body, headers, secret))


def _signs(body: bytes, headers: Mapping[str, str], secret: Secret) -> bool:
    message_id, timestamp, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    return _any_signed(body, f"{message_id}.{timestamp}.", given, (secret,))


def _any_signed(body: bytes, prefix: str, given: str, secrets: Iterable[Secret]) -> bool:
    # What no header can hold gets through as bytes that match nothing. Every pair is compared: how long it takes does
    # not tell how far it came.
    content = prefix.encode("utf-8", "surrogatepass") + body
    signatures = [word.encode("utf-8", "surrogatepass") for word in given.split(" ") if word.startswith("v1,")]
    expected = [_signature(secret, content).encode() for secret in secrets]
    return sum(hmac.compare_digest(one, other) for one in expected for other in signatures) > 0


def _signature(secret: Secret, content: bytes) -> str:
    key = base64.b64decode(secret.reveal().removeprefix("whsec_"), validate=True)
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
