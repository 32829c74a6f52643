"""The events of one user's life, in every order of arrival: the newest of its life wins."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.states import State
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

Commands = dict[str, tuple[int, dict[str, Any]]]
LEAVES: Commands = {
    "create_user": (0, {"user": "alice", "policies": [READ]}),
    "grant_policy": (10, {"user": "alice", "policies": [FULL]}),
    "reissue_credentials": (15, {"user": "alice"}),
    "offboard_user": (20, {"user": "alice"}),
}
COMES_BACK: Commands = {
    "create_user": (0, {"user": "alice", "policies": [READ]}),
    "offboard_user": (20, {"user": "alice"}),
    "restore_user": (30, {"user": "alice"}),
    "grant_policy": (40, {"user": "alice", "policies": [FULL]}),
}


def lived(world: World, commands: Commands, order: tuple[str, ...], rounds: int) -> State:
    """What is left of a life whose events come in this order, so many times."""
    world.clock.advance(60)
    for _ in range(rounds):
        for function in order:
            time, command = commands[function]
            world.redeliver_until_answer(function, world.http(function, command, id=function, time=time))
            world.clock.advance(7)
    return world.end_state("alice")


def named(order: tuple[str, ...]) -> str:
    """For pytest's ids."""
    return "-".join(function.partition("_")[0] for function in order)


@pytest.mark.parametrize("order", list(permutations(LEAVES)), ids=named)
def test_who_is_offboarded_last_has_nothing(world: World, order: tuple[str, ...]) -> None:
    """Whatever comes late or in between, and comes once more: no working key, no login, no policy, no file."""
    state = lived(world, LEAVES, order, 2)
    assert {key.status for key in state.keys} <= {"Inactive"}
    assert state.user is None or not state.user.console_login
    assert (state.attached, state.files) == ([], {})


@pytest.mark.parametrize("order", list(permutations(COMES_BACK)), ids=named)
def test_who_is_restored_last_has_what_came_after(world: World, order: tuple[str, ...]) -> None:
    """Fresh credentials and the grant that is newer, once what came too early has come again; nobody, where the create
    came after its offboard and was refused.
    """
    state = lived(world, COMES_BACK, order, 3)
    if order.index("offboard_user") < order.index("create_user"):
        assert state.user is None
    else:
        state.assert_access()
        assert state.attached == [FULL]
