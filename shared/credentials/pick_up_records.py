"""The stored records about a credentials file: its links, who opened it, and who disputed that.

    claims/<hash of the token>.json                {"v", "file", "user", "uin", "expires_at", ...}
    opened/<hash of the file's key>.json           {"v", "by", "at", "address", "nonce", "browser"}
    disputes/<hash of the file's key>-refused.json   the first later visitor who wanted the file, in the same form
    disputes/<hash of the file's key>-disputed.json  the first visitor who said "it was not me"

A file can have several links, one for each answer and notification. It is opened only once, whichever link is used.
These objects hold no secret: the hash of a token or of a cookie does not reveal it.
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
"""Which record of a file: "" for its opening, `-refused` for a later visitor, `-disputed` for a dispute."""
_KEY_KINDS = ("ssh-ed25519", "ssh-rsa")


class PickUpLink(NamedTuple):
    """The record of a link. Times are seconds since the epoch; `digest` is the hash of the link's token.

    `key_kind`: the kind of key that encrypts the file: `age`, `ssh-ed25519`, `ssh-rsa`, or "".
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
        """What was stored, or None for another object. Raises ImAccessError `record_unreadable`."""
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
    """Records that a person opened a file, or that the sweep closed it because nobody came.

    `browser`: the hash of the browser's cookie and the file's key, so that records do not show that one browser opened
    two files; "" without a cookie.
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
        """What was stored. Raises ValueError for another object, ImAccessError `record_unreadable`."""
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
        """Whether this browser opened the file; False without a cookie, because then it cannot be recognised."""
        return bool(browser) and self.browser == browser


def texts(record: dict[str, Any], *names: str) -> list[str]:
    """The values of these members. Raises KeyError or TypeError where one is missing or no text."""
    found = [record[name] for name in names]
    if not all(isinstance(one, str) for one in found):
        raise TypeError("not a text")
    return found


def digest(text: str) -> str:
    """SHA-256 in hex, which turns a token or an object key into a name."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def key_kind(public_key: str | None) -> str:
    """The kind of a public key: `age`, `ssh-ed25519`, `ssh-rsa`; "" for None."""
    return next((kind for kind in _KEY_KINDS if (public_key or "").startswith(kind)), "age" if public_key else "")


def note_key(file: str, word: str) -> str:
    """The object key of a note about a file: it was reported as unclaimed (`warned`), or destroyed (`closed`)."""
    return f"{NOTES}{digest(file)}-{word}.json"


def opening_key(file: str, what: What = "") -> str:
    """The object key of a file's opening, refusal or dispute. It is the same for all links to the file."""
    return f"{'disputes' if what else 'opened'}/{digest(file)}{what}.json"


def read_opening(store: Store, file: str, what: What = "") -> Opening | None:
    """The opening of a file, or None. Raises Unavailable, ImAccessError `record_unreadable`."""
    found = store.get(opening_key(file, what))
    try:
        return Opening.load(found.body) if found else None
    except ValueError:
        raise Unavailable("The store answered with garbage") from None
