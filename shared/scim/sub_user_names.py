"""The possible names of a SCIM user in CAM: the userName, if CAM allows it, else names made from it."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_LONGEST = 48


def candidates(user_name: str, id: str) -> list[str]:
    """Names in the order in which they are tried: the userName, then a readable part of it with a hash.

    The hash is made from the user's id, so no other user has the same candidates.
    """
    plain = unicodedata.normalize("NFKD", user_name).encode("ascii", "ignore").decode()
    readable = re.sub(r"[^A-Za-z0-9_.@-]+", "-", plain).strip("-_.@")[:_LONGEST] or "user"
    digest = hashlib.sha256(id.encode()).hexdigest()
    own = [user_name] if _NAME.fullmatch(user_name) else []
    return own + [f"{readable}-{digest[:length]}" for length in (8, 12, 14)]
