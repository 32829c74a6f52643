"""What the tests of SCIM share."""

from __future__ import annotations

import pytest

from tests.system.scim.client import Provider
from tests.world import World


@pytest.fixture
def okta(world: World) -> Provider:
    """A client with a name."""
    world.reset()
    return Provider(world)
