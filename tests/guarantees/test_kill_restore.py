"""A restore whose process dies at any call, or whose calls are spoiled, is finished by the next delivery."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.faults import Fault
from tests.guarantees.histories import FAULTS, LIMIT_MS, assert_no_blind_repetition
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

CALLS = 44
"""More than a restore makes: one that is beyond its end spoils nothing."""


Event = Callable[[], dict[str, object]]


@pytest.fixture
def event(world: World) -> Event:
    """What brings back a user that was offboarded, and makes the order to reopen it."""
    command = {"user": "alice", "policies": [READ]}
    assert world.invoke("create_user", world.http("create_user", command, id="c", time=-300)).status == 201
    world.clock.advance(200)
    left = world.invoke("offboard_user", world.http("offboard_user", {"user": "alice"}, id="o", time=-200))
    assert left.body["status"] == "offboarded"
    world.receiver.taken.clear()
    back = world.keep()

    def prepared() -> dict[str, object]:
        back()
        return world.http("restore_user", {"user": "alice", "policies": [FULL]}, id="r", time=-100)

    return prepared


def check(world: World, order: dict[str, object]) -> None:
    """One current set of credentials, in one file, to which the answer leads; and what was given, no more."""
    answer = world.redeliver_until_answer("restore_user", order, limit_ms=LIMIT_MS)
    world.sweep_outbox()
    assert answer.status == 200, answer
    assert (answer.body["status"], answer.body["policies"]) == ("restored", [FULL])
    state = world.end_state("alice")
    state.assert_access()
    state.assert_link(answer.body["credentials"]["url"])
    assert state.attached == [FULL]
    assert len({message_id for message_id, _ in state.notifications}) == 1
    assert_no_blind_repetition(world)


def test_a_restore_takes_fewer_calls_than_are_tried(world: World, event: Event) -> None:
    """A restore makes fewer calls than the walk has places, so the walk reaches each of them."""
    order = event()
    assert world.invoke("restore_user", order, limit_ms=LIMIT_MS).status == 200
    assert len(world.calls) <= CALLS


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_restore_killed_at_any_call(world: World, event: Event, when: str) -> None:
    """Whatever an attempt has made that died is replaced, and nobody was told of it."""
    for call in range(1, CALLS + 1):
        order = event()
        world.kill(call=call, when=when)
        world.invoke("restore_user", order, limit_ms=LIMIT_MS)
        world.clock.advance(LIMIT_MS / 1000 + 5)
        check(world, order)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
def test_any_call_of_a_restore_spoiled(world: World, event: Event, fault: Fault) -> None:
    """Each call of a restore meets each kind of fault once, and the next delivery finishes it."""
    for call in range(1, CALLS + 1):
        order = event()
        world.cloud.faults.on(call=call, do=fault)
        world.invoke("restore_user", order, limit_ms=LIMIT_MS)
        world.cloud.faults.clear()
        world.clock.advance(5)
        check(world, order)
