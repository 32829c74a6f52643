"""Guarantee 6: CAM's reads may be up to 5 seconds behind, all of them or only some, and nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest

from local.faults import Fault
from local.journal import Call
from shared.clock import rfc3339
from tests.guarantees.histories import CREATE, History, name
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

ALICE = {"user": "alice", "policies": [FULL]}
STEPS = [
    ("grant_policy", FULL, "attached", [FULL, READ]),
    ("grant_policy", FULL, "unchanged", [FULL, READ]),
    ("revoke_policy", READ, "detached", [FULL]),
    ("revoke_policy", READ, "unchanged", [FULL]),
    ("grant_policy", READ, "attached", [FULL, READ]),
    ("revoke_policy", FULL, "detached", [READ]),
]
STATUS = {"attached": "granted", "detached": "revoked", "unchanged": "unchanged"}


def behind(world: World, seconds: float, *actions: str) -> None:
    """Let these reads be behind, and no others."""

    def lag_by(lag: float) -> Any:  # noqa: ANN401 - a callback of any result
        def set_lag(_call: Call) -> None:
            world.cloud.cam.lag = lag

        return set_lag

    for action in actions:
        world.cloud.faults.on(action, nth=None, do=Fault.CALL_BEFORE, callback=lag_by(seconds))
    world.cloud.faults.on(service="cam", nth=None, do=Fault.CALL_BEFORE, callback=lag_by(0.0))


@pytest.mark.parametrize("on_attach", [False, True], ids=["reads", "attachments-too"])
@pytest.mark.parametrize("lag", [0.3, 1.0, 2.5, 5.0])
def test_changes_right_after_a_create(world: World, lag: float, on_attach: bool) -> None:
    """Grants and revokes that follow at once find the new user and say truly what they changed."""
    world.cloud.cam.lag, world.cloud.cam.lag_on_attach = lag, on_attach
    create = world.http("create_user", {"user": "alice", "policies": [READ]}, id="create")
    assert world.redeliver_until_answer("create_user", create).status == 201
    for n, (function, policy, outcome, attached) in enumerate(STEPS):
        event = world.http(function, ALICE | {"policies": [policy]}, id=str(n))
        answer = world.redeliver_until_answer(function, event)
        assert (answer.status, answer.body["status"]) == (200, STATUS[outcome])
        assert answer.body["policies"] == [{"name": policy, "outcome": outcome}]
        assert world.end_state("alice").attached == attached
    world.end_state("alice").assert_access()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("access", [CREATE, History("create_user", (READ,), console=False)], ids=name)
def test_create_killed_under_lag(world: World, access: History, when: str) -> None:
    """A create that dies at any call recovers though everything it sees of CAM is 5 seconds old."""
    for n in range(1, access.calls(world) + 1):
        event = access.prepare(world)
        world.cloud.cam.lag, world.cloud.cam.lag_on_attach = 5.0, True
        world.kill(call=n, when=when)
        world.invoke(access.function, event, limit_ms=15_000)
        world.clock.advance(20)
        access.check(world, world.redeliver_until_answer(access.function, event, limit_ms=15_000))


@pytest.mark.parametrize("action", ["GetUser", "ListAccessKeys", "ListAttachedUserPolicies", "GetPolicy"])
def test_one_read_behind_the_others(world: World, action: str) -> None:
    """Reads that contradict each other mislead nobody: a key that is not listed yet is waited for, then deleted."""
    for n in range(1, CREATE.calls(world) + 1):
        event = CREATE.prepare(world)
        behind(world, 5.0, action)
        rule = world.cloud.faults.on(call=n, do=Fault.INTERNAL_AFTER)
        world.cloud.faults._rules.insert(0, world.cloud.faults._rules.pop())
        answer = world.redeliver_until_answer("create_user", event)
        assert rule.fired == 1
        CREATE.check(world, answer)


@pytest.mark.parametrize("limit_ms", [5_000, 30_000])
def test_attempts_in_quick_succession(world: World, limit_ms: int) -> None:
    """Attempts that fail after having made a key, each retried within a second, leave no key that nobody has."""
    event = CREATE.prepare(world)
    world.cloud.cam.lag = 5.0
    world.cloud.faults.on("PutObject", target="credentials/", times=3, do=Fault.CODE, code="AccessDenied")
    statuses = []
    for _ in range(60):
        answer = world.invoke("create_user", event, limit_ms=limit_ms)
        statuses.append(answer.status)
        if answer.status == 201:
            break
        world.clock.advance(1)
    assert statuses.count(502) == 3
    CREATE.check(world, answer)


@pytest.mark.parametrize("lag", [8.0, 100.0])
def test_a_list_of_cos_that_lags_hides_no_event_of_one_s_own(world: World, lag: float) -> None:
    """What a request has recorded counts for it, though no list shows it yet: also where the sweep ends a grant."""
    end = rfc3339(world.clock.now() + 3600)
    for user in ("alice", "bob"):
        world.add_user(user)
        until = {"until": end} if user == "bob" else {}
        grant = world.http("grant_policy", {"user": user, "policies": [FULL], **until}, id=user)
        assert world.redeliver_until_answer("grant_policy", grant).status == 200
    world.clock.advance(3600)
    world.cloud.cos.lag = lag
    revoke = world.http("revoke_policy", ALICE, id="revoke")
    assert world.redeliver_until_answer("revoke_policy", revoke).body["status"] == "revoked"
    assert world.invoke("sweep", world.timer()).body["until"]["done"] == 1
    assert world.cloud.cam.attached("alice") == world.cloud.cam.attached("bob") == []
