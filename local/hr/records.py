"""The state of a simulated HR system: its employees, its departments, and the tokens that it has given out."""

import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Employee:
    """An employee, the same for all systems. `departments` are names; `state` is `active`, `frozen` or `left`."""

    id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    departments: tuple[str, ...] = ()
    title: str = ""
    kind: str = "regular"
    state: str = "active"
    leaves: str = ""
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A call of a system's API. Names of headers are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Push:
    """One event, as it is POSTed to the callback's address."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


Answer = tuple[int, dict[str, Any]]
"""A status and JSON."""


class Records:
    """One system's employees by id, its departments and its access tokens."""

    def __init__(self) -> None:
        self.employees: dict[str, Employee] = {}
        self.departments: dict[str, str] = {}
        self.tokens: set[str] = set()
        self._numbers = itertools.count(1)

    def number(self, department: str) -> str:
        """The id of the department of this name; a new one is added."""
        if department not in self.departments:
            self.departments[department] = str(next(self._numbers))
        return self.departments[department]

    def department(self, number: str) -> str | None:
        """The name of the department of this id."""
        return next((name for name, one in self.departments.items() if one == number), None)

    def present(self, employee: str) -> Employee | None:
        """An employee who has not left."""
        found = self.employees.get(employee)
        return found if found and found.state != "left" else None

    def token(self) -> str:
        """A fresh access token."""
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return token
