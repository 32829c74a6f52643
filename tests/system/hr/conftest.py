"""HR systems that are connected to a world, and a replacement for the effects of their events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.hr.records import Records
from local.hr.systems import HrSystems
from shared.entrypoints import person_events
from tests.system.hr.events import Taken, running
from tests.world import World


@pytest.fixture(scope="session")
def started_systems() -> Iterator[HrSystems]:
    """The HR systems of this test process."""
    with running() as systems:
        yield systems


@pytest.fixture
def hr(started_systems: HrSystems, world: World) -> HrSystems:
    """HR systems without employees, connected to the world."""
    for system in started_systems.all.values():
        system.records = Records()
    started_systems.down.clear()
    started_systems.asked.clear()
    world.env |= started_systems.settings()
    return started_systems


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> Taken:
    """Remembers the reports of events instead of applying rules to them."""
    taken = Taken()
    monkeypatch.setattr(person_events, "apply_event", taken)
    return taken
