"""Keys and ids derived from a request's identity; each function has its own, so two functions share none."""

from __future__ import annotations

import hashlib
import json


def identity_hash(function: str, identity: tuple[str, ...]) -> str:
    """SHA-256 of the function and its caller's identity, unambiguous whatever characters they hold."""
    return hashlib.sha256(json.dumps([function, *identity]).encode()).hexdigest()


def request_id(function: str, identity: tuple[str, ...]) -> str:
    """The request id in answers and logs; it follows from the identity, so it is known before the command is read."""
    return "req_" + identity_hash(function, identity)[:32]
