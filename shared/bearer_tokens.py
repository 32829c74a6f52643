"""Bearer tokens of SCIM clients (RFC 6750). The settings hold only their hashes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import NamedTuple

_HEADER = r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]{1,512}=*) *"
_SETTING = r"(?:([A-Za-z0-9._-]{1,64})=)?sha256:([0-9a-fA-F]{64})"


class BearerToken(NamedTuple):
    """The hash of a token, and the name of the client that has the token; "" for a token without a name."""

    name: str
    digest: str


def parse_tokens(value: str) -> tuple[BearerToken, ...]:
    """The setting: `name=sha256:<hex>` or `sha256:<hex>`, separated by spaces. Raises ValueError."""
    matches = [re.fullmatch(_SETTING, word, re.ASCII) for word in value.split()]
    rows = tuple(BearerToken(match[1] or "", match[2].lower()) for match in matches if match)
    if len(rows) < len(matches):
        raise ValueError("is no list of name=sha256:<64 hex digits>, separated by spaces")
    if len({row.digest for row in rows}) < len(set(rows)):
        raise ValueError("is a list that gives one token to two names")
    return rows


def client_of(header: str, tokens: Iterable[BearerToken]) -> str | None:
    """The name of the client whose token the request carries, or None.

    The header is compared with every token, so the time that this takes does not show which token was close.
    """
    match = re.fullmatch(_HEADER, header)
    digest = hashlib.sha256((match[1] if match else "").encode()).hexdigest()
    found = [row.name for row in tokens if hmac.compare_digest(row.digest, digest)]
    return found[0] if match and found else None


def new_token(name: str = "") -> tuple[str, str]:
    """A new token, to be shown once, and the setting's entry that accepts it. Raises ValueError for a bad name."""
    token = secrets.token_urlsafe(32)
    digest = f"sha256:{hashlib.sha256(token.encode()).hexdigest()}"
    setting = f"{name}={digest}" if name else digest
    parse_tokens(setting)
    return token, setting
