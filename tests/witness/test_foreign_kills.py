"""Processes that SIGKILL ends between any two calls, and calls that go wrong: in the end all is as promised."""

from __future__ import annotations

import pytest

from tests.witness.account import READ
from tests.witness.driver import Driver
from tests.witness.faults import Fault, Plan
from tests.witness.options import Options
from tests.witness.stories import CREATE, GRANT, LEASE, LIMIT_MS, QUEUED, REVOKE, TWO, Story, name
from tests.witness.variations import VARIATIONS

STORIES = (CREATE, GRANT, REVOKE, QUEUED, TWO)
OTHERS = ("no-clock, terse", "lag-9, descriptions-if-any", "no-etag, no-descriptions", "all-at-once")
USER_MADE = 7
"""Calls of a create, after which its user is there and its file is not."""
WHOLE_SECONDS = 2
"""What the store's clock, which tells whole seconds, can be taken for younger."""
NEWER = {
    CREATE: Story("revoke_policy", (READ,)),
    GRANT: Story("revoke_policy", (READ,)),
    REVOKE: Story("grant_policy", (READ,)),
}


@pytest.mark.parametrize("story", STORIES, ids=name)
def test_killed_at_any_call(driver: Driver, story: Story) -> None:
    """Told to come again while the lease holds, the first delivery after it finishes, within 3 seconds."""
    calls = story.calls(driver, Options())
    with driver.instance() as another:
        for nth in range(1, calls + 1):
            event = story.begin(driver, Options())
            story.die(driver, event, nth)
            answer = driver.run(story.function, event, another, limit_ms=LIMIT_MS)
            if not answer.final:
                assert answer.raised or (answer.status, answer.body["code"]) == (409, "in_progress")
                driver.clock.advance(LEASE)
                answer = driver.run(story.function, event, limit_ms=LIMIT_MS)
                assert answer.final, f"killed at call {nth}: {answer}"
            story.check(driver, answer)


@pytest.mark.parametrize("variation", OTHERS)
@pytest.mark.parametrize("story", [CREATE, GRANT, REVOKE], ids=name)
def test_killed_elsewhere(driver: Driver, story: Story, variation: str) -> None:
    """A store that tells no time, reads that lag, refusals of what is done already: nothing of it does harm."""
    options = VARIATIONS[variation]
    calls = story.calls(driver, options)
    with driver.instance() as driver.resident:
        for nth in range(1, calls + 1, 2):
            event = story.begin(driver, options)
            story.die(driver, event, nth)
            driver.clock.advance(LEASE)
            story.check(driver, driver.until_final(story.function, event, limit_ms=LIMIT_MS))


@pytest.mark.parametrize("skew", [-20.0, 20.0])
def test_leases_go_by_the_store_s_clock(driver: Driver, skew: float) -> None:
    """A successor whose own clock is 20 seconds off neither breaks in while the lease holds nor stays out after it."""
    event = CREATE.begin(driver, Options())
    CREATE.die(driver, event, USER_MADE)
    driver.skew = skew
    for pause in (0, LEASE - 4):
        driver.clock.advance(pause)
        assert driver.run("create_user", event, limit_ms=LIMIT_MS).status == 409
    driver.clock.advance(4 + WHOLE_SECONDS)
    CREATE.check(driver, driver.run("create_user", event, limit_ms=LIMIT_MS))


@pytest.mark.parametrize("story", [CREATE, GRANT, REVOKE], ids=name)
def test_a_newer_event_comes_between(driver: Driver, story: Story) -> None:
    """An older event that died half-way and comes again changes nothing of what a newer one has done meanwhile."""
    newer, calls = NEWER[story], story.calls(driver, Options())
    with driver.instance() as driver.resident:
        for nth in range(1, calls + 1):
            older_time = driver.clock.now()
            event = story.begin(driver, Options(), time=older_time)
            story.die(driver, event, nth)
            decided = newer.event(driver, time=older_time + 1)
            assert driver.until_final(newer.function, decided, limit_ms=LIMIT_MS).status == 200
            driver.clock.advance(LEASE)
            answer = driver.until_final(story.function, event, limit_ms=LIMIT_MS)
            story.check(driver, answer, superseded=newer.policies)


@pytest.mark.parametrize("story", [GRANT, REVOKE], ids=name)
def test_a_newer_event_is_done_meanwhile(driver: Driver, story: Story) -> None:
    """An executor that has looked at the ledger, and acts after a newer event has been done, looks again."""
    newer, older_time = NEWER[story], driver.clock.now()
    event = story.begin(driver, Options(), time=older_time)
    decided = newer.event(driver, time=older_time + 1)
    driver.emulator.plan(Plan(None, action="ListObjects", then=lambda: driver.until_final(newer.function, decided)))
    answer = driver.run(story.function, event)
    assert [row["outcome"] for row in answer.body["policies"]] == ["superseded"]
    story.check(driver, answer, superseded=newer.policies)


def test_killed_twice(driver: Driver) -> None:
    """A create dies with its user made, the next attempt dies at any call of its own, and the third finishes."""
    with driver.instance() as driver.resident:
        for nth in range(1, 99):
            event = CREATE.begin(driver, Options())
            CREATE.die(driver, event, USER_MADE)
            driver.clock.advance(LEASE)
            if not CREATE.strike(driver, event, nth).killed:
                break
            driver.clock.advance(LEASE)
            CREATE.check(driver, driver.until_final("create_user", event, limit_ms=LIMIT_MS))
    driver.emulator.journal.plans.clear()
    assert nth > 15


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("story", [CREATE, GRANT, REVOKE], ids=name)
def test_a_call_goes_wrong(driver: Driver, story: Story, fault: Fault) -> None:
    """Any call that is cut off, answered 500 or throttled, before or after its effect, is got over."""
    with driver.instance() as driver.resident:
        cold, warm = (story.calls(driver, Options()) for _ in range(2))
        assert cold > warm
        for nth in range(1, warm + 1):
            event = story.begin(driver, Options())
            driver.emulator.plan(Plan(fault, nth))
            story.check(driver, driver.until_final(story.function, event, limit_ms=10_000))
