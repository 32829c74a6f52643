"""Replaces credentials whose notification or mail comes too late: the file is deleted, or will be before the link ends.
The person gets new credentials, once.

The identity of the reissue is made from the file's name. So it is done once however often it is tried, and the
notification and the mail of one create lead to the same reissue. If the link of the reissue comes too late, too, it is
replaced in turn, but only a few times: a receiver that is down for weeks must not cause a new password every day.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.commands.reissue_credentials import ReissueCredentials
from shared.credentials.pick_up_records import note_key, read_opening
from shared.deadline import Deadline
from shared.errors import Conflict, ImAccessError, Rejected, Verdict
from shared.idempotency.cause import Cause
from shared.idempotency.stored_attempts import LeaseRecord, newest_lease
from shared.idempotency.user_turns import Turns
from shared.notifications.outbox import Parcel
from shared.ports import Store
from shared.request_identity import identity_hash

_CAUSE = "late-link"
_FUNCTION = "reissue_credentials"
_TIMES = 3
"""The most reissues in a row, while the receiver accepts none of their notifications in time."""
_NOT_NEEDED = ("user_offboarded", "user_not_found")
"""Errors of a reissue that mean that nobody needs the credentials any more."""
_KEPT = ("console_login", "api_access", "link_ttl", "encrypt_to", "email", "language")
"""The fields of the earlier command that the reissue copies: what is delivered, how, and to whom."""

Reissue = Callable[[ReissueCredentials, Cause], object]
"""Carries out a reissue, once for its cause. Raises ImAccessError."""


class ReplaceLateLink:
    """The use case, for one invocation."""

    def __init__(self, store: Store, deadline: Deadline, reissue: Reissue) -> None:
        self._store = store
        self._deadline = deadline
        self._reissue = reissue

    def replace(self, parcel: Parcel) -> str:
        """Returns `replaced` after new credentials were issued; `outdated` where the user needs none, or has others
        already; "" where it can never be done. Raises ImAccessError where it can be done later.
        """
        before = newest_lease(self._store, parcel.request_id)
        times = 1 + (int(before.identity[1]) if before.identity[0] == _CAUSE else 0)
        if times > _TIMES:
            return ""
        cause = Cause((_CAUSE, str(times), parcel.file), caller=before.caller)
        # Every request that replaces a file holds the turn of the user.
        with Turns(self._store, self._deadline).turn(
            parcel.user, identity_hash(_FUNCTION, cause.identity)
        ) as unsettled:
            if self._was_replaced(parcel.file):
                return "outdated"
            self._deadline.wait(unsettled)
            return self._reissued(_command(parcel, before), cause)

    def _reissued(self, command: ReissueCredentials, cause: Cause) -> str:
        try:
            self._reissue(command, cause)
        except (Rejected, Conflict) as error:
            if error.code in _NOT_NEEDED:
                return "outdated"
            if error.meaning.verdict is Verdict.LATER:
                raise
            return ""
        except ImAccessError as error:
            if error.code != "no_recipient":
                raise
            return ""
        return "replaced"

    def _was_replaced(self, file: str) -> bool:
        """Whether the user has other credentials by now, or should have none.

        Not if the sweep closed the file because nobody came: then nobody had received the link.
        """
        if self._store.get(note_key(file, "closed")) is None:
            return False
        opening = read_opening(self._store, file)
        return opening is None or opening.by != "sweep"


def _command(parcel: Parcel, before: LeaseRecord) -> ReissueCredentials:
    """The reissue of what the earlier request delivered: password, key or both, with the same public key and
    address.
    """
    kept = {name: before.command[name] for name in _KEPT if name in before.command}
    return ReissueCredentials.model_validate({**kept, "user": parcel.user, "reason": "The link came too late"})
