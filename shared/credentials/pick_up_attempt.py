"""The record of an attempt to pick up a credentials file, or of a dispute ("it was not me"); and its notification."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from shared.clock import parse_rfc3339
from shared.credentials import versioned_json
from shared.credentials.pick_up_records import Opening, digest, texts
from shared.errors import ImAccessError
from shared.notifications.notification import Notification

PREFIX = "housekeeping/"
Kind = Literal["claim", "dispute"]
_KINDS: dict[object, Kind] = {"claim": "claim", "dispute": "dispute"}
_TEXTS = ("nonce", "file", "user", "request_id", "at", "address", "browser")


@dataclass(frozen=True)
class PickUpAttempt:
    """One attempt; `browser` is as in `Opening`.

    `lease`: seconds after which the process that made the attempt has certainly ended.
    """

    kind: Kind
    nonce: str
    file: str
    user: str
    uin: int | None
    request_id: str
    at: str
    address: str
    browser: str
    lease: float

    @property
    def key(self) -> str:
        """The object key."""
        return f"{PREFIX}{self.nonce}.json"

    @property
    def notified_key(self) -> str:
        """The object key of the note that the receiver accepted its notification; `-told` is stored, so it stays."""
        return f"{PREFIX}{self.nonce}-told.json"

    def dump(self) -> bytes:
        """What is stored."""
        return versioned_json.dump(asdict(self))

    @classmethod
    def load(cls, body: bytes) -> PickUpAttempt:
        """What was stored. Raises ImAccessError `record_unreadable`."""
        record = versioned_json.load(body) or {}
        try:
            parse_rfc3339(record["at"])
            members = dict(zip(_TEXTS, texts(record, *_TEXTS), strict=True))
            kind = _KINDS[record["kind"]]
            return cls(kind=kind, uin=record["uin"], lease=float(record["lease"]), **members)
        except (ValueError, TypeError, KeyError):
            raise ImAccessError("record_unreadable") from None

    def notice(self, opening: Opening) -> Notification:
        """The notification. Its id is the same for all attempts on one file, so a receiver can drop repetitions."""
        data: dict[str, Any] = {
            "request_id": self.request_id,
            "user": {"name": self.user, "uin": self.uin},
            "at": self.at,
            "address": self.address,
        }
        if self.kind == "claim" and opening.nonce == self.nonce:
            return Notification("imaccess.credentials.claimed", digest(f"claimed:{self.file}"), self.at, data)
        data["first"] = {"by": opening.by, "at": opening.at, "address": opening.address}
        word = "disputed" if self.kind == "dispute" else "refused"
        return Notification(f"imaccess.credentials.{word}", digest(f"{word}:{self.file}"), self.at, data)
