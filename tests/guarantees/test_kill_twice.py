"""Guarantee 1 again, with two faults in one history: a recovery is as killable as the first attempt."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.faults import Fault
from tests.guarantees.histories import BROAD, CREATE, FAULTS, GRANT, LIMIT_MS, QUEUED, REVOKE, History, name
from tests.world import World

pytestmark = pytest.mark.usefixtures("in_process")

LAPSE = LIMIT_MS / 1000 + 5


def killed_twice(world: World, history: History, first: int, second: int) -> bool:
    """Die after the first attempt's n-th call and the second attempt's m-th; whether there was such a call."""
    event = history.prepare(world)
    world.kill(call=first, when="after")
    assert world.invoke(history.function, event, limit_ms=LIMIT_MS).killed
    world.clock.advance(LAPSE)
    world.kill(call=second, when="after")
    answer = world.invoke(history.function, event, limit_ms=LIMIT_MS)
    died = answer.killed
    if died:
        world.clock.advance(LAPSE)
        answer = history.redeliver(world, event)
    history.check(world, answer)
    return died


@pytest.mark.parametrize("start", [1, 2, 3, 4])
def test_create_killed_twice(world: World, start: int) -> None:
    """A create that dies after any call, whose recovery dies at every second call, ends with one user, told once."""
    for first in range(start, CREATE.calls(world) + 1, 4):
        second = 1 + (first + first // 4) % 2
        while killed_twice(world, CREATE, first, second):
            second += 2
        assert second > 3


@pytest.mark.parametrize("history", [GRANT, REVOKE], ids=name)
def test_change_killed_twice(world: World, history: History) -> None:
    """The same for every third pair of a grant's and a revoke's calls."""
    for first in range(1, history.calls(world) + 1):
        second = 1 + first % 3
        while killed_twice(world, history, first, second):
            second += 3


KINDS: list[str | Fault] = ["killed before", "killed after", "late", *FAULTS]
plans = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 24)), min_size=2, max_size=3)


@given(history=st.sampled_from([CREATE, GRANT, REVOKE, *QUEUED, *BROAD]), plan=plans)
@settings(
    max_examples=80, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_any_faults_together(world: World, history: History, plan: list[tuple[str | Fault, int]]) -> None:
    """Two or three faults of any kinds at any calls of successive deliveries, in any operation."""
    event = history.prepare(world)
    late = []
    for what, call in plan:
        world.cloud.faults.clear()
        if isinstance(what, Fault):
            world.cloud.faults.on(call=call, do=what)
        elif what == "late" and len(history.policies) == 1:
            late.append(world.late(call))
        else:
            world.kill(call=call, when="before" if what == "killed before" else "after")
        answer = world.invoke(history.function, event, limit_ms=LIMIT_MS)
        for one in late:
            one.arrive()
        world.clock.advance(LAPSE if answer.killed else answer.pause)
    world.cloud.faults.clear()
    history.check(world, history.redeliver(world, event))
