"""Detach policies from a sub-user. A revoke for an unknown user is recorded: it undoes the create that comes late."""

from __future__ import annotations

from shared.commands import RevokePolicy
from shared.idempotency.records import Lease
from shared.idempotency.request import Request
from shared.policies.attachments import Attachments
from shared.results import Changed, UserRef


class RevokePolicyUseCase:
    """The operation, for one request."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments

    def __call__(self, request: Request[RevokePolicy], lease: Lease) -> Changed:
        """One attempt. Raises Rejected before anything is recorded; Unavailable, CloudError."""
        command = request.command
        user = self._attachments.prepare_for(command.user, "revoke", command.policies)
        uin = user.uin if user else None
        outcomes = self._attachments.change(
            "revoke", command.user, uin, command.policies, time=lease.time, request=request.key, fresh=False
        )
        changed = any(row.outcome == "detached" for row in outcomes)
        ref = UserRef(name=command.user, uin=uin)
        return Changed(status="revoked" if changed else "unchanged", user=ref, policies=outcomes)
