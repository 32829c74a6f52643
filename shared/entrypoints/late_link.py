"""Replaces credentials whose notification or mail comes too late: the file is gone, or will be before the link ends;
the person gets fresh ones, once.

The reissue is named after the file, so however often it is tried, one is done, and the notification and the mail of one
create lead to the same. If nobody takes its link in time either, it is replaced in its turn, and so on a few times: a
receiver that stays away for weeks must not cost a new password every day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.commands.reissue_credentials import ReissueCredentials
from shared.credentials.pick_up import note_key, read_opening
from shared.entrypoints.carry_out import carry_out
from shared.errors import Conflict, ImAccessError, Rejected, Verdict
from shared.idempotency.cause import Cause
from shared.idempotency.stored import LeaseRecord, newest_lease
from shared.idempotency.turns import Turns
from shared.identity import identity_hash
from shared.operations import REISSUE_CREDENTIALS

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.notifications.outbox import Parcel
    from shared.tencent.cos import Cos

_CAUSE = "late-link"
_TIMES = 3
"""Reissues in a row, if the receiver takes none of their notifications in time."""
_NOBODY = ("user_offboarded", "user_not_found")
"""Errors of a reissue that mean that nobody needs credentials any more."""


def replace(parcel: Parcel, container: Container) -> str:
    """`replaced` by fresh credentials; `outdated` where there is nobody to have them, or who has others by now; ""
    where it may or can not be done. Raises ImAccessError where it can be done later.
    """
    deadline = container.deadline()
    store = container.store(deadline)
    before = newest_lease(store, parcel.request_id)
    times = 1 + (int(before.identity[1]) if before.identity[0] == _CAUSE else 0)
    if times > _TIMES:
        return ""
    cause = Cause((_CAUSE, str(times), parcel.file), caller=before.caller)
    turn = identity_hash(REISSUE_CREDENTIALS.function, cause.identity)
    # Whoever else destroys a file and delivers another one holds the turn meanwhile.
    with Turns(store, deadline).turn(parcel.user, turn) as unsettled:
        if _was_replaced(parcel.file, store):
            return "outdated"
        deadline.wait(unsettled)
        try:
            carry_out(container, REISSUE_CREDENTIALS, _command(parcel, before), cause)
        except (Rejected, Conflict) as error:
            if error.code in _NOBODY:
                return "outdated"
            if error.meaning.verdict is Verdict.LATER:
                raise
            return ""
        except ImAccessError as error:
            if error.code != "no_recipient":
                raise
            return ""
    return "replaced"


def _was_replaced(file: str, store: Cos) -> bool:
    """Whether the user has others by now, or should have none. Not so where the sweep has closed it because nobody came
    for it: nobody had been told.
    """
    if store.get(note_key(file, "closed")) is None:
        return False
    opening = read_opening(store, file)
    return opening is None or opening.by != "sweep"


def _command(parcel: Parcel, before: LeaseRecord) -> ReissueCredentials:
    """The reissue of what the earlier request delivered: password, key or both, to the same public key and address."""
    kept = {name: before.command[name] for name in _KEPT if name in before.command}
    return ReissueCredentials.model_validate({**kept, "user": parcel.user, "reason": "The link came too late"})


_KEPT = ("console_login", "api_access", "link_ttl", "encrypt_to", "email", "language")
