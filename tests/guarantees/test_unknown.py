"""Guarantee 7: an unknown outcome is looked up and never repeated, and who lost its claim does no harm any more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from local.cam.service import CAM
from local.faults import Fault, Rule
from local.journal import Call
from tests.answers import Answer
from tests.guarantees.histories import BROAD, CREATE, GRANT, LIMIT_MS, REVOKE, History, name
from tests.processes import Process, Sent
from tests.world import FULL, READ, World

LAPSE = LIMIT_MS / 1000 + 5


def named(world: World, part: str) -> list[str]:
    """The objects whose key has this in it."""
    return [key for key in world.cloud.cos.objects.data if part in key]


def released(world: World) -> list[str]:
    """The attempts that have let go."""
    outcomes = named(world, "-outcome")
    return [key for key in outcomes if b'"kind":"released"' in world.cloud.cos.objects.data[key].body]


def take_effect(world: World, call: Call) -> None:
    """Let a write happen now that was answered long ago."""
    action = CAM.actions[call.action]
    caller = world.cloud._accounts.find(world.cloud.root.secret_id)
    assert caller
    action.perform(world.cloud.cam, action.check(call.params, caller))


@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.DROP_BEFORE, Fault.ERROR_BEFORE])
def test_a_lost_write_holds_its_claim(world: World, fault: Fault) -> None:
    """While a write may be on its way nobody begins anew; and that is over after the time limit and 5 seconds."""
    event = CREATE.prepare(world)
    started = world.clock.now()
    world.cloud.faults.on("AddUser", do=fault)
    answer = world.invoke("create_user", event, limit_ms=LIMIT_MS)
    assert (answer.status, answer.body["code"]) == (503, "cloud_unavailable")
    assert world.calls[-1].action == "AddUser", "something was done after a write whose outcome is unknown"
    assert not released(world)
    world.clock.advance(1)
    while (answer := world.invoke("create_user", event, limit_ms=LIMIT_MS)).status == 409:
        assert answer.body["code"] == "in_progress"
        world.clock.advance(0.5)
    assert started + LIMIT_MS / 1000 < world.clock.now() < started + LAPSE + 10
    CREATE.check(world, answer)


@pytest.mark.parametrize("fault", [Fault.INTERNAL_AFTER, Fault.INTERNAL_BEFORE, Fault.MALFORMED])
def test_an_answered_failure_is_looked_up_at_once(world: World, fault: Fault) -> None:
    """Where the service has answered, however badly, the same attempt looks whether AddUser took effect."""
    event = CREATE.prepare(world)
    world.cloud.faults.on("AddUser", do=fault)
    answer = world.invoke("create_user", event, limit_ms=LIMIT_MS)
    assert "GetUser" in [call.action for call in world.calls]
    assert answer.status == (503 if fault is Fault.INTERNAL_BEFORE else 201)
    assert len(released(world)) == (fault is Fault.INTERNAL_BEFORE)
    CREATE.check(world, answer if answer.final else world.redeliver_until_answer("create_user", event))


@dataclass
class ForPolicy(Rule):
    """A fault for the attachment of one policy."""

    policy_id: int = 0

    def wants(self, call: Call) -> bool:
        """Whether it is that one."""
        return call.action == "AttachUserPolicy" and call.params.get("PolicyId") == self.policy_id


def test_another_error_does_not_hide_it(world: World) -> None:
    """Of two policies at once, one refused and one without an answer: the claim is held for the one without."""
    history = BROAD[1]
    event = history.prepare(world)
    ids = [world.cloud.cam.policy_id(policy) for policy in history.policies]
    world.cloud.faults._rules += [
        ForPolicy(Fault.CODE, policy_id=ids[0], code="FailedOperation.OrganizationPolicyOperateError"),
        ForPolicy(Fault.DROP_AFTER, policy_id=ids[1]),
    ]
    answer = world.invoke("grant_policy", event, limit_ms=LIMIT_MS)
    assert (answer.status, answer.body["code"]) == (502, "cloud_error")
    assert not released(world)
    world.clock.advance(LAPSE)
    history.check(world, world.redeliver_until_answer("grant_policy", event))


def test_a_later_success_does_not_hide_it(world: World) -> None:
    """A file that was written at the second try, while the first is still on its way, is no orphan in the end."""
    event = CREATE.prepare(world)
    world.invoke("create_user", event)
    number = next(call.n for call in world.calls if call.target.startswith("credentials/"))
    event = CREATE.prepare(world)
    late = world.late(number)
    world.cloud.faults.on("PutObject", target="-outcome", do=Fault.CODE, code="AccessDenied")
    assert world.invoke("create_user", event, limit_ms=LIMIT_MS).status == 502
    assert len(named(world, "credentials/")) == 1
    assert not released(world)
    assert world.invoke("create_user", event, limit_ms=LIMIT_MS).status == 409
    late.arrive()
    CREATE.check(world, CREATE.redeliver(world, event))


@pytest.mark.parametrize("action", ["UpdateUser", "UpdateAccessKey", "DeleteAccessKey", "CreateAccessKey"])
def test_a_gateway_s_answer_is_none(world: World, action: str) -> None:
    """A write that a gateway answered with 500, and that takes effect in the last moment, harms nothing."""
    event = CREATE.prepare(world)
    world.kill(action="CreateAccessKey", when="after")
    assert world.invoke("create_user", event, limit_ms=LIMIT_MS).killed
    world.clock.advance(LAPSE)
    rule = world.cloud.faults.on(action, do=Fault.ERROR_BEFORE)
    answer = world.invoke("create_user", event, limit_ms=LIMIT_MS)
    assert (rule.fired, answer.status) == (1, 503)
    write = next(call for call in world.calls if call.fault)
    ends = write.at + LIMIT_MS / 1000 - 1
    while world.clock.now() + 2 < ends and not answer.final:
        world.clock.advance(2)
        answer = world.invoke("create_user", event, limit_ms=LIMIT_MS)
    take_effect(world, write)
    CREATE.check(world, answer if answer.final else CREATE.redeliver(world, event))


def test_a_200_that_means_nothing(world: World) -> None:
    """An attempt that is told 200 where its claim was refused does not take the claim for its own."""
    event = CREATE.prepare(world)
    finished = world.invoke("create_user", event)
    world.cloud.faults.on("PutObject", target="99999998-lease", do=Fault.MALFORMED)
    answer = world.redeliver_until_answer("create_user", event)
    assert (answer.status, answer.body["replayed"]) == (200, True)
    CREATE.check(world, finished)


@pytest.mark.parametrize("history", [CREATE, GRANT, REVOKE], ids=name)
def test_a_paused_process_wakes_too_late(world: World, history: History) -> None:
    """A process that sleeps past its limit, after any call, while a successor does the work, sends nothing more.

    A look-up beside the call may have been let through before the pause, and be sent after it.
    """
    before: list[int] = []
    for n in range(1, history.calls(world) + 1):
        event = history.prepare(world)
        found: list[Answer] = []

        def sleep(process: Process, _sent: Sent, event: dict[str, Any] = event, found: list[Answer] = found) -> None:
            world.clock.advance(LAPSE)
            before.append(len(process.sent))
            found.append(history.redeliver(world, event))

        world.at(sleep, call=n, when="after")
        answer = world.invoke(history.function, event, limit_ms=LIMIT_MS)
        late = [sent.action for sent in world.processes[0].sent[before.pop() :]]
        assert late in ([], ["ListPolicies"], ["GetPolicy"], ["GetUser"], ["GetCallerIdentity"])
        assert answer.final or answer.status == 503
        history.check(world, found[0])


def test_a_mark_in_a_remark_is_no_mark(world: World) -> None:
    """Nobody can have a user adopted by writing another request's mark into a remark."""
    wanted = world.http("create_user", {"user": "alice", "policies": [READ]}, id="wanted")
    world.invoke("create_user", wanted)
    mark = world.cloud.cam.users["alice"].remark
    world.reset()
    planted = {"user": "alice", "policies": [FULL], "remark": f"{mark} "[:80]}
    assert world.invoke("create_user", world.http("create_user", planted, id="planted")).status == 201
    state = world.end_state("alice")
    assert state.user
    assert mark in state.user.remark
    answer = world.invoke("create_user", wanted)
    assert (answer.status, answer.body["code"]) == (409, "user_exists")
    assert replace(world.end_state("alice"), receipts=[]) == replace(state, receipts=[])
    state.assert_access()


def test_somebody_else_s_user_is_left_alone(world: World) -> None:
    """A user that was there before is never changed by a create of that name, not even after a death."""
    for when in ("before", "after"):
        world.reset()
        world.add_user("alice", FULL)
        before = world.end_state("alice")
        event = world.http("create_user", {"user": "alice", "policies": [READ]}, id="1")
        world.kill(action="AddUser", when=when)
        world.invoke("create_user", event)
        world.clock.advance(35)
        answer = world.redeliver_until_answer("create_user", event)
        assert (answer.status, answer.body["code"]) == (409, "user_exists")
        assert world.end_state("alice") == before
        assert not named(world, "ledger/")
        assert not named(world, "lives/")


@pytest.mark.parametrize("history", [CREATE, GRANT, REVOKE], ids=name)
def test_an_own_write_is_known(world: World, history: History) -> None:
    """A write to the store whose answer is lost is found there, and the attempt goes on."""
    history.calls(world)
    numbers = [n for n, call in enumerate(world.calls, 1) if call.action == "PutObject"]
    for n in numbers:
        event = history.prepare(world)
        world.cloud.faults.on(call=n, do=Fault.DROP_AFTER)
        answer = world.invoke(history.function, event, limit_ms=LIMIT_MS)
        assert answer.status == (201 if history is CREATE else 200)
        assert (world.calls[n].action, world.calls[n].target) == ("GetObject", world.calls[n - 1].target)
        history.check(world, answer)


@pytest.mark.parametrize("history", [CREATE, GRANT, REVOKE], ids=name)
def test_an_own_write_that_comes_between(world: World, history: History) -> None:
    """A lost write that takes effect after the look for it, and before it is sent again, counts as one's own."""
    history.calls(world)
    numbers = [n for n, call in enumerate(world.calls, 1) if call.action == "PutObject"]
    for n in numbers:
        event = history.prepare(world)
        late = world.late(n)
        world.at(lambda _process, _sent, late=late: late.arrive(), call=n + 1, when="after")  # type: ignore[misc]
        answer = world.invoke(history.function, event, limit_ms=LIMIT_MS)
        assert answer.status == (201 if history is CREATE else 200)
        assert "FileAlreadyExists" in [call.code for call in world.calls]
        history.check(world, answer)
