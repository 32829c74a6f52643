"""The names in CAM that a SCIM user may get: its userName, where CAM allows that, else one made from it."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_LONGEST = 48


def candidates(user_name: str, id: str) -> list[str]:
    """Names in the order in which they are tried: the userName, then a readable part of it and a hash.

    The hashes are of the user's own id, so nobody else's candidate is the same.
    """
    plain = unicodedata.normalize("NFKD", user_name).encode("ascii", "ignore").decode()
    readable = re.sub(r"[^A-Za-z0-9_.@-]+", "-", plain).strip("-_.@")[:_LONGEST] or "user"
    digest = hashlib.sha256(id.encode()).hexdigest()
    own = [user_name] if _NAME.fullmatch(user_name) else []
    return own + [f"{readable}-{digest[:length]}" for length in (8, 12, 14)]
