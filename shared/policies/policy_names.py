"""Encodes policy names for object keys, because CAM allows characters in them that an object key should not have."""

from __future__ import annotations

import re


def encode(name: str) -> str:
    """The name with every unusual byte as `=XX`."""
    return re.sub(rb"[^A-Za-z0-9_@+,-]", lambda match: b"=%02X" % match[0][0], name.encode()).decode()


def decode(text: str) -> str:
    """The name that was encoded."""
    return re.sub(rb"=([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), text.encode()).decode(errors="replace")
