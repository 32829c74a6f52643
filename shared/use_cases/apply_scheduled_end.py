"""Applies the `until` of a create, a restore or a grant: a life ends by an offboard, policies end by a revoke."""

from __future__ import annotations

import json
from typing import Protocol

from shared.commands.offboard_user import OffboardUser
from shared.commands.revoke_policy import RevokePolicy
from shared.errors import Conflict, ImAccessError, Rejected, Verdict
from shared.event_sources.dead_letters import DeadLetter
from shared.idempotency.cause import Cause
from shared.people.scheduled_ends import ScheduledEnd

_REASON = "until"
"""The reason in the notification and in the history."""


class EndCommands(Protocol):
    """The commands that apply an end. Each is carried out once for its cause. Both raise ImAccessError."""

    def offboard_user(self, command: OffboardUser, cause: Cause) -> object:
        """Offboard a user."""

    def revoke_policy(self, command: RevokePolicy, cause: Cause) -> object:
        """Revoke policies."""


class Parking(Protocol):
    """Where dead letters are written, and the function that writes them."""

    @property
    def function(self) -> str:
        """The name of the function that runs."""

    def park(self, letter: DeadLetter) -> bool:
        """Write a dead letter; False where it was there already. Raises Unavailable, CloudError."""


def apply_end(until: ScheduledEnd, uin: int, commands: EndCommands, parking: Parking) -> None:
    """Apply the end, once, for the user with this UIN. Raises ImAccessError where it has to be tried again; an end that
    can never be applied becomes a dead letter.
    """
    try:
        _carry_out(until, uin, commands)
    except (Rejected, Conflict) as error:
        if error.meaning.verdict is Verdict.LATER:
            raise
        parking.park(_letter(until, error, parking.function))


def _carry_out(until: ScheduledEnd, uin: int, commands: EndCommands) -> None:
    # The cause has the time of the event that ordered the end, so every event that is newer than it wins over the end.
    cause = Cause(until.identity, until.time / 1_000_000)
    if until.kind == "life":
        # By now the name may belong to a user who was made by hand and has no records. The UIN protects that user.
        offboard = {"user": until.user, "uin": uin, "reason": _REASON, "ended_at": until.due}
        commands.offboard_user(OffboardUser.inside(offboard), cause)
    else:
        revoke = {"user": until.user, "policies": until.policies, "reason": _REASON}
        commands.revoke_policy(RevokePolicy.inside(revoke), cause)


def _letter(until: ScheduledEnd, error: ImAccessError, function: str) -> DeadLetter:
    message = json.dumps(until._asdict())
    return DeadLetter(function, until.identity, error.code, error.detail, False, message, float(until.due))
