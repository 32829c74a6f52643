"""A process that loads the functions once for all tests, and an emulator that is reset for each test."""

from collections.abc import Iterator

import pytest

from tests.witness.clock import SharedClock
from tests.witness.driver import Driver, nursery
from tests.witness.emulator import Emulator
from tests.witness.options import Options

EACH = 10_000
"""Seconds between the beginnings of two tests: nothing of an earlier one is remembered."""


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, int]]:
    """The emulator on its ports, and the port on which processes of the functions are born."""
    clock_file = tmp_path_factory.mktemp("foreign") / "clock"
    with nursery(clock_file) as port:
        emulator = Emulator(SharedClock(clock_file))
        yield emulator, port
        emulator.stop()


@pytest.fixture
def driver(services: tuple[Emulator, int]) -> Iterator[Driver]:
    """The functions in front of an emulator in which nothing has happened."""
    emulator, port = services
    emulator.clock.advance(EACH - emulator.clock.now() % EACH + 0.25)  # each test at the same fraction of a second
    emulator.reset(Options())
    yield Driver(emulator, port)
    assert not emulator.broken
    assert not emulator.journal.plans, "something planned has not come about"
