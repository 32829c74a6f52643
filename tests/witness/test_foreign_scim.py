"""Identity providers on clouds that are not ours, with processes that die anywhere."""

from __future__ import annotations

import pytest

from tests.witness.driver import Driver
from tests.witness.options import Options
from tests.witness.provisioning import CHANGES, Change, done
from tests.witness.variations import VARIATIONS

OTHERS = ("no-clock, terse", "all-at-once")
POST, JOIN, LEAVE, OFF, ON, DELETE = CHANGES


def name(change: Change) -> str:
    """For pytest's ids."""
    return change.name


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_life_on_every_cloud(driver: Driver, variation: str) -> None:
    """Made, member of a group, switched off, switched on: whatever the documentation leaves open."""
    with driver.instance() as driver.resident:
        event = ON.begin(driver, VARIATIONS[variation])
        assert done(driver, event).status == 200
        driver.sweep(1)
        ON.holds(driver)


@pytest.mark.parametrize("change", CHANGES, ids=name)
def test_killed_at_any_call_and_asked_again(driver: Driver, change: Change) -> None:
    """The client repeats it until it is answered; at once and after a while it is done, once."""
    for nth in range(1, change.calls(driver, Options()) + 1, 5):
        with driver.instance() as driver.resident:
            event = change.begin(driver, Options())
            change.die(driver, event, nth)
            answer = done(driver, event)
            assert answer.status in change.again, f"killed at call {nth}: {answer}"
            driver.sweep(2)
            change.holds(driver)


@pytest.mark.parametrize("change", CHANGES, ids=name)
def test_killed_at_any_call_and_forgotten(driver: Driver, change: Change) -> None:
    """Where nobody asks again it is done by the sweep, or nothing of it has happened."""
    for nth in range(4, change.calls(driver, Options()) + 1, 9):
        with driver.instance() as driver.resident:
            event = change.begin(driver, Options())
            begun = len(driver.emulator.bucket.below("scim/users")) + len(driver.emulator.bucket.below("scim/groups"))
            change.die(driver, event, nth)
            driver.sweep(4)
            bucket = driver.emulator.bucket
            if len(bucket.below("scim/users")) + len(bucket.below("scim/groups")) > begun:
                change.holds(driver)
            assert not bucket.below("scim/now/due/")


@pytest.mark.parametrize("variation", OTHERS)
@pytest.mark.parametrize("change", [POST, JOIN, ON], ids=name)
def test_killed_elsewhere(driver: Driver, change: Change, variation: str) -> None:
    """A store that tells no time, reads that lag, or all of that at once: nothing of it does harm."""
    options = VARIATIONS[variation]
    for nth in range(3, change.calls(driver, options) + 1, 14):
        with driver.instance() as driver.resident:
            event = change.begin(driver, options)
            change.die(driver, event, nth)
            assert done(driver, event).status in change.again
            driver.sweep(4)
            change.holds(driver)
