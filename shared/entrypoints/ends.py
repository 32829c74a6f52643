"""Applies the `until` of a create, a restore or a grant when it is due: by an offboard, or by a revoke."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shared.commands.offboard_user import OffboardUser
from shared.commands.revoke_policy import RevokePolicy
from shared.entrypoints.carry_out import carry_out
from shared.errors import Conflict, ImAccessError, Rejected, Verdict
from shared.event_sources.dead_letters import DeadLetter
from shared.idempotency.cause import Cause
from shared.operations import OFFBOARD_USER, REVOKE_POLICY

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.people.until import Until

_REASON = "until"
"""The reason in the notification and in the history."""


def bring_about(until: Until, uin: int, container: Container) -> None:
    """Carry the end out, once, for the user of this UIN. Raises ImAccessError: try again; one that can never be done
    becomes a dead letter.
    """
    try:
        _carry_out(until, uin, container)
    except (Rejected, Conflict) as error:
        if error.meaning.verdict is Verdict.LATER:
            raise
        container.park(_letter(until, error, container.function))


def _carry_out(until: Until, uin: int, container: Container) -> None:
    # The cause has the time of the event that named the end, so whatever is newer than that event wins over the end.
    cause = Cause(until.identity, until.time / 1_000_000)
    if until.kind == "life":
        # Whoever has the name by now may be somebody else, made by hand, of whom no record speaks.
        about = {"user": until.user, "uin": uin, "reason": _REASON}
        close = OffboardUser.inside({**about, "ended_at": until.due})
        carry_out(container, OFFBOARD_USER, close, cause)
    else:
        take = RevokePolicy.inside({"user": until.user, "policies": until.policies, "reason": _REASON})
        carry_out(container, REVOKE_POLICY, take, cause)


def _letter(until: Until, error: ImAccessError, function: str) -> DeadLetter:
    identity, told = until.identity, json.dumps(until._asdict())
    return DeadLetter(function, identity, error.code, error.detail, False, told, float(until.due))
