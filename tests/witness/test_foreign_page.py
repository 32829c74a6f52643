"""The credentials page on clouds that are not ours, with processes that die anywhere: one person gets the file."""

from __future__ import annotations

import pytest

from tests.witness.account import READ
from tests.witness.client import fetch, opened
from tests.witness.driver import Answer, Driver
from tests.witness.faults import Fault, Plan
from tests.witness.options import Options
from tests.witness.variations import VARIATIONS

PAGE = "https://im.example.com/pick-up"
LIMIT_MS = 10_000


def linked(driver: Driver, options: Options) -> str:
    """The link of a user who was just made."""
    driver.emulator.reset(options)
    driver.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": PAGE}
    answer = driver.until_final("create_user", driver.http({"user": "alice", "policies": [READ]}, "1"))
    link: str = answer.body["credentials"]["url"]
    assert link.startswith(f"{PAGE}/")
    return link


def at(driver: Driver, method: str, link: str, cookie: str) -> Answer:
    """A visit."""
    return driver.run("claim_credentials", driver.visit(method, link, cookie), limit_ms=LIMIT_MS)


def browser(driver: Driver, link: str) -> str:
    """The cookie of a browser that has been shown the page."""
    shown = at(driver, "GET", link, "")
    assert shown.status == 200
    return shown.headers["Set-Cookie"].partition(";")[0]


def got(driver: Driver, answer: Answer) -> bool:
    """Whether a visitor has the file that CAM's user can log in with."""
    if answer.status != 303:
        return False
    row = opened(fetch(answer.headers["Location"]).body)
    return row.password == driver.emulator.account.people["alice"].password


@pytest.mark.parametrize("variation", VARIATIONS)
def test_one_person_gets_it_on_every_cloud(driver: Driver, variation: str) -> None:
    """Looks burn nothing; the one who presses gets it, and again within the minute; whoever is later learns of it."""
    with driver.instance() as driver.resident:
        link = linked(driver, VARIATIONS[variation])
        person, other = browser(driver, link), browser(driver, link)
        assert at(driver, "HEAD", link, "").status == 200
        assert got(driver, at(driver, "POST", link, person))
        driver.clock.advance(2)
        assert at(driver, "POST", link, other).status == 410
        assert got(driver, at(driver, "POST", link, person))
        driver.clock.advance(90)
        assert at(driver, "POST", link, person).status == 410
        assert at(driver, "GET", link, other).status == 410
        driver.sweep(1)
    types = [told["type"] for told in driver.emulator.state.told.values()]
    assert types.count("imaccess.credentials.claimed") == 1
    assert not driver.emulator.bucket.below("credentials/")


def test_a_press_that_dies_anywhere(driver: Driver) -> None:
    """Killed at any call, the same browser gets the file by pressing again at once, and nobody else ever does."""
    with driver.instance() as driver.resident:
        link = linked(driver, Options())
        before = len(driver.emulator.journal.calls)
        at(driver, "POST", link, browser(driver, link))
        calls = len(driver.emulator.journal.calls) - before
        for nth in range(1, calls + 1):
            link = linked(driver, Options())
            person, other = browser(driver, link), browser(driver, link)
            with driver.instance() as victim:
                driver.emulator.plan(Plan(Fault.CUT_AFTER, nth, then=victim.kill))
                event = driver.visit("POST", link, person)
                driver.run("claim_credentials", event, victim, limit_ms=LIMIT_MS)
            driver.emulator.journal.plans.clear()
            mine = got(driver, at(driver, "POST", link, person))
            assert mine, f"killed at call {nth}"
            assert not got(driver, at(driver, "POST", link, other)), f"killed at call {nth}"
            driver.clock.advance(90)
            driver.sweep(2)
            told = [one["type"] for one in driver.emulator.state.told.values()]
            assert told.count("imaccess.credentials.claimed") == 1, f"killed at call {nth}: {told}"
    assert calls > 5
