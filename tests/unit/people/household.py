"""A small world for tests of people: a store in memory, and users that commands create, change and close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from shared.commands.result import Result, UserRef
from shared.errors import Conflict, ImAccessError, Rejected
from shared.people.due_dates import DueDates
from shared.people.person import Person, PersonEvent
from shared.people.person_records import People
from shared.people.rule_versions import RuleVersions
from shared.people.rules_check import check
from shared.use_cases.apply_person import Applied, ApplyPerson
from tests.unit.entrypoints.fakes import FakeClock
from tests.unit.policies.stores import MemoryStore

ZONE = ZoneInfo("Asia/Shanghai")
START = 1_790_000_000.0
DAY = 86_400.0
RULES: dict[str, Any] = {
    "v": 1,
    "user_name": ["{email.local}", "{employee}"],
    "leaver": {"delete_after_days": 30},
    "rules": [
        {"name": "everybody", "when": {"departments": ["a", "b"]}, "policies": ["P"]},
        {"name": "as", "when": {"departments": "a"}, "policies": ["A"]},
        {"name": "bs", "when": {"departments": "b"}, "policies": ["B"]},
    ],
}


class Told(Result):
    """What comes of a command."""

    user: UserRef


class User:
    """A sub-user of the world."""

    def __init__(self, uin: int, policies: set[str], request: tuple[str, ...]) -> None:
        self.uin = uin
        self.policies = policies
        self.open = True
        self.kept = False
        self.made_by = request
        self.by_hand: set[str] = set()


class Household:
    """The world. `fail` is asked before each command, and may raise."""

    def __init__(self) -> None:
        self.clock = FakeClock(START)
        self.store = MemoryStore()
        self.users: dict[str, User] = {}
        self.protected: set[str] = set()
        self.sent: list[tuple[str, dict[str, Any], float]] = []
        self.done: dict[tuple[str, ...], Result] = {}
        self.commands: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}
        self.fail: Callable[[str], None] = lambda _function: None
        self.number = 0

    def push(self, document: dict[str, Any] = RULES, *, approved: bool = False) -> None:
        """Make these rules the newest version, a moment after whatever was before."""
        import json

        rules, faults = check(json.dumps(document).encode())
        assert rules, faults
        self.clock.sleep(1)
        RuleVersions(self.store).push(rules, self.clock.now(), approved=approved)

    @property
    def apply(self) -> ApplyPerson:
        """The use case, as of a new invocation."""
        records = (People(self.store), RuleVersions(self.store), DueDates(self.store))
        return ApplyPerson(*records, self, self, self.clock, lambda: ZONE)

    def tell(self, employee: str = "1", *, time: float | None = None, **fields: Any) -> Applied:  # noqa: ANN401 - JSON
        """Let an event come; `time` in seconds since the start."""
        return self.apply.event(self.event(employee, time=time, **fields))

    def event(
        self,
        employee: str = "1",
        *,
        time: float | None = None,
        source: str = "hr",
        renamed_from: str | None = None,
        partial: bool = False,
        also: str | None = None,
        **fields: Any,  # noqa: ANN401 - JSON
    ) -> PersonEvent:
        """An event of an active person with a mail address of its own."""
        self.number += 1
        if time is None:
            self.clock.sleep(1)
        at = self.clock.now() if time is None else START + time
        known = {} if partial else {"email": f"e{employee}@example.com"}
        said = Person.parse({"employee": employee, "status": "active", **known, **fields})
        if partial and "status" not in fields:
            said = said.keeping_status()
        return PersonEvent(source, str(self.number), at, said, renamed_from, partial, also)

    def __call__(self, function: str, command: dict[str, Any], identity: tuple[str, ...], time: float) -> Result:
        """Carry out a command, once for its identity."""
        self.fail(function)
        if self.commands.setdefault(identity, (function, command)) != (function, command):
            raise Rejected("identity_reused")
        if identity not in self.done:
            self.done[identity] = self._carry_out(function, command, identity)
            self.sent.append((function, command, time))
        return self.done[identity]

    def _carry_out(self, function: str, command: dict[str, Any], identity: tuple[str, ...]) -> Result:
        name, policies = command["user"], set(command.get("policies", ()))
        if name in self.protected:
            raise Rejected("user_protected")
        user = self.users.get(name)
        if function == "create_user":
            if user is not None:
                raise Conflict("user_exists")
            user = self.users[name] = User(1000 + len(self.done), policies, identity)
        elif user is None:
            if function != "offboard_user":
                raise Conflict("user_not_found")
            return Told(user=UserRef(name=name, uin=None))
        elif function == "restore_user":
            self._reopen(user, policies)
        elif function == "offboard_user":
            user.open, user.policies, user.kept = False, set(), command.get("keep", False)
        elif function == "revoke_policy":
            user.policies -= policies
        else:
            if not user.open:
                raise ImAccessError("user_offboarded")
            user.policies |= policies
        return Told(user=UserRef(name=name, uin=user.uin))

    def _reopen(self, user: User, policies: set[str]) -> None:
        if user.made_by == ("hand",):
            raise Rejected("user_not_managed")
        if user.open:
            raise Conflict("user_active")
        user.open, user.policies, user.kept = True, policies, False

    # what the ledger says

    def uin(self, user: str) -> int | None:
        """The UIN of the last user of this name."""
        found = self.users.get(user)
        return found.uin if found else None

    def granted_later(self, user: str, policy: str, request: str) -> bool:  # noqa: ARG002 - a port's
        """Whether somebody gave it by hand."""
        found = self.users.get(user)
        return found is not None and policy in found.by_hand

    def access(self) -> dict[str, set[str]]:
        """The policies of all users who are open."""
        return {name: user.policies for name, user in self.users.items() if user.open}
