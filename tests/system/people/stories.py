"""Rules that are pushed, and events that come, as an operator and a function would bring them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from shared.bootstrap.container import Container
from shared.entrypoints.person_events import apply_event
from shared.people.person import Person, PersonEvent
from shared.people.rule_versions import RuleVersions
from shared.people.rules_check import check
from shared.use_cases.apply_person import Applied
from tests.processes import Process
from tests.world import FULL, READ, World

RULES: dict[str, Any] = {
    "v": 1,
    "user_name": ["{email.local}", "{employee}"],
    "delivery": {"console_login": True, "api_access": True},
    "leaver": {"delete_after_days": 30},
    "rules": [
        {"name": "support reads", "when": {"departments": ["客服", "Support"]}, "policies": [READ]},
        {"name": "operators", "when": {"title": "Operator"}, "policies": [FULL]},
    ],
}


def push(world: World, document: dict[str, Any] = RULES, *, approved: bool = False) -> None:
    """Make these rules the newest version, as the main account's own."""
    root = world.cloud.root
    env = {**world.env, "TENCENTCLOUD_SECRETID": root.secret_id, "TENCENTCLOUD_SECRETKEY": root.secret_key}
    container = Container("operator", {"time_limit_in_ms": 30_000}, env, world.process().instance, world.clock)
    rules, faults = check(json.dumps(document).encode())
    assert rules, faults
    RuleVersions(container.store(container.deadline())).push(rules, world.clock.now(), approved=approved)


def event(world: World, employee: str, *, number: int = 1, **fields: Any) -> PersonEvent:  # noqa: ANN401 - JSON
    """An event of this moment."""
    said = Person.parse({"employee": employee, "status": "active", "email": f"{employee}@example.com", **fields})
    return PersonEvent("hr", str(number), world.clock.now(), said)


def bring(world: World, told: PersonEvent, process: Process | None = None, *, role: str = "sweep") -> Applied:
    """Let an event come to a function of this role. Raises what its processing raises, and Killed."""
    process = process or world.process()
    env = {**world.env, **world.roles[role]}
    container = Container(role, {"time_limit_in_ms": 30_000}, env, process.instance, world.clock)
    try:
        return apply_event(told, container)
    finally:
        process.close()


def records(world: World, prefix: str = "people/") -> Sequence[str]:
    """The keys of what is recorded."""
    return sorted(key for key in world.cloud.cos.objects.data if key.startswith(prefix))
