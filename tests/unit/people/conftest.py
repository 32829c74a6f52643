"""The world of tests about people."""

from __future__ import annotations

import pytest

from tests.unit.people.household import DAY, Household


@pytest.fixture
def house() -> Household:
    """A world with rules."""
    found = Household()
    found.push()
    found.clock.sleep(10 * DAY)
    return found
