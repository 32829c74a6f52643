"""The stored records of a credentials file's pick-up: its links, who opened it, and who disputed that.

    claims/<hash of the token>.json                {"v", "file", "user", "uin", "expires_at", ...}
    opened/<hash of the file's key>.json           {"v", "by", "at", "address", "nonce", "browser"}
    disputes/<hash of the file's key>-refused.json   the first who came later and wanted the file, in the same form
    disputes/<hash of the file's key>-disputed.json  the first who said that the opening was not theirs

A file can have several links, one for each answer and notification, and is opened once whichever of them is used. None
of these objects holds a secret: neither a token nor a browser's cookie can be had from its hash.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal, NamedTuple

from shared.clock import parse_rfc3339, rfc3339
from shared.credentials import versioned_json
from shared.errors import Unavailable
from shared.ports import Store

CLAIMS = "claims/"
NOTES = "unclaimed/"
What = Literal["", "-refused", "-disputed"]
"""Which record of a file: "" that it was opened; else that somebody came later, or disputed the opening."""
_KEY_KINDS = ("ssh-ed25519", "ssh-rsa")


class PickUpLink(NamedTuple):
    """What a link leads to. Times are in seconds since the epoch; `digest` is the hash of the link's token.

    `key_kind`: what kind of key the file is encrypted for: `age`, `ssh-ed25519`, `ssh-rsa`, or nothing.
    """

    digest: str
    file: str
    user: str
    uin: int | None
    request_id: str
    made_at: float
    expires_at: float
    key_kind: str = ""

    @property
    def key(self) -> str:
        """The object key."""
        return f"{CLAIMS}{self.digest}.json"

    def dump(self) -> bytes:
        """What is stored."""
        times = {"made_at": rfc3339(self.made_at), "expires_at": rfc3339(self.expires_at)}
        return versioned_json.dump(self._asdict() | times)

    @classmethod
    def load(cls, body: bytes) -> PickUpLink | None:
        """What was stored, or None for what is no such record. Raises ImAccessError `record_unreadable`."""
        record = versioned_json.load(body)
        try:
            return cls._read(record) if record else None
        except (ValueError, TypeError, KeyError):
            return None

    @classmethod
    def _read(cls, record: dict[str, Any]) -> PickUpLink:
        digest, file, user, request_id = texts(record, "digest", "file", "user", "request_id")
        times = (parse_rfc3339(record["made_at"]), parse_rfc3339(record["expires_at"]))
        return cls(digest, file, user, record["uin"], request_id, *times, str(record.get("key_kind", "")))


class Opening(NamedTuple):
    """The record that a file was opened by a person, or closed by the sweep because nobody came.

    `browser`: the hash of its cookie with the file's key, so that two files do not show that one browser opened both;
    nothing where it had no cookie.
    """

    by: Literal["person", "sweep"]
    at: str
    address: str
    nonce: str
    browser: str = ""

    def dump(self) -> bytes:
        """What is stored."""
        return versioned_json.dump(self._asdict())

    @classmethod
    def load(cls, body: bytes) -> Opening:
        """What was stored. Raises ValueError for what is none, ImAccessError `record_unreadable`."""
        record = versioned_json.load(body) or {}
        try:
            at, address, nonce = texts(record, "at", "address", "nonce")
            parse_rfc3339(at)
            return cls(
                "sweep" if record["by"] == "sweep" else "person", at, address, nonce, str(record.get("browser", ""))
            )
        except (TypeError, KeyError):
            raise ValueError("no opening") from None

    def is_of(self, browser: str) -> bool:
        """Whether this browser opened it; False for one without a cookie, which cannot be recognised."""
        return bool(browser) and self.browser == browser


def texts(record: dict[str, Any], *names: str) -> list[str]:
    """These members. Raises KeyError, TypeError where one is missing or no text."""
    found = [record[name] for name in names]
    if not all(isinstance(one, str) for one in found):
        raise TypeError("not a text")
    return found


def digest(text: str) -> str:
    """SHA-256 in hex: how a token or an object key becomes a name."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def key_kind(public_key: str | None) -> str:
    """What kind of key this is: `age`, `ssh-ed25519`, `ssh-rsa`; nothing for none."""
    return next((kind for kind in _KEY_KINDS if (public_key or "").startswith(kind)), "age" if public_key else "")


def note_key(file: str, word: str) -> str:
    """The object key of the note that a file was warned of as unclaimed (`warned`), or destroyed (`closed`)."""
    return f"{NOTES}{digest(file)}-{word}.json"


def opening_key(file: str, what: What = "") -> str:
    """The object key of a file's opening, or of what followed: the same for all links that lead to the file."""
    return f"{'disputes' if what else 'opened'}/{digest(file)}{what}.json"


def read_opening(store: Store, file: str, what: What = "") -> Opening | None:
    """The opening of a file, or None. Raises Unavailable, ImAccessError `record_unreadable`."""
    found = store.get(opening_key(file, what))
    try:
        return Opening.load(found.body) if found else None
    except ValueError:
        raise Unavailable("The store answered with garbage") from None
