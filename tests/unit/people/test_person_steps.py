"""Steps of a person that fail, are done again, or are overtaken by what is due then."""

from __future__ import annotations

import pytest

from shared.errors import ImAccessError, Rejected, Unavailable
from shared.people.person_key import PersonKey
from tests.unit.people.household import RULES, Household

AP, BP = {"A", "P"}, {"B", "P"}


def test_a_step_that_failed_is_done_again(house: Household) -> None:
    """Where the cloud is down the same step goes on; where it never can, the next event takes another one."""

    def down(function: str) -> None:
        raise Unavailable(function)

    house.fail = down
    with pytest.raises(Unavailable):
        house.tell(departments=["a"])
    house.fail = lambda _function: None
    assert house.apply.due(PersonKey.of("hr", "1")).outcome == "joined"

    def refused(function: str) -> None:
        if function == "grant_policy":
            raise Rejected("policy_not_allowed")

    house.fail = refused
    with pytest.raises(Rejected):
        house.tell(departments=["b"])
    assert house.access() == {"e1": {"P"}}
    house.fail = lambda _function: None
    assert house.apply.due(PersonKey.of("hr", "1")).outcome == "changed"
    assert house.access() == {"e1": BP}


def test_a_join_that_cannot_be_done_does_not_keep_the_leaver(house: Household) -> None:
    """The leave does not wait for it, and the join is not taken up again after it."""

    def missing(function: str) -> None:
        if function == "create_user":
            raise ImAccessError("policy_missing")

    house.fail = missing
    with pytest.raises(ImAccessError):
        house.tell(departments=["a"])
    assert house.tell(status="left").outcome == "offboarded"
    house.fail = lambda _function: None
    assert house.apply.due(PersonKey.of("hr", "1")).outcome == "unchanged"
    assert house.access() == {}


def test_other_rules_help_a_join_that_cannot_be_done(house: Household) -> None:
    """What fails again is given up once something else is due."""
    left = [2]

    def missing(_function: str) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise ImAccessError("policy_missing")

    house.fail = missing
    with pytest.raises(ImAccessError):
        house.tell(departments=["a"])
    house.push(RULES | {"rules": RULES["rules"][:1]})
    assert house.apply.due(PersonKey.of("hr", "1")).outcome == "joined"
    assert house.access() == {"e1": {"P"}}


def test_reopened_by_hand_the_person_gets_what_is_due(house: Household) -> None:
    """Somebody has restored the user meanwhile: the policies are granted."""
    house.tell(departments=["a"])
    house.tell(status="left")
    house.users["e1"].open = True
    assert house.tell(departments=["b"]).outcome == "changed"
    assert house.access() == {"e1": BP}


def test_nothing_is_asked_twice_of_what_holds(house: Household) -> None:
    """An event that changes nothing sends no command, and leaves one object of what was told."""
    house.tell(departments=["a"])
    house.clock.sleep(1)
    house.store.calls.clear()
    assert house.tell(departments=["a"]).outcome == "unchanged"
    assert len(house.sent) == 1
    assert house.store.calls["create"] == 1
    assert sum("/told-" in key for key in house.store.objects) == 1
