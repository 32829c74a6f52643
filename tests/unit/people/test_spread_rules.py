"""New rules are applied to everybody, and people are handled on their dates."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from shared.errors import ImAccessError, Unavailable
from shared.people.due_action import due_action
from shared.people.due_dates import DueDates
from shared.people.person_key import PersonKey
from shared.people.person_records import People
from shared.people.rule_versions import RuleVersions
from shared.use_cases.duties import roll_out_rules
from shared.use_cases.duties.apply_due_dates import ApplyDueDates
from shared.use_cases.duties.cursor import Cursor, Positions
from shared.use_cases.duties.duty import Braked
from shared.use_cases.duties.roll_out_rules import RollOutRules
from tests.unit.people.household import RULES, ZONE, Household

FEWER: dict[str, Any] = RULES | {"rules": RULES["rules"][:1]}
PEOPLE = 12
HOURS = 6 * 3600.0
TOLD: list[tuple[int, int, bool]] = []
"""What was said of versions that wait for somebody's approval."""


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Household:
    """A dozen people with rules that were applied; a page holds about three of them."""
    monkeypatch.setattr(roll_out_rules, "PAGE", 10)
    house = Household()
    house.push()
    for n in range(PEOPLE):
        house.tell(str(n), departments=["a" if n % 2 else "b"])
    run(house, 99)
    return house


def rules_duty(house: Household, brake: int = 20) -> RollOutRules:
    """The duty, as of a new run."""
    store, clock = house.store, house.clock
    records = (People(store), RuleVersions(store), DueDates(store), Cursor(Positions(store, clock), "rules"))
    return RollOutRules(
        *records,
        clock,
        brake,
        lambda known, version: due_action(known.person, version.rules, known.state, clock.now(), ZONE).takes_away,
        lambda person, version: house.apply.due(person, version).outcome,
        lambda *told: TOLD.append(told),
    )


def due_people(
    house: Household, apply: Callable[[PersonKey], str], given_up: list[tuple[object, str, float]]
) -> ApplyDueDates:
    """The duty of dates; whoever is given up is noted."""

    def give_up(person: object, error: ImAccessError, since: float) -> None:
        given_up.append((person, error.code, since))

    return ApplyDueDates(DueDates(house.store), house.clock, apply, give_up, HOURS)


def run(house: Household, runs: int, *, brake: int = 20, most: int = 100, late: bool = False) -> int:
    """So many runs with time for so many people each, or fewer where nothing is left; how many were done."""
    count = 0
    for _ in range(runs):
        house.clock.sleep(300)
        duty = rules_duty(house, brake)
        items = list(duty.due(lambda: late))
        for item in items[:most]:
            duty.do(item)
        duty.ended(items[most:])
        count += len(items[:most])
    return count


def test_a_version_is_applied_to_everybody_once(house: Household) -> None:
    """Over as many runs as it takes, also where each has time for one person; then nothing is due."""
    house.push(FEWER)
    house.sent.clear()
    assert run(house, 60, most=1) >= PEOPLE
    assert set(map(frozenset, house.access().values())) == {frozenset({"P"})}
    assert len(house.sent) == PEOPLE
    assert run(house, 1) == 0


def test_a_version_that_takes_from_too_many_waits(house: Household) -> None:
    """Nobody is touched, and nobody is looked at again, until somebody has approved it."""
    house.push(FEWER)
    house.sent.clear()
    TOLD.clear()
    for _ in range(2):
        with pytest.raises(Braked) as caught:
            run(house, 1, brake=PEOPLE - 1)
        assert caught.value.left == PEOPLE
        house.store.calls.clear()
    assert not house.sent
    with pytest.raises(Braked):
        run(house, 1, brake=PEOPLE - 1)
    assert house.store.calls["get"] <= 2
    assert TOLD == [(2, PEOPLE, True), (2, PEOPLE, False), (2, PEOPLE, False)]
    house.push(FEWER, approved=True)
    run(house, 10, brake=1)
    assert len(house.sent) == PEOPLE


def test_counting_goes_on_where_it_stopped(house: Household) -> None:
    """Where time is up it is counted further in the next run; nothing is applied before all are counted."""
    house.push(FEWER)
    house.sent.clear()
    duty = rules_duty(house)
    calls = iter([False, True])
    assert list(duty.due(lambda: next(calls))) == []
    duty.ended([])
    assert not house.sent
    run(house, 10)
    assert len(house.sent) == PEOPLE


def test_the_brake_counts_all_pages_together(house: Household) -> None:
    """The brake counts the people of all pages together, also over several runs."""
    house.push(FEWER)
    for _ in range(3):
        duty = rules_duty(house, brake=PEOPLE - 1)
        calls = iter([False, True])
        house.clock.sleep(1)
        try:
            duty.due(lambda calls=calls: next(calls))  # type: ignore[misc]
        except Braked:
            break
        duty.ended([])
    with pytest.raises(Braked):
        run(house, 2, brake=PEOPLE - 1)


def test_somebody_who_cannot_be_read_keeps_nobody_from_the_rules(house: Household) -> None:
    """Of such a person it counts that something would be taken; all others get what the version gives."""
    house.push(FEWER)
    house.sent.clear()
    ((first, _),), _ = People(house.store).page("", 1)
    for row in house.store.below(first.folder):
        house.store.objects[row.key] = b'{"v": 2}'
    with pytest.raises(Braked) as caught:
        run(house, 1, brake=0)
    assert caught.value.left == PEOPLE
    house.push(FEWER, approved=True)
    for _ in range(6):
        house.clock.sleep(300)
        duty = rules_duty(house)
        for item in duty.due(lambda: False):
            with suppress(ImAccessError):
                duty.do(item)
        duty.ended([])
    assert len(house.sent) == PEOPLE - 1


def test_counting_makes_progress_however_slow_it_is(house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run counts one person at least; one in which the store fails counts nobody twice, and leaves nobody out."""

    def count_one(*, fails: bool) -> None:
        house.clock.sleep(300)
        duty = rules_duty(house, brake=PEOPLE - 1)
        try:
            duty.due(lambda: not fails)
        finally:
            duty.ended([])

    house.push(FEWER)
    for n in range(PEOPLE - 1):
        count_one(fails=False)
        if n % 3 == 0:
            with monkeypatch.context() as patch:
                patch.setattr(People, "itself", down)
                with pytest.raises(Unavailable):
                    count_one(fails=True)
    count_one(fails=False)
    with pytest.raises(Braked) as caught:
        count_one(fails=False)
    assert caught.value.left == PEOPLE


def down(_people: People, _person: PersonKey) -> None:
    """A store that is out of order."""
    raise Unavailable("down")


def test_whoever_could_not_be_done_comes_again(house: Household) -> None:
    """In the next run where the cloud was down, in an hour where somebody has to act; the others are done."""
    house.push(FEWER)

    def down(_function: str) -> None:
        raise Unavailable("down")

    house.fail = down
    house.clock.sleep(300)
    duty = rules_duty(house)
    items = list(duty.due(lambda: False))
    for item in items:
        with pytest.raises(Unavailable):
            duty.do(item)
    duty.ended([])
    house.fail = lambda _function: None
    people = due_people(house, lambda person: house.apply.due(person).outcome, [])
    due = people.due(lambda: False)
    assert len(due) == len(items)
    for item in due:
        assert people.do(item) == {"changed": 1}
    assert not people.due(lambda: False)


def test_a_day_that_cannot_be_seen_to_waits(house: Household) -> None:
    """Where somebody has to act: with pauses that grow from a minute to an hour, for some hours, and then it is left to
    a letter, which is its end.
    """
    house.tell("x", departments=["a"], starts_at="2026-11-11")
    house.clock.sleep(90 * 86_400.0)

    def settle(_person: object) -> str:
        raise ImAccessError("policy_missing")

    given_up: list[tuple[object, str, float]] = []
    people, first = due_people(house, settle, given_up), house.clock.now()
    tries: list[float] = []
    while not given_up:
        for item in people.due(lambda: False):
            tries.append(house.clock.now() - first)
            with pytest.raises(ImAccessError):
                people.do(item)
            assert not people.due(lambda: False)
        house.clock.sleep(60)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert (pauses[0], max(pauses)) == (60, 3600)
    assert pauses == sorted(pauses)
    assert tries[-1] >= HOURS
    assert given_up == [(PersonKey.of("hr", "x"), "policy_missing", first)]
    assert not people.due(lambda: False)
    people.ended([])


def test_what_cannot_be_given_up_stays_due(house: Household) -> None:
    """Where the store does not take the dead letter, the person stays due."""
    house.tell("x", departments=["a"], starts_at="2026-11-11")
    house.clock.sleep(90 * 86_400.0)

    def fail(*_: object) -> str:
        raise ImAccessError("policy_missing")

    def down(*_: object) -> None:
        raise Unavailable("down")

    people = ApplyDueDates(DueDates(house.store), house.clock, fail, down, 0.0)
    (item,) = people.due(lambda: False)
    with pytest.raises(Unavailable):
        people.do(item)
    assert people.due(lambda: False) == [item]


def test_without_rules_nothing_is_due() -> None:
    """Without any rules the duty makes one listing and finds nothing due."""
    house = Household()
    assert run(house, 1) == 0
    assert house.store.calls == {"below": 1}
