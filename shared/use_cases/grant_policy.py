"""Attach policies to an existing sub-user."""

from __future__ import annotations

from shared.commands import GrantPolicy
from shared.errors import Conflict
from shared.idempotency.records import Lease
from shared.idempotency.request import Request
from shared.policies.attachments import Attachments
from shared.results import Changed, UserRef


class GrantPolicyUseCase:
    """The operation, for one request."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments

    def __call__(self, request: Request[GrantPolicy], lease: Lease) -> Changed:
        """One attempt. Raises Rejected and Conflict before anything is recorded; Unavailable, CloudError."""
        command = request.command
        user = self._attachments.prepare_for(command.user, "grant", command.policies)
        if user is None:
            raise Conflict("user_not_found")
        outcomes = self._attachments.change(
            "grant", user.name, user.uin, command.policies, time=lease.time, request=request.key, fresh=False
        )
        changed = any(row.outcome == "attached" for row in outcomes)
        ref = UserRef(name=user.name, uin=user.uin)
        return Changed(status="granted" if changed else "unchanged", user=ref, policies=outcomes)
