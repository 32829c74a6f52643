"""The duty that deletes replaced API keys when their overlap has ended."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from shared.credentials.overlaps import Overlaps
from shared.ports import Clock, Directory, NoSuchUser
from shared.use_cases.duties.duty import Done, Late


class EndOverlaps:
    """The duty. Each end was ordered by a command, so no setting stops it."""

    name = "overlaps"

    def __init__(self, cam: Directory, overlaps: Overlaps, clock: Clock) -> None:
        self._cam = cam
        self._overlaps = overlaps
        self._clock = clock

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The object keys of the overlaps that are due."""
        return self._overlaps.due(self._clock)

    def do(self, item: str) -> Done:
        """Delete one key. It is done if the key or its user does not exist any more. Raises ImAccessError."""
        found = self._overlaps.read(item)
        if found is None:
            return {}
        # A deleted user has no keys.
        with suppress(NoSuchUser):
            self._cam.delete_key(*found)
        self._overlaps.forget(item)
        return {"deleted": 1}

    def ended(self, left: Sequence[str]) -> None:
        """Does nothing: the object keys say what is due."""
