"""The duty that processes events of the inbox whose invocation was lost, or that have to wait; the oldest first.

The COS trigger processes an event as soon as it is stored. An event that is still there a minute later is due then, and
again after growing pauses, up to an hour: the HR system was down, or the trigger was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from shared.ports import Clock, Listed, Store
from shared.use_cases.duties.cursor import Cursor, Position
from shared.use_cases.duties.duty import Done, Late
from shared.use_cases.duties.redrive_letters import tries

MOST = 10_000
"""The most events that are listed in a run."""


class ProcessInbox:
    """The duty, for the events with a prefix.

    `work`: processes the event of a key and returns the number of persons by outcome; raises ImAccessError where the
    event has to stay.
    """

    name = "inbox"

    def __init__(
        self, store: Store, clock: Clock, cursor: Cursor, prefix: str, work: Callable[[str], Mapping[str, int]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._cursor = cursor
        self._prefix = prefix
        self._work = work
        self._now = 0.0
        self._any = False

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The keys of the events that became due since the last run, the oldest first."""
        self._now = self._clock.now()
        since = self._now - self._cursor.read().rest_until
        rows = self._store.below(self._prefix, limit=MOST)
        self._any = bool(rows)
        return [row.key for row in sorted(filter(lambda row: _is_due(row, since), rows), key=_age, reverse=True)]

    def do(self, item: str) -> Done:
        """Process one. Raises ImAccessError where it has to stay."""
        return self._work(item)

    def ended(self, left: Sequence[str]) -> None:
        """Record until when everything was tried. If items are `left`, they are due again in the next run."""
        if self._any and not left:
            self._cursor.move(Position(rest_until=self._now))


def _age(row: Listed) -> float:
    return 0.0 if row.age is None else row.age


def _is_due(row: Listed, since: float) -> bool:
    """An event whose age is not known is due in every run."""
    return row.age is None or tries(row.age, math.inf) > tries(row.age - since, math.inf)
