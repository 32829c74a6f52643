"""The duty for people for whom a date has come, such as a first or a last day, or a failed step is tried again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.errors import ImAccessError, Verdict
from shared.people.due_dates import DueDates
from shared.people.person_key import PersonKey
from shared.ports import Clock
from shared.use_cases.duties.duty import Done, Late

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
"""Seconds after which something is tried again that needs a person to act: after as long as it has been so."""

GiveUp = Callable[[PersonKey, ImAccessError, float], None]
"""Leave a person to whoever reads dead letters: what was wrong, and since when (seconds since the epoch)."""


class ApplyDueDates:
    """The duty. `apply` does what is due for a person and returns the outcome, a word; what needs somebody to act is
    given up after `patience` seconds.
    """

    name = "people"

    def __init__(
        self, dates: DueDates, clock: Clock, apply: Callable[[PersonKey], str], give_up: GiveUp, patience: float
    ) -> None:
        self._dates = dates
        self._clock = clock
        self._apply = apply
        self._give_up = give_up
        self._patience = patience

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The keys of the dates that have come."""
        return self._dates.due(self._clock)

    def do(self, item: str) -> Done:
        """Do what is due for one person.

        Raises ImAccessError where it is still due: in the next run, or after a growing pause if somebody has to act,
        until that has been so for too long.
        """
        person = self._dates.person(item)
        try:
            outcome = self._apply(person)
        except ImAccessError as error:
            if error.meaning.verdict is not Verdict.LATER:
                self._put_off(item, person, error)
            raise
        self._dates.forget(item)
        return {outcome: 1}

    def _put_off(self, item: str, person: PersonKey, error: ImAccessError) -> None:
        now = self._clock.now()
        since = self._dates.failing_since(item) or now
        if now - since >= self._patience:
            self._give_up(person, error, since)
        else:
            pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, now - since))
            self._dates.note(person, now + pause, since)
        self._dates.forget(item)

    def ended(self, left: Sequence[str]) -> None:
        """Does nothing: the object keys tell what is due."""
