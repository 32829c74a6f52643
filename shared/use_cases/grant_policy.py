"""Attaches policies to a sub-user. A grant from a queue that comes before its create is applied by the create."""

from __future__ import annotations

from typing import Literal

from shared.commands.changed import Changed
from shared.commands.grant_policy import GrantPolicy
from shared.commands.result import UserRef
from shared.errors import Conflict
from shared.idempotency.lease import Lease
from shared.idempotency.request import Request
from shared.people.scheduled_ends import ScheduledEnd, ScheduledEnds, checked, rfc3339_until
from shared.policies.attachments import Attachments
from shared.policies.sub_users import FoundUser
from shared.ports import Store


class GrantPolicyUseCase:
    """The use case, for one request."""

    def __init__(self, attachments: Attachments, store: Store) -> None:
        self._attachments = attachments
        self._untils = ScheduledEnds(store)

    def __call__(self, request: Request[GrantPolicy], lease: Lease) -> Changed:
        """Make one attempt. Raises Rejected and Conflict before anything is recorded for a user; Unavailable,
        CloudError.

        With Conflict `user_not_found`, a grant from a queue is recorded where a later create of that name finds it.
        """
        command = request.command
        until = checked(command.until, request.received(lease.first_at))
        person = self._attachments.prepare_for(command.user, "grant", command.policies)
        person = person or self._wait(request, lease, until)
        if person is None:
            raise Conflict("user_not_found")
        if person.life is not None and person.life.life.effect == "offboard":
            # An earlier attempt may have recorded the grant, and its write may have taken effect late.
            begun = self._attachments.recorded(person, command.policies, time=lease.time, request=request.key)
            if lease.number > 1 and begun:
                self._attachments.change("grant", person, begun, time=lease.time, request=request.key)
            raise Conflict("user_offboarded")
        self._schedule(request, lease, until)
        applied = self._attachments.change("grant", person, command.policies, time=lease.time, request=request.key)
        changed = any(row.outcome == "attached" for row in applied.outcomes)
        status: Literal["granted", "unchanged"] = "granted" if changed else "unchanged"
        ref = UserRef(name=person.user.name, uin=person.user.uin)
        return Changed(status=status, user=ref, policies=applied.outcomes, until=rfc3339_until(until))

    def _wait(self, request: Request[GrantPolicy], lease: Lease, until: int | None) -> FoundUser | None:
        if request.origin == "http":
            return None
        command = request.command
        self._schedule(request, lease, until)
        return self._attachments.record_for_later_user(
            command.user, "grant", command.policies, time=lease.time, request=request.key
        )

    def _schedule(self, request: Request[GrantPolicy], lease: Lease, until: int | None) -> None:
        """Record the end before anything is given, so that it is applied even if this attempt dies."""
        if until is not None:
            command = request.command
            self._untils.schedule(
                ScheduledEnd("policies", command.user, command.policies, lease.time, request.key, until)
            )
