"""Applies a scheduled end that is due, with commands of the product itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.entrypoints.own_commands import OwnCommands
from shared.use_cases.apply_scheduled_end import apply_end

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.people.scheduled_ends import ScheduledEnd


def apply_until(until: ScheduledEnd, uin: int, container: Container) -> None:
    """Apply the end, once, for the user with this UIN. Raises as `apply_end`."""
    apply_end(until, uin, OwnCommands(container), container)
