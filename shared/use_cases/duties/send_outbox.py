"""Send what the outbox holds, for as long as it is kept there; then it becomes a dead letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.errors import ImAccessError
from shared.notifications.outbox import KEPT, Entry, Outbox
from shared.ports import Clock


class SendOutbox:
    """The duty. `send` raises ImAccessError where a notification was not taken; `give_up` keeps it for people."""

    name = "outbox"

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        send: Callable[[Entry], None],
        give_up: Callable[[Entry, ImAccessError], None],
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._send = send
        self._give_up = give_up

    def due(self) -> Sequence[str]:
        """The keys of what is due."""
        return self._outbox.due()

    def do(self, item: str) -> None:
        """Send one, or put it off. Raises ImAccessError where it was not taken."""
        entry = self._outbox.read(item)
        if entry is None:
            return
        try:
            self._send(entry)
        except ImAccessError as error:
            self._keep(item, entry, error)
            raise
        self._outbox.remove(item)

    def _keep(self, item: str, entry: Entry, error: ImAccessError) -> None:
        if self._clock.now() - entry.first_at < KEPT:
            self._outbox.postpone(item, entry)
            return
        self._give_up(entry, error)
        self._outbox.remove(item)
