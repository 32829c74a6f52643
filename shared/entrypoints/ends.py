"""Brings an end about that was ordered with a create, a grant or a restore: as an offboard, or as a revoke."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shared.commands import OffboardUser, RevokePolicy
from shared.entrypoints.carry_out import carry_out
from shared.errors import Conflict, ImAccessError, Rejected, Verdict
from shared.event_sources.dead_letters import DeadLetter
from shared.idempotency.cause import Cause
from shared.operations import OFFBOARD_USER, REVOKE_POLICY

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.people.until import Until

_REASON = "until"
"""What notifications and histories tell as its reason."""


def bring_about(until: Until, container: Container) -> None:
    """Do it once. Raises ImAccessError where it is to be tried again; what can never be done is kept for people."""
    try:
        _carry_out(until, container)
    except (Rejected, Conflict) as error:
        if error.meaning.verdict is Verdict.LATER:
            raise
        container.park(_letter(until, error, container.function))


def _carry_out(until: Until, container: Container) -> None:
    # At the time of the event that ordered it: newer than that one, and older than all that is newer.
    cause = Cause((_REASON, until.kind, until.request), until.time / 1_000_000)
    if until.kind == "life":
        close = OffboardUser.inside({"user": until.user, "reason": _REASON, "ended_at": until.due})
        carry_out(container, OFFBOARD_USER, close, cause)
    else:
        take = RevokePolicy.inside({"user": until.user, "policies": until.policies, "reason": _REASON})
        carry_out(container, REVOKE_POLICY, take, cause)


def _letter(until: Until, error: ImAccessError, function: str) -> DeadLetter:
    identity, told = (_REASON, until.kind, until.request), json.dumps(until._asdict())
    return DeadLetter(function, identity, error.code, error.detail, False, told, float(until.due))
