"""Applies a person's event, or what is due for a person, with commands of the product itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from shared.entrypoints.run_own_command import run_own_command
from shared.idempotency.cause import Cause
from shared.operations import OPERATIONS
from shared.people.steps import OURS

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.commands.result import Result
    from shared.people.person import PersonEvent
    from shared.people.person_key import PersonKey
    from shared.people.rule_versions import RulesVersion
    from shared.use_cases.apply_person import Applied, ApplyPerson


def apply_event(event: PersonEvent, container: Container) -> Applied:
    """Do what an event of a person asks for. Raises as `ApplyPerson.event`; then it may be tried again."""
    return _logged(_use_case(container).event(event), container)


def apply_due(person: PersonKey, version: RulesVersion | None, container: Container) -> str:
    """Do what is due for a person and return the outcome. Raises as `ApplyPerson.due`; then it is still due."""
    return _logged(_use_case(container).due(person, version), container).outcome


def _use_case(container: Container) -> ApplyPerson:
    store = container.store(container.deadline())
    container.check_bucket(store)
    return container.apply_person(store, partial(_command, container))


def _command(
    container: Container, function: str, command: dict[str, Any], identity: tuple[str, ...], time: float
) -> Result:
    operation = OPERATIONS[function]
    cause = Cause(identity, time, caller=OURS)
    result: Result = run_own_command(container, operation, operation.command.inside(command), cause).result
    return result


def _logged(applied: Applied, container: Container) -> Applied:
    container.log("person", outcome=applied.outcome, user=applied.user or None, rules=applied.rules)
    return applied
