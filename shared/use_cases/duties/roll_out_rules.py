"""The duty that applies a new version of the rules to all people, page by page, in as many runs as that takes.

Unless somebody has approved the version, it first counts from how many people it would take something. If these are
more than the brake allows, it is applied to nobody. Events of people are applied by the newest version in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from shared.errors import ImAccessError, Verdict
from shared.people.due_dates import DueDates
from shared.people.person_key import PersonKey
from shared.people.person_records import People
from shared.people.person_state import KnownPerson
from shared.people.rule_versions import RulesVersion, RuleVersions
from shared.ports import Clock
from shared.use_cases.duties.apply_due_dates import FIRST_PAUSE
from shared.use_cases.duties.cursor import Cursor, Position
from shared.use_cases.duties.duty import Braked, Done, Late

PAGE = 500
"""The objects in one listing; a person has three or four."""


class RulesProgress(NamedTuple):
    """The progress of a version: `counting`, `applying`, `stopped` or `done`; and from how many people it would take
    something.
    """

    version: int
    phase: str
    taken_from: int = 0

    @classmethod
    def read(cls, text: str, version: RulesVersion) -> RulesProgress:
        """The progress of this version; the progress of another version counts as none."""
        number, _, rest = text.partition(" ")
        phase, _, count = rest.partition(" ")
        if number != str(version.number) or not count.isdigit():
            return cls(version.number, "applying" if version.approved else "counting")
        return cls(version.number, phase, int(count))

    def __str__(self) -> str:
        """The form that the cursor stores."""
        return f"{self.version} {self.phase} {self.taken_from}"


class RollOutRules:
    """The duty. `apply`: does what is due for a person by a version; `takes`: whether that would take anything away.

    `stopped`: called in each run in which a version waits for approval, with its number, the number of people from whom
    it would take something, and whether that is new.
    """

    name = "rules"

    def __init__(
        self,
        people: People,
        versions: RuleVersions,
        dates: DueDates,
        cursor: Cursor,
        clock: Clock,
        brake: int,
        takes: Callable[[KnownPerson, RulesVersion], bool],
        apply: Callable[[PersonKey, RulesVersion], str],
        stopped: Callable[[int, int, bool], None],
    ) -> None:
        self._people = people
        self._versions = versions
        self._dates = dates
        self._cursor = cursor
        self._clock = clock
        self._brake = brake
        self._takes = takes
        self._apply = apply
        self._stopped = stopped
        self._version: RulesVersion | None = None
        self._progress = RulesProgress(0, "done")
        self._after = ""
        self._page: dict[str, str] = {}
        self._next = ""

    def due(self, late: Late) -> Sequence[str]:
        """The next people to whom the newest version has not been applied. Raises Braked."""
        version = self._version = self._versions.newest()
        if version is None:
            return []
        position = self._cursor.read()
        self._progress = RulesProgress.read(position.rules, version)
        self._after = position.after if str(self._progress) == position.rules else ""
        if self._progress.phase == "counting":
            self._count(version, late)
        if self._progress.phase == "stopped":
            self._stopped(version.number, self._progress.taken_from, str(self._progress) != position.rules)
            self._cursor.move(Position("", 0.0, str(self._progress)))
            raise Braked(self._progress.taken_from)
        if self._progress.phase != "applying":
            return []
        page, self._next = self._people.page(self._after, PAGE)
        self._page = {person.text: last for person, last in page}
        return list(self._page)

    def do(self, item: str) -> Done:
        """Apply it to one person. Raises ImAccessError; then a due date of the person brings the next try."""
        person = PersonKey(item)
        assert self._version is not None  # noqa: S101 - for the type checker: without one nobody is due
        try:
            outcome = self._apply(person, self._version)
        except ImAccessError as error:
            wait = 0.0 if error.meaning.verdict is Verdict.LATER else FIRST_PAUSE
            self._dates.note(person, self._clock.now() + wait)
            raise
        return {outcome: 1}

    def ended(self, left: Sequence[str]) -> None:
        """The next run goes on with the items in `left`."""
        if self._version is None:
            return
        progress, after = self._progress, self._after
        if progress.phase == "applying":
            done = [last for person, last in self._page.items() if person not in left]
            after = (done[-1] if done else after) if left else self._next
            if not after and not left:
                progress = progress._replace(phase="done")
        self._cursor.move(Position(after, 0.0, str(progress)))

    def _count(self, version: RulesVersion, late: Late) -> None:
        """Go on counting, as far as time allows but one person at least; what comes after it begins with the first."""
        while self._progress.phase == "counting":
            page, following = self._people.page(self._after, PAGE)
            for person, last in page:
                count = self._progress.taken_from + self._loses(person, version)
                self._progress, self._after = self._progress._replace(taken_from=count), last
                if late():
                    return
            self._after = following
            if not following:
                phase = "stopped" if self._progress.taken_from > self._brake else "applying"
                self._progress = self._progress._replace(phase=phase)

    def _loses(self, person: PersonKey, version: RulesVersion) -> bool:
        """Whether the version takes something from a person; so it counts of one whose records cannot be read, too."""
        try:
            known = self._people.itself(person)
            return known is not None and self._takes(known, version)
        except ImAccessError as error:
            if error.meaning.verdict is Verdict.LATER and error.code != "record_unreadable":
                raise
            return True
