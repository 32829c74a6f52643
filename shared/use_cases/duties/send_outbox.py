"""The duty that sends notifications and mails again, for three days, that their receivers did not accept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.errors import ImAccessError
from shared.notifications.outbox import KEPT, Outbox, OutboxEntry
from shared.ports import Clock
from shared.unexpected_errors import EXITS, unexpected
from shared.use_cases.duties.duty import Done, Late

GONE = "credentials_gone"
"""The error code of `send` where the link would not work. Sending the entry later would not help."""


class SendOutbox:
    """The duty. `send`: raises ImAccessError where an entry was not accepted; `give_up`: makes it a dead letter;
    `too_late`: handles an entry whose file is deleted, and returns the outcome.
    """

    name = "outbox"

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        send: Callable[[OutboxEntry], None],
        give_up: Callable[[OutboxEntry, ImAccessError], None],
        too_late: Callable[[OutboxEntry, ImAccessError], str],
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._send = send
        self._give_up = give_up
        self._too_late = too_late

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The keys of the entries that are due."""
        return self._outbox.due()

    def do(self, item: str) -> Done:
        """Send one, or postpone it. Raises ImAccessError where it was not accepted."""
        entry = self._outbox.read(item)
        if entry is None:
            return {}
        try:
            outcome = self._sent(entry)
        except EXITS:
            raise
        except BaseException as failure:  # noqa: BLE001 - whatever goes wrong, it is given up in the end
            error = failure if isinstance(failure, ImAccessError) else unexpected(failure)
            self._keep(item, entry, error)
            raise error from None
        self._outbox.remove(item)
        return {outcome: 1}

    def ended(self, left: Sequence[str]) -> None:
        """Does nothing: the object keys say what is due."""

    def _sent(self, entry: OutboxEntry) -> str:
        try:
            self._send(entry)
        except ImAccessError as error:
            if error.code != GONE or (entry.is_mail and self._is_old(entry)):
                raise
            return self._too_late(entry, error)
        return "sent"

    def _keep(self, item: str, entry: OutboxEntry, error: ImAccessError) -> None:
        if not self._is_old(entry):
            self._outbox.postpone(item, entry)
            return
        self._give_up(entry, error)
        self._outbox.remove(item)

    def _is_old(self, entry: OutboxEntry) -> bool:
        return self._clock.now() - entry.first_at >= KEPT
