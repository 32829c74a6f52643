"""What is kept of a file that waits to be claimed: who may claim it until when, and that somebody has.

    claims/<hash of the token>.json       {"file", "user", "uin", "request_id", "made_at", "expires_at"}
    opened/<hash of the file's key>.json  {"by", "at", "address", "nonce"}

A file can have several links, one for each answer and notification, and is opened once whichever of them is used.
Neither object holds a secret: a token cannot be had from its hash.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, NamedTuple

from shared.clock import parse_rfc3339, rfc3339

CLAIMS = "claims/"


class PickUpLink(NamedTuple):
    """What a link leads to. Times are in seconds since the epoch; `digest` is the hash of the link's token."""

    digest: str
    file: str
    user: str
    uin: int | None
    request_id: str
    made_at: float
    expires_at: float

    @property
    def key(self) -> str:
        """The object key."""
        return f"{CLAIMS}{self.digest}.json"

    def dump(self) -> bytes:
        """What is stored."""
        times = {"made_at": rfc3339(self.made_at), "expires_at": rfc3339(self.expires_at)}
        return json.dumps(self._asdict() | times).encode()

    @classmethod
    def load(cls, body: bytes) -> PickUpLink | None:
        """What was stored, or None for anything else."""
        try:
            told = json.loads(body)
            times = {name: parse_rfc3339(told[name]) for name in ("made_at", "expires_at")}
            return cls(**(told | times))
        except (ValueError, TypeError, KeyError):
            return None


class Opening(NamedTuple):
    """That a file was opened: by a person, or closed by the sweep because nobody came."""

    by: Literal["person", "sweep"]
    at: str
    address: str
    nonce: str

    def dump(self) -> bytes:
        """What is stored."""
        return json.dumps(self._asdict()).encode()

    @classmethod
    def load(cls, body: bytes) -> Opening:
        """What was stored. Raises ValueError for anything else."""
        try:
            told: dict[str, Any] = json.loads(body)
            return cls(**told)
        except TypeError:
            raise ValueError("no opening") from None


def digest(text: str) -> str:
    """SHA-256 in hex: how a token or an object key becomes a name."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def opening_key(file: str) -> str:
    """Where it is written that a file was opened: one place, however many links lead to the file."""
    return f"opened/{digest(file)}.json"
