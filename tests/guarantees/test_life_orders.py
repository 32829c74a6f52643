"""A create, a grant, a reissue and an offboard of one user, in every order of arrival: the newest of its life wins."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.world import FULL, READ, World

COMMANDS: dict[str, tuple[int, dict[str, Any]]] = {
    "create_user": (0, {"user": "alice", "policies": [READ]}),
    "grant_policy": (10, {"user": "alice", "policies": [FULL]}),
    "reissue_credentials": (15, {"user": "alice"}),
    "offboard_user": (20, {"user": "alice"}),
}


@pytest.mark.parametrize("order", list(permutations(COMMANDS)), ids=lambda order: "-".join(name[0] for name in order))
def test_who_is_offboarded_last_has_nothing(world: World, order: tuple[str, ...]) -> None:
    """Whatever comes late or in between, and comes once more: no working key, no login, no policy, no file."""
    world.clock.advance(60)
    for _ in range(2):
        for function in order:
            time, command = COMMANDS[function]
            world.redeliver_until_answer(function, world.http(function, command, id=function, time=time))
            world.clock.advance(7)
    state = world.end_state("alice")
    assert {key.status for key in state.keys} <= {"Inactive"}
    assert state.user is None or not state.user.console_login
    assert (state.attached, state.files) == ([], {})
