"""Sends a notification at once where that is possible, else keeps it in the outbox; it never fails a request."""

from __future__ import annotations

from collections.abc import Callable

from shared.deadline import Deadline
from shared.errors import ImAccessError, Rejected
from shared.notifications.outbox import Outbox, OutboxEntry
from shared.notifications.receivers import Receivers

_PAUSE = 1.0
"""Seconds before a second try within the invocation."""
_AMPLE = 12.0
"""Seconds that must be left for a second try: a receiver may take ten."""
_TO_KEEP = 1.0
"""Seconds that are reserved to store the entry if a slow receiver does not take it."""
_SILENCE = 30.0
"""Seconds for which a receiver that did not answer is not called, so that a batch does not wait for each message."""


class Announcer:
    """Sends entries. `send` raises ImAccessError where one was not taken."""

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
                self._send(entry, self._deadline.sooner(_TO_KEEP))
            except Rejected:
                # The error is about this mail alone: a malformed address says nothing about the mail server.
                return False
            except ImAccessError:
                if last or self._deadline.remaining() < _AMPLE:
                    break
                self._deadline.wait(_PAUSE)
            else:
                return True
        self._receivers.silent_until[entry.is_mail] = clock.now() + _SILENCE
        return False
