"""Any history of a person, in any order and with deaths at any write, ends as the newest event says."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.people.household import DAY, Household

AP, BP = {"A", "P"}, {"B", "P"}


EVENTS: list[dict[str, Any]] = [
    {"departments": ["a"]},
    {"departments": ["b"]},
    {"departments": ["c"]},
    {"status": "suspended", "departments": ["a"]},
    {"status": "left"},
    {"departments": ["a"], "ends_at": "2026-09-25"},
]


def expected(newest: dict[str, Any]) -> set[str] | None:
    """The model: what somebody has of whom this was told last; None for no access."""
    if newest.get("status", "active") != "active" or "ends_at" in newest:
        return None
    return {"a": AP, "b": BP, "c": set()}[newest["departments"][0]]


def assert_model(house: Household, newest: dict[str, Any]) -> None:
    """Whoever has no policies may have a user without any, or none."""
    (found,) = house.access().values() or (None,)
    assert (found or None) == (expected(newest) or None)
    assert len(house.users) <= 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_every_order_of_arrival_ends_the_same(order: tuple[int, ...]) -> None:
    """Joiner, mover, leaver, back again: whatever comes when, the newest counts, and there is one user."""
    house = Household()
    house.push()
    house.clock.sleep(10 * DAY)
    story = [EVENTS[0], EVENTS[1], EVENTS[4], EVENTS[1]]
    events = [house.event(time=place * 60.0, **fields) for place, fields in enumerate(story)]
    for place in order:
        house.apply.event(events[place])
    assert_model(house, story[-1])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 6)), min_size=1, max_size=7),
    st.lists(st.integers(1, 40), max_size=4),
)
def test_any_story_ends_as_the_newest_event_says(story: list[tuple[dict[str, Any], int]], deaths: list[int]) -> None:
    """Whatever comes in whichever order, twice, with processes that die before any write: the model of a page holds."""
    house = Household()
    house.push()
    house.clock.sleep(10 * DAY)
    events = [house.event(time=time * 60.0 + place / 10, **fields) for place, (fields, time) in enumerate(story)]
    for event, death in itertools.zip_longest(events, deaths[: len(events)], fillvalue=0):
        assert event
        dying(house, death, event)
    for event in reversed(events):
        house.apply.event(event)
    newest = max(range(len(story)), key=lambda place: events[place].time)
    assert_model(house, story[newest][0])


class Died(Exception):
    """The process is dead."""


def dying(house: Household, call: int, event: Any) -> None:  # noqa: ANN401 - an event
    """Let an event come to a process that dies before its n-th write, and once more to another; 0: it does not die."""
    create, left = house.store.create, [call]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Died

    def counted(key: str, body: bytes, **more: Any) -> bool:  # noqa: ANN401 - a port's
        count()
        return create(key, body, **more)

    if call:
        house.store.create = counted  # type: ignore[method-assign]
        house.fail = count
        try:
            house.apply.event(event)
        except Died:
            pass
        finally:
            house.store.create = create  # type: ignore[method-assign]
            house.fail = lambda _function: None
    house.apply.event(event)
