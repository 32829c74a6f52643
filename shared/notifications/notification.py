"""Notifications to the organisation's receiver: their types and their content."""

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
    """The event type, the id (64 hex digits, the same in each repetition), the time, and the content."""

    type: str
    key: str
    time: str
    data: dict[str, Any]
