"""Parsers of the settings with webhook secrets: those of callers, and the one that signs notifications.

Errors say what is wrong, never the value.
"""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

from shared.secret import Secret


class CallerSecret(NamedTuple):
    """A secret of an HTTP caller, and the caller's name. All secrets without a name ("") belong to one caller."""

    name: str
    secret: Secret


def webhook_secret(value: str) -> Secret:
    """A secret of Standard Webhooks."""
    if not value.startswith("whsec_") or not 24 <= len(key_of(value)) <= 64:
        raise ValueError("is no whsec_ followed by the base64 of 24 to 64 bytes")
    return Secret(value)


def key_of(secret: str) -> bytes:
    """The key bytes of a `whsec_…`, because two texts can encode the same key. Empty where it is no base64."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return b""


def caller_secret(word: str) -> CallerSecret:
    """Parse `whsec_…` or `name=whsec_…`. A key whose bytes are all equal is refused: it is a placeholder and easy to
    guess.
    """
    name, separator, value = word.partition("=")
    if word.startswith("whsec_") or not separator:
        name, value = "", word
    elif not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name, re.ASCII):
        raise ValueError(
            "is a list with a caller's name of other than 1 to 64 letters, digits, dots, underscores and hyphens"
        )
    secret = webhook_secret(value)
    if len(set(key_of(value))) == 1:
        raise ValueError("is a list with a secret of which all bytes are equal")
    return CallerSecret(name, secret)


def caller_secrets(value: str) -> tuple[CallerSecret, ...]:
    """The secrets of all callers, separated by spaces. No secret may have two names."""
    rows = tuple(dict.fromkeys(caller_secret(word) for word in value.split()))
    if len({key_of(row.secret.reveal()) for row in rows}) < len(rows):
        raise ValueError("is a list that gives one secret to two names")
    return rows
