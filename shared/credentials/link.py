"""The link to a credentials file."""

from __future__ import annotations

from shared.secret import Secret


class Link:
    """A link to a credentials file, and the time (seconds since the epoch) at which it ends."""

    def __init__(self, url: Secret, expires_at: float) -> None:
        self.url = url
        self.expires_at = expires_at
