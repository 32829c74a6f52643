"""Processes an event of the inbox: splits it by person, reads and applies each part, and deletes the event.

A part that can never be applied, or only after somebody has acted, becomes a dead letter. A part that may be applied
later stays in the inbox, for a week. The parts of an event about several persons are independent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from shared.errors import ImAccessError, Verdict
from shared.event_sources.hr.received import WHOLE_SECONDS
from shared.event_sources.hr.split_event import parts
from shared.people.inbox import FOR_GOOD, FOR_WEEKS, Inbox, Item
from shared.people.person import PersonEvent
from shared.ports import Clock
from shared.unexpected_errors import EXITS, unexpected

KEPT = 7 * 24 * 3600.0
"""Seconds for which an event is tried before it becomes a dead letter."""

ReadEvent = Callable[[Item, float], "PersonEvent | None"]
"""Reads an event about one person, with the time of its first receipt; None where there is nothing to apply."""
ApplyEvent = Callable[[PersonEvent], str]
"""Does what a person's event asks for and returns the outcome. Raises ImAccessError."""
GiveUpEvent = Callable[[Item, ImAccessError], None]
"""Keeps an event about one person as a dead letter, with the error."""


class ProcessEvent:
    """The use case, for one invocation."""

    def __init__(self, inbox: Inbox, clock: Clock, read: ReadEvent, apply: ApplyEvent, give_up: GiveUpEvent) -> None:
        self._inbox = inbox
        self._clock = clock
        self._read = read
        self._apply = apply
        self._give_up = give_up

    def work(self, key: str) -> Counter[str]:
        """The number of persons by outcome (those of `Applied`, `nothing`, `parked`); empty where the event was deleted
        meanwhile.

        Raises ImAccessError where some of it has to be done later: then the event stays. Raises Misconfigured at once.
        """
        item = self._inbox.read(key)
        if item is None:
            return Counter()
        outcomes: Counter[str] = Counter()
        later: ImAccessError | None = None
        for event in parts(item.event):
            part = item._replace(event=event)
            try:
                outcomes[self.apply(part)] += 1
            except ImAccessError as error:
                if error.meaning.verdict is Verdict.RAISE:
                    raise
                if error.meaning.verdict is Verdict.LATER and self._clock.now() - item.received < KEPT:
                    later = error
                    continue
                self._give_up(part, error)
                outcomes["parked"] += 1
        if later:
            raise later
        self._inbox.remove(key)
        return outcomes

    def apply(self, part: Item) -> str:
        """Apply an event about one person and return the outcome. Raises ImAccessError."""
        try:
            event = self._read(part, self._first_receipt(part))
            return "nothing" if event is None else self._apply(event)
        except (ImAccessError, *EXITS):
            raise
        except BaseException as error:  # noqa: BLE001 - the other persons are to be done all the same
            raise unexpected(error) from None

    def _first_receipt(self, part: Item) -> float:
        """When an event was first received, even if it was processed and deleted since; for events without an exact
        time.
        """
        if part.event.time is not None and part.event.source not in WHOLE_SECONDS:
            return part.received
        return self._inbox.first_receipt(part, FOR_GOOD if part.event.time is None else FOR_WEEKS)
