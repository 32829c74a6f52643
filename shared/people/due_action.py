"""Decides what is due for a person, from the reports, the rules, the state of access and the time. It does no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Literal, NamedTuple

from shared.people.calendar_days import begins, ends
from shared.people.person import Person
from shared.people.person_state import PersonState
from shared.people.rules import Rules
from shared.people.scheduled_ends import due_of

What = Literal["nothing", "later", "create", "restore", "change", "offboard"]


class DueAction(NamedTuple):
    """What is due. `because`: for each policy that the person should have, the rules that give it.

    `give`: policies to give. `take`: policies that rules gave before and give no more, with the key of the request that
    gave each. `since`: where a date made it due and not an event, that time in seconds since the epoch. `end`: when
    access ends.
    """

    what: What = "nothing"
    because: Mapping[str, list[str]] = {}
    give: tuple[str, ...] = ()
    take: Mapping[str, str] = {}
    deletes: bool = False
    since: float = 0.0
    end: float | None = None

    @property
    def takes_away(self) -> bool:
        """Whether it takes a policy or the access away."""
        return self.what == "offboard" or bool(self.take)


class AccessDays(NamedTuple):
    """When a person's access begins and ends, in seconds since the epoch; None where the HR system gives no date."""

    start: float | None
    end: float | None

    @classmethod
    def of(cls, person: Person, zone: tzinfo) -> AccessDays:
        """The days of a person. Raises ValueError for a date that does not exist."""
        start = begins(person.starts_at, zone) if person.starts_at else None
        return cls(start, ends(person.ends_at, zone) if person.ends_at else None)

    def later(self, now: float) -> list[float]:
        """Those that are still to come."""
        return [moment for moment in self if moment is not None and moment > now]


def due_action(person: Person, rules: Rules, state: PersonState, now: float, zone: tzinfo) -> DueAction:
    """What is due for a person now. An unfinished step counts as one that may have been done or not."""
    days = AccessDays.of(person, zone)
    over = days.end is not None and days.end <= now
    if over or person.status != "active":
        return _closed(state, deletes=over or person.status == "left", since=days.end or 0.0 if over else 0.0)
    waits = days.start is not None and days.start > now
    if waits and not state.open:
        return DueAction("later", since=days.start or 0.0)
    because = rules.policies(person)
    if state.open and not (because and _ended(state, now)):
        give = tuple(name for name in because if name not in state.given)
        take = {name: key for name, key in state.perhaps.items() if name not in because}
        another_end = state.ends and due_of(state.ends) != (None if days.end is None else int(days.end))
        what: What = "change" if give or take or another_end else "nothing"
        return DueAction(what, because, give, take, end=days.end)
    if not because:
        return DueAction()
    since = days.start or 0.0
    if state.user and state.user not in state.tried and not _lost(state):
        return DueAction("restore", because, tuple(because), since=since, end=days.end)
    return DueAction("create", because, tuple(because), since=since, end=days.end)


def _ended(state: PersonState, now: float) -> bool:
    """Whether the end that the last step ordered has come, so that the sweep may have closed the user already."""
    end = due_of(state.ends)
    return end is not None and end <= now


def _closed(state: PersonState, *, deletes: bool, since: float) -> DueAction:
    """What is due for a person whose user must be closed; `deletes`: the user is also to be deleted later."""
    step = state.step
    if step is None or _never(state):
        return DueAction()
    if state.open or step.deletes != deletes:
        return DueAction("offboard", take=state.perhaps, deletes=deletes, since=since)
    return DueAction()


def _never(state: PersonState) -> bool:
    """Whether the person never got a user, because the only step failed."""
    return bool(state.step and state.step.verb == "create" and state.done and state.done.code and not state.open)


def _lost(state: PersonState) -> bool:
    """Whether the person's user does not exist in CAM, or no more."""
    return bool(state.done and state.done.code == "user_not_found") or _never(state)
