"""Creates, changes, closes and restores a person's user, as the person's events, dates and the rules ask for.

Record first, apply the newest, look again: every run does what is due by the newest report, not by its own event. Each
step is recorded before any of its commands is sent, and the identities of the commands are made from the step's number:
so if a process dies, the next one finishes its step.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import NamedTuple, Protocol

from shared.errors import ImAccessError, Rejected, Unavailable
from shared.people.due_action import AccessDays, DueAction, due_action
from shared.people.due_dates import DueDates
from shared.people.next_step import next_step
from shared.people.person import PersonEvent
from shared.people.person_key import PersonKey
from shared.people.person_records import People
from shared.people.person_state import KnownPerson
from shared.people.reports import PersonReport
from shared.people.rule_versions import RulesVersion, RuleVersions
from shared.people.steps import Step
from shared.people.user_names import names
from shared.ports import Clock
from shared.use_cases.do_step import DoStep, SendCommand

_ROUNDS = 12
"""The most steps of one person in one run; there are hardly ever two."""


class GivenPolicies(Protocol):
    """What the ledger and the life records say about a person's user."""

    def uin(self, user: str) -> int | None:
        """The UIN of the last user with this name that these functions created."""

    def granted_later(self, user: str, policy: str, request: str) -> bool:
        """Whether a request after this one gave the policy, too."""


class Applied(NamedTuple):
    """The result for a person. `outcome`: `joined`, `changed`, `offboarded`, `restored`, `later`, `superseded` or
    `unchanged`; `user`: the name of the person's user, "" for none; `rules`: the version of the rules that decided.
    """

    outcome: str
    user: str
    rules: int


class ApplyPerson:
    """The use case, for one invocation."""

    def __init__(
        self,
        people: People,
        versions: RuleVersions,
        dates: DueDates,
        commands: SendCommand,
        given: GivenPolicies,
        clock: Clock,
        zone: Callable[[], tzinfo],
    ) -> None:
        self._people = people
        self._versions = versions
        self._dates = dates
        self._steps = DoStep(people, dates, commands, self._due)
        self._given = given
        self._clock = clock
        self._zone = zone

    def event(self, event: PersonEvent) -> Applied:
        """Do what an event asks for, if it is the newest. Raises ImAccessError `no_rules`, `no_user_name`, the errors
        of the commands, Rejected `invalid_person`, `invalid_time`, Unavailable, `record_unreadable`.
        """
        report, version = PersonReport.of(event, self._clock.now()), self._versions.current()
        person = self._named(event, version)
        for moment in self._days(event).later(self._clock.now()):
            self._dates.note(person, moment)
        self._people.record(person, report)
        own = report.key(person.folder)
        applied, newest = self._apply(person, version, own)
        if applied.outcome == "unchanged" and newest != own:
            return applied._replace(outcome="superseded")
        return applied

    def due(self, person: PersonKey, version: RulesVersion | None = None) -> Applied:
        """Do what is due for a person now. Raises as `event`."""
        return self._apply(self._people.ids.resolve(person), version or self._versions.current())[0]

    def _apply(self, person: PersonKey, version: RulesVersion, own: str = "") -> tuple[Applied, str]:
        """Do what is due for a person; returns the outcome, and the object key of the newest report.

        Raises Unavailable where the store does not list the report that was recorded under the key `own`.
        """
        outcome = "unchanged"
        for _ in range(_ROUNDS):
            known = self._people.known(person)
            if own and (known is None or not known.lists(own)):
                raise Unavailable("The store does not list an event that was recorded", retry_after=5)
            own = ""
            if known is None:
                return Applied("unchanged", "", version.number), ""
            due = self._due(known, version)
            if known.state.unfinished and due.what != "offboard":
                step = known.state.step
            elif due.what in ("nothing", "later"):
                self._people.tidy(known, self._clock.now())
                word = "later" if due.what == "later" and outcome == "unchanged" else outcome
                return Applied(word, known.state.user, version.number), known.newest
            else:
                step = self._begun(known, due, version)
            if step is not None:
                outcome = self._steps.do(known, step, version) or outcome
        raise Unavailable("What is due for a person keeps changing", retry_after=5)

    def _named(self, event: PersonEvent, version: RulesVersion) -> PersonKey:
        """The person of an event, also if the HR system has changed the person's id."""
        own = PersonKey.of(event.source, event.person.employee)
        if event.also:
            return self._people.ids.same(self._renamed(event, own, version), PersonKey.of(event.source, event.also))
        return self._renamed(event, own, version)

    def _renamed(self, event: PersonEvent, own: PersonKey, version: RulesVersion) -> PersonKey:
        if event.renamed_from is None:
            return self._people.ids.resolve(own)
        person, stray = self._people.ids.rename(PersonKey.of(event.source, event.renamed_from), own)
        if stray is not None and stray.state.open:
            # An event with the new id came before the change of ids, and created a second user.
            step = next_step(stray, DueAction("offboard", deletes=True), version, stray.state.user, self._clock.now())
            if self._people.begin(stray.key, step):
                self._steps.do(stray, step, version)
        return person

    def _days(self, event: PersonEvent) -> AccessDays:
        try:
            return AccessDays.of(event.person, self._zone())
        except (ValueError, OverflowError):
            raise Rejected("invalid_person", "starts_at or ends_at is no day of the calendar") from None

    def _due(self, known: KnownPerson, version: RulesVersion) -> DueAction:
        return due_action(known.person, version.rules, known.state, self._clock.now(), self._zone())

    def _begun(self, known: KnownPerson, due: DueAction, version: RulesVersion) -> Step | None:
        """Record the next step and return it; None where another process was first."""
        user = self._name(known, version) if due.what == "create" else known.state.user
        uin = known.state.done.uin if known.state.done else None
        if due.what != "create" and uin is not None and self._given.uin(user) not in (uin, None):
            # After this person's user was deleted, somebody else got the name.
            if due.what != "restore":
                return self._nothing_left(known, due, version)
            due, user = due._replace(what="create"), self._name(known, version, besides=user)
        take = {name: key for name, key in due.take.items() if not self._given.granted_later(user, name, key)}
        step = next_step(known, due._replace(take=take), version, user, self._clock.now())
        return step if self._people.begin(known.key, step) else None

    def _nothing_left(self, known: KnownPerson, due: DueAction, version: RulesVersion) -> Step | None:
        """Record a step without commands: the person's user does not exist any more."""
        step = next_step(known, due, version, known.state.user, self._clock.now())
        step = step._replace(verb="offboard", orders=[])
        return step if self._people.begin(known.key, step) else None

    def _name(self, known: KnownPerson, version: RulesVersion, besides: str = "") -> str:
        """The name for a person's user, which is reserved here: the name it had before, else the first free one."""
        state = known.state
        tried = {*state.tried, besides}
        if state.user and state.user not in tried:
            return state.user
        for name in names(known.person, version.rules.user_name):
            if name not in tried and self._people.reserve(name, known.key):
                return name
        raise ImAccessError("no_user_name")
