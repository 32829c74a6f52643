"""Guarantee 1, kill anywhere, for a caller that does not wait: how long a crash blocks within a short time limit."""

from __future__ import annotations

import pytest

from tests.guarantees.histories import CREATE, GRANT, REVOKE, History, name
from tests.world import World

SHORT_MS = 3000
"""The platform's default."""
EVERY = 0.3
"""Seconds between two deliveries."""
SLOW = 0.045
"""Seconds that a call takes: most of the time limit goes into the work."""


@pytest.mark.parametrize("history", [CREATE, GRANT, REVOKE], ids=name)
def test_the_first_attempt_that_is_let_in_finishes(
    world: World, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deliveries that keep coming get in within the time limit and 5 seconds, and the first that does is the last."""
    monkeypatch.setattr("tests.world.CALL_TAKES", SLOW)
    for n in range(1, history.calls(world) + 1):
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
