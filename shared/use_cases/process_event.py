"""Works on an event of the inbox: reads what it tells of each person, applies that, and deletes the event.

What can never be done, or only after somebody has acted, is given up; what may be done later stays in the inbox, for a
week. An event about several persons is done for each by itself.
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
"""Seconds for which an event is tried before it is given up."""

ReadEvent = Callable[[Item, float], "PersonEvent | None"]
"""Reads an event about one person, with the moment of its first receipt; None where there is nothing to apply."""
ApplyEvent = Callable[[PersonEvent], str]
"""Does what a person's event asks for and returns the outcome. Raises ImAccessError."""
GiveUpEvent = Callable[[Item, ImAccessError], None]
"""Keeps an event about one person as a dead letter, with what was wrong."""


class ProcessEvent:
    """The use case, for one invocation."""

    def __init__(self, inbox: Inbox, clock: Clock, read: ReadEvent, apply: ApplyEvent, give_up: GiveUpEvent) -> None:
        self._inbox = inbox
        self._clock = clock
        self._read = read
        self._apply = apply
        self._give_up = give_up

    def work(self, key: str) -> Counter[str]:
        """The number of persons by outcome (those of `Applied`, `nothing`, `parked`); empty where the event is gone.

        Raises ImAccessError where some of it is to be done later: the event stays. Raises Misconfigured at once.
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
        """When an event was received first, also if it was done and deleted since; for events without an exact time."""
        if part.event.time is not None and part.event.source not in WHOLE_SECONDS:
            return part.received
        return self._inbox.first_receipt(part, FOR_GOOD if part.event.time is None else FOR_WEEKS)
