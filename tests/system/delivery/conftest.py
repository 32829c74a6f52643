"""A world in which links lead to the credentials page."""

from __future__ import annotations

import pytest

from tests.system.delivery.stories import PAGE
from tests.world import World


@pytest.fixture
def claims(world: World) -> World:
    """The world, with IM_ACCESS_DELIVERY=claim."""
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": PAGE}
    return world
