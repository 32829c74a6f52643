"""What is known of a person: the data that the HR system reported, and the state of the person's access."""

from __future__ import annotations

from typing import NamedTuple

from shared.people.person import Person
from shared.people.person_key import PersonKey
from shared.people.reports import PersonReport
from shared.people.steps import Done, Step

TAKEN = ("user_exists", "user_protected", "user_not_managed")
"""Codes for a user name that belongs to somebody else."""


class PersonState(NamedTuple):
    """The state of a person's access: the newest step, None where there was none; `done` is None while it is
    unfinished.
    """

    step: Step | None = None
    done: Done | None = None

    @property
    def number(self) -> int:
        """The number of the newest step; 0 where there was none."""
        return self.step.number if self.step else 0

    @property
    def unfinished(self) -> bool:
        """Whether the newest step is still to be done."""
        return self.step is not None and self.done is None

    @property
    def user(self) -> str:
        """The name of the person's sub-user, "" where there never was one."""
        return self.step.user if self.step else ""

    @property
    def open(self) -> bool:
        """Whether the person has access, or may have it."""
        step, done = self.step, self.done
        if step is None:
            return False
        if done is not None and done.code and step.verb in ("create", "restore"):
            return done.code == "user_active"
        return step.verb != "offboard" or bool(done and done.code)

    @property
    def ends(self) -> str:
        """The object key of the user's end, "" for none."""
        return self.step.ends if self.step and self.open else ""

    @property
    def given(self) -> dict[str, str]:
        """The policies that rules have certainly given, with the request key of each."""
        if self.step is None or not self.open or self._by_hand:
            return {}
        return {**self.step.kept, **self.step.given} if self._succeeded else self.step.kept

    @property
    def perhaps(self) -> dict[str, str]:
        """The policies that rules have given, or may have given by an unfinished step; with the request key of each."""
        if self.step is None or not self.open or self._by_hand:
            return {}
        return self.given if self._succeeded else {**self.step.taken, **self.step.kept, **self.step.given}

    @property
    def _succeeded(self) -> bool:
        return self.done is not None and not self.done.code

    @property
    def _by_hand(self) -> bool:
        """Whether a command from outside has reopened the user and given its policies."""
        return self.done is not None and self.done.code == "user_active"

    @property
    def tried(self) -> list[str]:
        """User names that were tried and belong to somebody else."""
        step, done = self.step, self.done
        if step is None:
            return []
        return [*step.tried, step.user] if done and done.code in TAKEN else step.tried


class KnownPerson(NamedTuple):
    """What is known of a person: the data from the HR system, the time of its newest report, and the state of access.

    `time` is in microseconds since the epoch. `reports`: those that count, newest first; `report_keys`: their object
    keys. `outdated`: object keys that are not needed any more.
    """

    key: PersonKey
    source: str
    person: Person
    time: int
    reports: list[PersonReport]
    report_keys: list[str]
    state: PersonState
    outdated: list[str]

    @property
    def newest(self) -> str:
        """The object key of the newest report."""
        return self.report_keys[0]

    def lists(self, key: str) -> bool:
        """Whether the store listed this object when the person was looked up."""
        return key in self.report_keys or key in self.outdated
