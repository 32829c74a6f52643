"""Delete the API keys that were replaced, once their overlap is over."""

from __future__ import annotations

from collections.abc import Sequence

from shared.credentials.overlaps import Overlaps
from shared.ports import Clock, Directory, NoSuchUser


class EndOverlaps:
    """The duty; it was ordered, so no setting stops it."""

    name = "overlaps"

    def __init__(self, cam: Directory, overlaps: Overlaps, clock: Clock) -> None:
        self._cam = cam
        self._overlaps = overlaps
        self._clock = clock

    def due(self) -> Sequence[str]:
        """The object keys of what is due."""
        return self._overlaps.due(self._clock)

    def do(self, item: str) -> None:
        """Delete one key; one that is gone, or whose user is, is done. Raises ImAccessError."""
        uin, secret_id = self._overlaps.read(item)
        try:
            self._cam.delete_key(uin, secret_id)
        except NoSuchUser:
            # A deleted user has no keys.
            self._overlaps.forget(item)
            return
        self._overlaps.forget(item)
