"""Guarantee 1, kill anywhere, for a caller that does not wait: how long a crash blocks within a short time limit."""

from __future__ import annotations

import pytest

from tests.guarantees.histories import CREATE, GRANT, REVOKE, History, name
from tests.world import World

SHORT_MS = 3000
"""The platform's default."""
EVERY = 0.3
"""Seconds between two deliveries."""
BUSY = 0.25
"""Of the time limit, what the calls of an undisturbed delivery take: a call takes so long, however many there are."""


@pytest.mark.parametrize("history", [CREATE, GRANT, REVOKE], ids=name)
def test_the_first_attempt_that_is_let_in_finishes(
    world: World, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deliveries that keep coming get in within the time limit and 5 seconds, and the first that does is the last."""
    calls = history.calls(world)
    monkeypatch.setattr("tests.world.CALL_TAKES", BUSY * SHORT_MS / 1000 / calls)
    for n in range(1, calls + 1):
        event = history.prepare(world)
        world.kill(call=n, when="after")
        world.invoke(history.function, event, limit_ms=SHORT_MS)
        died = world.clock.now()
        while True:
            begun = world.clock.now()
            answer = world.invoke(history.function, event, limit_ms=SHORT_MS)
            if answer.status != 409:
                break
            world.clock.advance(EVERY)
        assert round(begun - died, 3) <= SHORT_MS / 1000 + 5, n
        history.check(world, answer)


@pytest.mark.parametrize("history", [CREATE, GRANT, REVOKE], ids=name)
def test_what_does_not_fit_into_the_time_limit_is_finished_by_the_sweep(
    world: World, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cloud so slow that no attempt gets to its end: each is told to come again, and the sweep has more time."""
    calls = history.calls(world)
    monkeypatch.setattr("tests.world.CALL_TAKES", 1.2 * SHORT_MS / 1000 / calls)
    event = history.prepare(world)
    for _ in range(4):
        assert world.invoke(history.function, event, limit_ms=SHORT_MS).status in {409, 503}
        world.clock.advance(60)
    world.clock.advance(1200)
    world.invoke("sweep", world.timer())
    history.check(world, world.invoke(history.function, event, limit_ms=SHORT_MS))
