"""An offboard whose process dies at any call, or whose calls are spoiled, is finished by the next delivery."""

from __future__ import annotations

import pytest

from local.faults import Fault
from tests.guarantees.histories import FAULTS, LIMIT_MS, assert_no_blind_repetition
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

CALLS = 32
"""More than an offboard makes: one that is beyond its end spoils nothing."""


def prepared(world: World) -> dict[str, object]:
    """A user with credentials that wait, and the order to close it."""
    world.reset()
    command = {"user": "alice", "policies": [READ, FULL]}
    assert world.invoke("create_user", world.http("create_user", command, id="c", time=-200)).status == 201
    world.clock.advance(200)
    world.cloud.journal.clear()
    world.receiver.taken.clear()
    return world.http("offboard_user", {"user": "alice"}, id="o")


def check(world: World, event: dict[str, object]) -> None:
    """The answer of whichever attempt, and what is left."""
    answer = world.redeliver_until_answer("offboard_user", event, limit_ms=LIMIT_MS)
    world.sweep_outbox()
    assert answer.status == 200, answer
    told = answer.body
    assert told["status"] == "offboarded"
    assert [row["name"] for row in told["policies"]] == [FULL, READ]
    assert (told["keys_disabled"], told["console_login"]) == (1, "closed")
    state = world.end_state("alice")
    assert state.user is not None
    assert not state.user.console_login
    assert [key.status for key in state.keys] == ["Inactive"]
    assert (state.attached, state.files) == ([], {})
    assert len({message_id for message_id, _ in state.notifications}) == 1
    deletions = [key for key in world.cloud.cos.objects.data if key.startswith("deletions/")]
    assert len(deletions) == 1
    assert_no_blind_repetition(world)


def test_an_offboard_takes_fewer_calls_than_are_tried(world: World) -> None:
    """An offboard makes fewer calls than the walk has places, so the walk reaches each of them."""
    event = prepared(world)
    assert world.invoke("offboard_user", event, limit_ms=LIMIT_MS).status == 200
    assert len(world.calls) <= CALLS


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_an_offboard_killed_at_any_call(world: World, call: int, when: str) -> None:
    """What cuts off most is done first, and all of it in the end; the answer says what both attempts did."""
    event = prepared(world)
    world.kill(call=call, when=when)
    world.invoke("offboard_user", event, limit_ms=LIMIT_MS)
    world.clock.advance(LIMIT_MS / 1000 + 5)
    check(world, event)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
def test_any_call_of_an_offboard_spoiled(world: World, fault: Fault) -> None:
    """Each call of an offboard meets each kind of fault once, and the next delivery finishes it."""
    for call in range(1, CALLS + 1):
        event = prepared(world)
        world.cloud.faults.on(call=call, do=fault)
        world.invoke("offboard_user", event, limit_ms=LIMIT_MS)
        world.cloud.faults.clear()
        world.clock.advance(5)
        check(world, event)
