"""The key of a person: made from the HR system and the person's lasting id there. It names the folder of the person's
records.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

PREFIX = "people/"
_KEY = re.compile(r"people/([0-9a-f]{16}/[0-9a-f]{32})/")
_CASELESS = ("wecom",)
"""HR systems whose ids have no case (https://developer.work.weixin.qq.com/document/path/90195)."""


class PersonKey(NamedTuple):
    """The name of a person's folder. It holds hashes, because ids may have any characters and any length."""

    text: str

    @classmethod
    def of(cls, source: str, employee: str) -> PersonKey:
        """The key of an employee of a source."""
        name = employee.strip()
        name = name.casefold() if source in _CASELESS else name
        return cls(f"{_hash(source, 16)}/{_hash(name, 32)}")

    @classmethod
    def found_in(cls, key: str) -> PersonKey | None:
        """The person to whom the object with this key belongs."""
        match = _KEY.match(key)
        return cls(match[1]) if match else None

    @property
    def folder(self) -> str:
        """The prefix of all records of the person."""
        return f"{PREFIX}{self.text}/"


def of_source(source: str) -> str:
    """The prefix of the records of all people of a source."""
    return f"{PREFIX}{_hash(source, 16)}/"


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
