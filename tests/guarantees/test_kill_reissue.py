"""A reissue whose process dies at any call, or whose calls are spoiled, is finished by the next delivery."""

from __future__ import annotations

import pytest

from local.faults import Fault
from tests.guarantees.histories import FAULTS, LIMIT_MS, assert_no_blind_repetition
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("in_process")

CALLS = 34
"""More than a reissue makes: one that is beyond its end spoils nothing."""


def prepared(world: World) -> dict[str, object]:
    """A user with credentials that wait, and the order to replace them."""
    world.reset()
    command = {"user": "alice", "policies": [READ]}
    assert world.invoke("create_user", world.http("create_user", command, id="c", time=-200)).status == 201
    world.clock.advance(200)
    world.cloud.journal.clear()
    world.receiver.taken.clear()
    return world.http("reissue_credentials", {"user": "alice"}, id="i")


def check(world: World, event: dict[str, object]) -> None:
    """One current set of credentials, in one file, to which the answer leads."""
    answer = world.redeliver_until_answer("reissue_credentials", event, limit_ms=LIMIT_MS)
    world.sweep_outbox()
    assert answer.status == 200, answer
    assert answer.body["status"] == "reissued"
    state = world.end_state("alice")
    state.assert_access()
    state.assert_link(answer.body["credentials"]["url"])
    assert state.attached == [READ]
    assert len({message_id for message_id, _ in state.notifications}) == 1
    assert_no_blind_repetition(world)


def test_a_reissue_takes_fewer_calls_than_are_tried(world: World) -> None:
    """A reissue makes fewer calls than the walk has places, so the walk reaches each of them."""
    event = prepared(world)
    assert world.invoke("reissue_credentials", event, limit_ms=LIMIT_MS).status == 200
    assert len(world.calls) <= CALLS


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reissue_killed_at_any_call(world: World, when: str) -> None:
    """Whatever an attempt has made that died is replaced, and nobody was told of it."""
    for call in range(1, CALLS + 1):
        event = prepared(world)
        world.kill(call=call, when=when)
        world.invoke("reissue_credentials", event, limit_ms=LIMIT_MS)
        world.clock.advance(LIMIT_MS / 1000 + 5)
        check(world, event)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
def test_any_call_of_a_reissue_spoiled(world: World, fault: Fault) -> None:
    """Each call of a reissue meets each kind of fault once, and the next delivery finishes it."""
    for call in range(1, CALLS + 1):
        event = prepared(world)
        world.cloud.faults.on(call=call, do=fault)
        world.invoke("reissue_credentials", event, limit_ms=LIMIT_MS)
        world.cloud.faults.clear()
        world.clock.advance(5)
        check(world, event)
