"""The duty for people with a due date: a first day, a last day, or the retry of a failed step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.errors import ImAccessError, Verdict
from shared.people.due_dates import DueDates
from shared.people.person_key import PersonKey
from shared.ports import Clock
from shared.use_cases.duties.duty import Done, Late

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
"""Seconds until a retry, while a person has to act: as long as it has failed so far, within these limits."""

GiveUp = Callable[[PersonKey, ImAccessError, float], None]
"""Makes a dead letter for a person: the error, and since when it has failed (seconds since the epoch)."""


class ApplyDueDates:
    """The duty. `apply`: does what is due for a person and returns the outcome. If somebody has to act, it is given up
    after `patience` seconds.
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
        """The keys of the dates that are due."""
        return self._dates.due(self._clock)

    def do(self, item: str) -> Done:
        """Do what is due for one person.

        Raises ImAccessError where it is still due: in the next run, or, if somebody has to act, after growing pauses.
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
        """Does nothing: the object keys say what is due."""
