"""Leaving, coming back, losing a key, being deleted: on clouds that are not ours, with processes that die anywhere."""

from __future__ import annotations

import pytest

from tests.witness.account import FULL, READ
from tests.witness.driver import Driver
from tests.witness.faults import Fault, Plan
from tests.witness.lives import (
    COMES_BACK,
    CREATED,
    JOINS,
    LEASE,
    LEAVES,
    LIMIT_MS,
    LOSES,
    OFFBOARD,
    OVERLAP,
    REISSUE,
    RESTORE,
    Life,
    closed,
    current,
    file_of,
)
from tests.witness.options import Options
from tests.witness.variations import VARIATIONS

DAY = 86400.0
OTHERS = ("no-clock, terse", "lag-9, descriptions-if-any", "all-at-once")


def name(life: Life) -> str:
    """For pytest's ids."""
    return life.name


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_life_on_every_cloud(driver: Driver, variation: str) -> None:
    """She joins, leaves, comes back, loses a key, leaves again, and is gone after the grace, wherever she lives."""
    driver.emulator.reset(VARIATIONS[variation])
    account = driver.emulator.account
    with driver.instance() as driver.resident:
        for place, (function, command) in enumerate((JOINS, LEAVES, COMES_BACK, LOSES, LEAVES)):
            driver.clock.advance(60)
            answer = driver.until_final(function, driver.http(command, str(place)))
            assert answer.status in (200, 201), answer
            person = account.people["alice"]
            if function == "offboard_user":
                closed(driver, person)
                assert (answer.body["status"], answer.body["console_login"]) == ("offboarded", "closed")
                assert (answer.body["keys_disabled"], answer.body["left"]) == (1, {"policies": [], "groups": []})
            else:
                current(driver, person, {})
        driver.clock.advance(30 * DAY)
        driver.sweep(2)
    assert account.people == {}
    (told,) = [one for one in driver.emulator.state.told.values() if one["type"] == "imaccess.user.deleted"]
    assert told["data"]["user"] == {"name": "alice", "uin": person.uin}


@pytest.mark.parametrize("life", [OFFBOARD, RESTORE, REISSUE], ids=name)
def test_killed_at_any_call(driver: Driver, life: Life) -> None:
    """Told to come again while the lease holds, the first delivery after it finishes, within 3 seconds."""
    with driver.instance() as driver.resident:
        for nth in range(1, life.calls(driver, Options()) + 1):
            event = life.begin(driver, Options())
            life.die(driver, event, nth)
            answer = driver.run(life.step[0], event, limit_ms=LIMIT_MS)
            if not answer.final:
                assert answer.raised or (answer.status, answer.body["code"]) == (409, "in_progress")
                driver.clock.advance(LEASE)
                answer = driver.run(life.step[0], event, limit_ms=LIMIT_MS)
                assert answer.final, f"killed at call {nth}: {answer}"
            life.check(driver, answer)


@pytest.mark.parametrize("variation", OTHERS)
@pytest.mark.parametrize("life", [OFFBOARD, RESTORE, REISSUE], ids=name)
def test_killed_elsewhere(driver: Driver, life: Life, variation: str) -> None:
    """A store that tells no time, reads that lag, refusals of what is done already: nothing of it does harm."""
    options = VARIATIONS[variation]
    with driver.instance() as driver.resident:
        for nth in range(2, life.calls(driver, options) + 1, 4):
            event = life.begin(driver, options)
            life.die(driver, event, nth)
            driver.clock.advance(LEASE)
            life.check(driver, driver.until_final(life.step[0], event, limit_ms=LIMIT_MS))


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("life", [OFFBOARD, RESTORE, REISSUE], ids=name)
def test_a_call_goes_wrong(driver: Driver, life: Life, fault: Fault) -> None:
    """Any call that is cut off, answered 500 or throttled, before or after its effect, is got over."""
    with driver.instance() as driver.resident:
        life.calls(driver, Options())
        for nth in range(1 + fault.value % 4, life.calls(driver, Options()) - 2, 4):
            event = life.begin(driver, Options())
            driver.emulator.plan(Plan(fault, nth))
            life.check(driver, driver.until_final(life.step[0], event, limit_ms=10_000))


@pytest.mark.parametrize("life", [CREATED, OFFBOARD, RESTORE, OVERLAP], ids=name)
def test_forgotten_at_any_call(driver: Driver, life: Life) -> None:
    """A request whose sender never comes back is finished by the sweep, and told of once it is."""
    for nth in range(4, life.calls(driver, Options()) + 1, 4):
        with driver.instance() as driver.resident:
            event = life.begin(driver, Options())
            before = set(driver.emulator.state.told)
            life.die(driver, event, nth)
            driver.sweep(4)
        life.check(driver)
        new = [told for id_, told in driver.emulator.state.told.items() if id_ not in before]
        assert len(new) == 1, f"killed at call {nth}"
        assert life.policies is None or new[0]["data"]["credentials"]["url"]


def test_a_deletion_that_dies_anywhere(driver: Driver) -> None:
    """Killed at any call of the sweep that deletes her, she is gone and it is told, under one id, by the next ones."""
    for nth in range(2, 99, 3):
        with driver.instance() as driver.resident:
            event = OFFBOARD.begin(driver, Options())
            assert driver.run("offboard_user", event).status == 200
        driver.clock.advance(30 * DAY + 60)
        with driver.instance() as victim:
            driver.emulator.plan(Plan(Fault.CUT_AFTER, nth, then=victim.kill))
            killed = driver.run("sweep", driver.timer(), victim).killed
        driver.emulator.journal.plans.clear()
        driver.resident = None
        driver.sweep(1)
        assert driver.emulator.account.people == {}, f"killed at call {nth}"
        told = [one["type"] for one in driver.emulator.state.told.values()]
        assert told.count("imaccess.user.deleted") == 1, f"killed at call {nth}"
        if not killed:
            break
    assert nth > 20


def test_an_overlap_ends(driver: Driver) -> None:
    """The older key works until its end, and the sweep after that deletes it, and no other."""
    event = OVERLAP.begin(driver, Options())
    with driver.instance() as driver.resident:
        answer = driver.run("reissue_credentials", event)
        person = driver.emulator.account.people["alice"]
        driver.clock.advance(DAY - 400)
        driver.sweep(1)
        assert len(person.keys) == 2
        driver.clock.advance(400)
        driver.sweep(1)
    assert answer.body["overlap_until"]
    assert set(person.keys) == {file_of(driver).secret_id}
    assert driver.emulator.account.policies_of("alice") == sorted((READ, FULL))
