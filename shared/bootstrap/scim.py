"""Composes the use cases of SCIM for one invocation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.clock import rfc3339
from shared.scim.group_policies import GroupPolicies
from shared.use_cases.scim.ports import Ports
from shared.use_cases.scim.service import Service

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.settings import Settings
    from shared.use_cases.scim.ports import Commands


def scim_service(container: Container, commands: Commands, client: str = "", base: str = "") -> Service:
    """The service for a request of a client. `client`: the name of its token; `base`: the base URL of the resources.

    Raises Misconfigured.
    """

    def notify_stopped(group: str, members: Sequence[str]) -> None:
        _notify_stopped(container, group, members, client)

    ports = Ports(
        container.store(container.deadline()),
        container.clock,
        giving(container.settings),
        container.settings.protected_users,
        container.instance.hidden,
        commands,
        container.find_sub_user,
        lambda email: _has_recipient(container, email),
        notify_stopped,
    )
    return Service(ports, client, base)


def giving(settings: Settings) -> GroupPolicies:
    """The groups and policies in the settings. Raises Misconfigured."""
    groups = dict.fromkeys((name, name) for name in settings.policies)
    return GroupPolicies([*groups, *settings.scim_groups], settings.scim_policies, settings.scim_brake)


def _has_recipient(container: Container, email: str | None) -> bool:
    from shared.commands.create_user import CreateUser
    from shared.idempotency.request import Request
    from shared.operations import CREATE_USER

    command = CreateUser.inside({"user": "nobody", "policies": [], **({"email": email} if email else {})})
    return container.has_recipient(Request(CREATE_USER.function, (), None, command))


def _notify_stopped(container: Container, group: str, members: Sequence[str], client: str) -> None:
    """Notify the receiver, if one is set, once for the same group and members."""
    from shared.notifications.notification import SCIM_STOPPED
    from shared.notifications.outbox import OutboxEntry
    from shared.operations import SCIM

    settings, now = container.settings, container.clock.now()
    if settings.receiver is None:
        return
    data = {"group": group, "members": len(members), "limit": settings.scim_brake, "caller": client}
    key = hashlib.sha256(f"scim stopped:{group}:{sorted(members)}".encode()).hexdigest()
    entry = OutboxEntry(SCIM, SCIM_STOPPED, key, rfc3339(now), data, None, first_at=now)
    deadline = container.deadline()
    container.announcer(container.store(deadline), deadline).announce(entry)
