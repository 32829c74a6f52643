"""Commands of the stories of the security tests, a custom policy, and the story of an ordinary day."""

from __future__ import annotations

import requests

from local.cam.records import Policy
from shared.operations import OPERATIONS
from tests.world import FULL, READ, World

BOUNDARY = "im-boundary"


def command(user: str, *policies: str, **fields: object) -> dict[str, object]:
    """A bare command."""
    return {"user": user, "policies": list(policies or (READ,)), **fields}


def asked(function: str, user: str) -> dict[str, object]:
    """A command of any function."""
    return command(user) if "policies" in OPERATIONS[function].command.model_fields else {"user": user}


def custom(world: World, name: str, document: str) -> int:
    """A custom policy of the account; its id."""
    policy_id = world.cloud.cam.next_policy_id()
    world.cloud.cam.policies[policy_id] = Policy(policy_id, name, document)
    return policy_id


def everyday(world: World) -> None:
    """A user is created, its file fetched, one more policy granted and taken away; everything comes twice."""
    create = world.http("create_user", command("alice"), id="c1")
    for status in (201, 200):
        answer = world.invoke("create_user", create)
        assert answer.status == status, answer
        assert requests.get(answer.body["credentials"]["url"], timeout=30).status_code == 200
    for function in ("grant_policy", "revoke_policy"):
        event = world.http(function, command("alice", FULL), id="g1")
        for _ in range(2):
            assert world.invoke(function, event).status == 200
