"""The duty that processes events of the inbox whose invocation was lost, or that have to wait.

The COS trigger processes an event as soon as it is stored. An event that is still there a minute later is due then, and
again after growing pauses, up to an hour: the HR system was down, or the trigger was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shared.ports import Clock, Store
from shared.use_cases.duties.cursor import Cursor
from shared.use_cases.duties.duty import Done, Late
from shared.use_cases.duties.retry_round import RetryRound


class ProcessInbox:
    """The duty, for the events with a prefix.

    `work`: processes the event of a key and returns the number of persons by outcome; raises ImAccessError where the
    event has to stay.
    """

    name = "inbox"

    def __init__(
        self, store: Store, clock: Clock, cursor: Cursor, prefix: str, work: Callable[[str], Mapping[str, int]]
    ) -> None:
        self._round = RetryRound(store, clock, cursor, prefix)
        self._work = work

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The keys of events whose turn has come."""
        return self._round.due()

    def do(self, item: str) -> Done:
        """Process one. Raises ImAccessError where it has to stay."""
        return self._work(item)

    def ended(self, left: Sequence[str]) -> None:
        """Go on with those that were left."""
        self._round.ended(left)
