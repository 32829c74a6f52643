"""Does a step of a person: sends its commands, and records the outcome. It also decides what a failure means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from shared.commands.result import Result
from shared.errors import ImAccessError, Unavailable, Verdict
from shared.people.due_action import DueAction
from shared.people.due_dates import DueDates
from shared.people.person_records import People
from shared.people.person_state import TAKEN, KnownPerson
from shared.people.rule_versions import RulesVersion
from shared.people.steps import Done, Step, identity

_GOES_ON = (*TAKEN, "user_not_found", "user_active")
"""Errors of a create or restore after which another step may succeed."""
_OUTCOMES = {"create": "joined", "restore": "restored", "change": "changed", "offboard": "offboarded"}


class SendCommand(Protocol):
    """Carries out a command of a step."""

    def __call__(self, function: str, command: dict[str, Any], identity: tuple[str, ...], time: float) -> Result:
        """Execute the command, or return its earlier result. Raises ImAccessError."""


class DoStep:
    """Does steps, for one invocation. `due`: what is due for a person by a version of the rules."""

    def __init__(
        self,
        people: People,
        dates: DueDates,
        commands: SendCommand,
        due: Callable[[KnownPerson, RulesVersion], DueAction],
    ) -> None:
        self._people = people
        self._dates = dates
        self._commands = commands
        self._due = due

    def do(self, known: KnownPerson, step: Step, version: RulesVersion) -> str:
        """Do a step and return the outcome, or "" where another step is needed. Raises ImAccessError."""
        uin = known.state.done.uin if known.state.done else None
        try:
            if step.forgets:
                self._dates.forget(step.forgets)
            for place, order in enumerate(step.orders):
                moment = step.time / 1_000_000
                result = self._commands(*order, identity(known.key, step.number, place), moment)
                uin = getattr(getattr(result, "user", None), "uin", None) or uin
        except ImAccessError as error:
            return self._failed(known, step, version, error)
        self._people.finish(known.key, step, Done("", uin))
        return _OUTCOMES[step.verb]

    def _failed(self, known: KnownPerson, step: Step, version: RulesVersion, error: ImAccessError) -> str:
        """Decide what a failure means: return "" where another step may succeed, else raise the error."""
        if error.code == "identity_reused":
            # Another process did this step before, and its record is deleted already.
            raise Unavailable("Somebody else has done a step of this person", retry_after=5) from None
        verdict = error.meaning.verdict
        if verdict in (Verdict.LATER, Verdict.RAISE):
            raise error
        another_way = step.verb in ("create", "restore") and error.code in _GOES_ON
        if another_way or verdict is Verdict.PARK or self._outdated(known, step, version):
            uin = known.state.done.uin if known.state.done else None
            self._people.finish(known.key, step, Done(error.code, uin))
            if another_way or verdict is not Verdict.PARK:
                return ""
        raise error

    def _outdated(self, known: KnownPerson, step: Step, version: RulesVersion) -> bool:
        """Whether something else is due now than when the step was recorded."""
        failed = known.state._replace(step=step, done=Done("failed"))
        return set(self._due(known._replace(state=failed), version).because) != set(step.because)
