"""Replaces credentials whose link comes too late, by a reissue that the product carries out itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.entrypoints.run_own_command import run_own_command
from shared.operations import REISSUE_CREDENTIALS
from shared.use_cases.replace_late_link import ReplaceLateLink

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.commands.reissue_credentials import ReissueCredentials
    from shared.idempotency.cause import Cause
    from shared.notifications.outbox import Parcel


def replace(parcel: Parcel, container: Container) -> str:
    """Give the person of a parcel new credentials. Returns and raises as `ReplaceLateLink.replace`."""

    def reissue(command: ReissueCredentials, cause: Cause) -> None:
        run_own_command(container, REISSUE_CREDENTIALS, command, cause)

    deadline = container.deadline()
    return ReplaceLateLink(container.store(deadline), deadline, reissue).replace(parcel)
