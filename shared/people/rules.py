"""The rules of an organisation: who gets which policies, which user name, and when leavers are deleted.

    {"v": 1, "user_name": ["{email.local}", "{employee}"], "delivery": {"console_login": true, "api_access": false},
     "leaver": {"delete_after_days": 30},
     "rules": [{"name": "support reads", "when": {"departments": ["Support"]}, "policies": ["QcloudIMReadOnlyAccess"]}]}

A rule matches a person where each attribute in its `when` has one of the listed values; `"*"` matches every value, but
not a missing one. A person gets the policies of all matching rules. The result depends only on the person and the
rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.people.person import Person
from shared.people.person_attributes import values

VERSION = 1
ANY = "*"


class Rule(NamedTuple):
    """One rule. `when`: for each attribute the values that match, in the form in which values are compared."""

    name: str
    when: Mapping[str, tuple[str, ...]]
    policies: tuple[str, ...]

    def matches(self, person: Person) -> bool:
        """Whether each attribute of the person has one of the values."""
        return all(_has(values(person, attribute), wanted) for attribute, wanted in self.when.items())


class Rules(NamedTuple):
    """A document of rules. `delete_after_days`: for leavers; None: the setting decides."""

    user_name: tuple[str, ...]
    rules: tuple[Rule, ...]
    console_login: bool = True
    api_access: bool = True
    delete_after_days: int | None = None

    def policies(self, person: Person) -> dict[str, list[str]]:
        """The policies of a person, in the order of the rules, each with the names of the rules that give it."""
        given: dict[str, list[str]] = {}
        for rule in self.rules:
            if rule.matches(person):
                for policy in rule.policies:
                    given.setdefault(policy, []).append(rule.name)
        return given

    def document(self) -> dict[str, Any]:
        """The document as JSON."""
        return {
            "v": VERSION,
            "user_name": list(self.user_name),
            "delivery": {"console_login": self.console_login, "api_access": self.api_access},
            "leaver": {} if self.delete_after_days is None else {"delete_after_days": self.delete_after_days},
            "rules": [
                {
                    "name": rule.name,
                    "when": {name: list(wanted) for name, wanted in rule.when.items()},
                    "policies": list(rule.policies),
                }
                for rule in self.rules
            ],
        }


def _has(found: list[str], wanted: tuple[str, ...]) -> bool:
    return bool(found) if ANY in wanted else any(value in wanted for value in found)
