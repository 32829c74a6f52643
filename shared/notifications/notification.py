"""A notification: its types, and the value that is sent to the organisation's receiver."""

from __future__ import annotations

from typing import Any, NamedTuple

PAGE_TYPES = (
    "imaccess.credentials.claimed",
    "imaccess.credentials.refused",
    "imaccess.credentials.disputed",
)
SCIM_STOPPED = "imaccess.scim.stopped"
DELETED = "imaccess.user.deleted"
DRIFT = "imaccess.drift.found"
STOPPED = "imaccess.sweep.stopped"
SWEEP_TYPES = ("imaccess.credentials.unclaimed", STOPPED, DELETED, DRIFT)


class Notification(NamedTuple):
    """The event's type, its lasting id (64 hex digits), when it happened, and what."""

    type: str
    key: str
    time: str
    data: dict[str, Any]
