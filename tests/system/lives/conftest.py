"""What the tests of lives share."""

from __future__ import annotations

import pytest

from tests.world import World


@pytest.fixture
def times(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Times of events are in seconds since the test began: the world's clock is older."""
    monkeypatch.setattr("tests.events.START", float(int(world.clock.now())))
