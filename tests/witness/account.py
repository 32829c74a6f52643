"""The state of CAM: people, their keys and policies, and which part of it reads show already."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.witness.clock import SharedClock
from tests.witness.options import Options

Params = dict[str, Any]
FULL, READ, CUSTOM = "QcloudAVCFullAccess", "QcloudIMReadOnlyAccess", "TeamChat"
OWNER = "100000000001"
LONGEST_LAG = 5.0
"""Seconds; see `Options.lag`."""
_CUSTOM_FROM = 88000000
_POLICIES = {524252: FULL, 7219: READ, 88000001: CUSTOM}


class Denied(Exception):
    """An error of the API: its code."""


@dataclass
class Person:
    """A sub-user. `keys` are secrets by id, `inactive` the ids of those that are switched off."""

    uin: int
    name: str
    remark: str
    login: bool
    password: str
    keys: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    inactive: set[str] = field(default_factory=set)
    policies: set[int] = field(default_factory=set)
    groups: list[str] = field(default_factory=list)


class _Past(NamedTuple):
    call: int
    at: float
    people: dict[str, Person]


class Account:
    """One main account. It is used by one thread at a time."""

    def __init__(self, options: Options, clock: SharedClock) -> None:
        self.options = options
        self.people: dict[str, Person] = {}
        self.policies = _POLICIES | {_CUSTOM_FROM + 10 + n: f"Other{n:04}" for n in range(options.others)}
        self.calls = 0
        self._clock = clock
        self.made = 0
        self._history = [_Past(0, 0.0, {})]

    def new(self, name: str, remark: str, password: str, *, login: bool) -> Person:
        """A user of a UIN that nobody has had."""
        self.made += 1
        person = self.people[name] = Person(100000000100 + self.made, name, remark, login, password)
        return person

    def add(self, name: str, *policies: str) -> Person:
        """A user who has been there for a while."""
        person = self.new(name, "", "", login=False)
        person.policies = {number for number, policy in self.policies.items() if policy in policies}
        self._history = [_Past(0, 0.0, deepcopy(self.people))]
        return person

    def wrote(self) -> None:
        """Remember that this call has changed something."""
        self._history.append(_Past(self.calls, self._clock.now(), deepcopy(self.people)))

    def seen(self, **by: object) -> Person:
        """The person of this name, UIN or key, as reads show them. Raises Denied."""
        call, at = self.calls - self.options.lag, self._clock.now() - LONGEST_LAG
        past = [one for one in self._history if one.call < call or one.at <= at]
        return self._one(past[-1].people if self.options.lag else self.people, by)

    def one(self, **by: object) -> Person:
        """The one of this name or UIN, for a write. Raises Denied."""
        return self._one(self.people, by)

    def secret(self, secret_id: str) -> str | None:
        """The secret of a sub-user's key, while it works."""
        for person in self.people.values():
            if secret_id in person.keys and secret_id not in person.inactive:
                return person.keys[secret_id]
        return None

    def policies_of(self, name: str) -> list[str]:
        """Their names, in order."""
        return sorted(self.policies[number] for number in self.people[name].policies)

    def policy(self, number: object, refusal: str) -> int:
        """The id, if there is such a policy. Raises Denied."""
        if int(str(number)) not in self.policies:
            raise Denied(refusal)
        return int(str(number))

    def described(self, number: int, *, listed: bool) -> dict[str, Any]:
        """A policy's name, and its Type where this cloud tells it."""
        told = self.options.types in ("everywhere", "in lists" if listed else "by id")
        return {"PolicyName": self.policies[number]} | ({"Type": 1 if number > _CUSTOM_FROM else 2} if told else {})

    def number(self, value: int) -> int | str:
        """A number as this cloud writes it."""
        return str(value) if self.options.uin_as_text else value

    def _one(self, people: dict[str, Person], by: dict[str, object]) -> Person:
        for person in people.values():
            if all(str(getattr(person, name)) == str(value) for name, value in by.items()):
                return person
        raise Denied(self.options.nobody)
