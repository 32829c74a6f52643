"""Sends a notification at once if possible, otherwise stores it in the outbox. It never makes a request fail."""

from __future__ import annotations

from collections.abc import Callable

from shared.deadline import Deadline
from shared.errors import ImAccessError, Rejected
from shared.notifications.outbox import Outbox, OutboxEntry
from shared.notifications.receivers import Receivers

_PAUSE = 1.0
"""Seconds before the second try in the same invocation."""
_AMPLE = 12.0
"""Seconds that must be left for a second try, because a receiver may take ten."""
_TO_KEEP = 1.0
"""Seconds that are reserved for storing the entry, in case the receiver does not accept it."""
_SILENCE = 30.0
"""Seconds for which a receiver that did not answer is not called again, so that a batch does not wait for
each message.
"""


class Announcer:
    """Sends outbox entries. `send` raises ImAccessError for an entry that was not accepted."""

    def __init__(
        self, outbox: Outbox, send: Callable[[OutboxEntry, Deadline], None], receivers: Receivers, deadline: Deadline
    ) -> None:
        self._outbox = outbox
        self._send = send
        self._receivers = receivers
        self._deadline = deadline

    def announce(self, entry: OutboxEntry) -> None:
        """Send an entry, or store it. Raises Unavailable, CloudError where it cannot be stored."""
        if not self._sent(entry):
            self._outbox.put(entry)

    def _sent(self, entry: OutboxEntry) -> bool:
        clock = self._deadline.clock
        for last in (False, True):
            if clock.now() < self._receivers.silent_until[entry.is_mail]:
                return False
            try:
                self._send(entry, self._deadline.earlier_by(_TO_KEEP))
            except Rejected:
                # The error concerns only this mail, such as a wrong address, not the mail server.
                return False
            except ImAccessError:
                if last or self._deadline.remaining() < _AMPLE:
                    break
                self._deadline.wait(_PAUSE)
            else:
                return True
        self._receivers.silent_until[entry.is_mail] = clock.now() + _SILENCE
        return False
