"""Request keys and request ids, made from a function's name and the identity of a request. Two functions never share
one.
"""

from __future__ import annotations

import hashlib
import json


def identity_hash(function: str, identity: tuple[str, ...]) -> str:
    """SHA-256 of the function's name and the identity, unambiguous for all characters."""
    return hashlib.sha256(json.dumps([function, *identity]).encode()).hexdigest()


def request_id(function: str, identity: tuple[str, ...]) -> str:
    """The request id in answers and logs. It needs only the identity, so it is known before the command is read."""
    return "req_" + identity_hash(function, identity)[:32]
