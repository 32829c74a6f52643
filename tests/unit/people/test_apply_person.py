"""Joiner, mover, leaver, and back again: what is done of a person's events, in whichever order they come."""

from __future__ import annotations

import pytest

from shared.errors import ImAccessError, Rejected
from shared.people.person_key import PersonKey
from shared.request_identity import identity_hash
from tests.unit.people.household import DAY, RULES, START, Household, User

AP, BP = {"A", "P"}, {"B", "P"}


def test_without_rules_nothing_is_done() -> None:
    """Without rules an event is not even recorded, and comes again later."""
    house = Household()
    with pytest.raises(ImAccessError) as caught:
        house.tell(departments=["a"])
    assert caught.value.code == "no_rules"
    assert not house.store.objects


def test_a_joiner_gets_what_the_rules_give(house: Household) -> None:
    """One create with the policies of all rules, their names and version as its reason, and the delivery they say."""
    told = house.tell(departments=["a"], language="zh-CN")
    assert (told.outcome, told.user, told.rules) == ("joined", "e1", 1)
    assert house.access() == {"e1": AP}
    ((function, command, _),) = house.sent
    assert function == "create_user"
    assert command == {
        "user": "e1",
        "reason": "HR, rules 1: everybody, as",
        "policies": ["P", "A"],
        "console_login": True,
        "api_access": True,
        "email": "e1@example.com",
        "language": "zh",
    }


def test_nobody_is_made_for_nothing(house: Household) -> None:
    """A person to whom no rule gives anything has no user, and gets one once a rule does."""
    assert house.tell(departments=["c"]).outcome == "unchanged"
    assert not house.sent
    assert house.tell(departments=["b"]).outcome == "joined"


def test_a_mover_loses_and_gets(house: Household) -> None:
    """What rules gave and give no more is revoked, before anything new is granted; the rest is not touched."""
    house.tell(departments=["a"])
    house.users["e1"].policies.add("by hand")
    assert house.tell(departments=["b"]).outcome == "changed"
    assert house.access() == {"e1": BP | {"by hand"}}
    assert [function for function, _, _ in house.sent] == ["create_user", "revoke_policy", "grant_policy"]


def test_what_somebody_gave_otherwise_stays(house: Household) -> None:
    """A policy that rules gave, and then somebody else too, is not taken by a move; nor by any later one."""
    house.tell(departments=["a"])
    house.users["e1"].by_hand.add("A")
    house.tell(departments=["b"])
    house.users["e1"].by_hand.clear()
    house.tell(departments=["c"])
    assert house.access() == {"e1": {"A"}}


@pytest.mark.parametrize(("status", "kept"), [("suspended", True), ("left", False)])
def test_who_is_away_is_closed(house: Household, status: str, kept: bool) -> None:
    """A leaver for good, after the rules' grace; a suspended person without deletion."""
    house.tell(departments=["a"])
    assert house.tell(status=status).outcome == "offboarded"
    assert house.access() == {}
    assert house.users["e1"].kept is kept
    assert house.sent[-1][1].get("delete_after_days") == (None if kept else 30)


def test_a_join_is_ordered_until_the_last_day(house: Household) -> None:
    """The create has the end, unless it is too far; where another end is told, the one that was ordered is gone."""
    house.tell(departments=["a"], ends_at="2026-12-31")
    assert house.sent[-1][1]["until"] == "2026-12-31T16:00:00Z"
    due = 1_798_732_800
    (function, _, _) = house.sent[-1]
    key = f"untils/{due:011}-life-{identity_hash(function, next(iter(house.done)))}.json"
    house.store.create(key, b"{}")
    assert house.tell(departments=["a"], ends_at="2026-12-31", title="x").outcome == "unchanged"
    assert key in house.store.objects
    assert house.tell(departments=["a"]).outcome == "changed"
    assert key not in house.store.objects
    assert house.tell(departments=["a"]).outcome == "unchanged"
    house.tell("2", departments=["a"], ends_at="2046-12-31")
    assert "until" not in house.sent[-1][1]
    assert len(house.sent) == 2


@pytest.mark.parametrize("applied", [True, False])
def test_an_end_that_is_moved_after_it_came(house: Household, applied: bool) -> None:
    """The order to end it was carried out, or not yet, before HR says that the person stays: access it is, and the old
    order never ends it.
    """
    house.tell(departments=["a"], ends_at="2026-10-10")
    (function, _, _) = house.sent[-1]
    key = f"untils/{1_791_648_000:011}-life-{identity_hash(function, next(iter(house.done)))}.json"
    house.store.create(key, b"{}")
    house.clock.sleep(1_791_648_000 - house.clock.now() + 60)
    if applied:
        house.users["e1"].open, house.users["e1"].policies = False, set()
    house.tell(departments=["a"])
    assert house.access() == {"e1": AP}
    assert key not in house.store.objects
    house.tell(departments=["b"])
    assert house.access() == {"e1": BP}
    house.tell(status="left")
    assert house.access() == {}


def test_who_is_suspended_and_leaves_is_deleted(house: Household) -> None:
    """And not the other way round: a second leave says nothing new."""
    house.tell(departments=["a"])
    house.tell(status="suspended")
    assert house.tell(status="left").outcome == "offboarded"
    assert not house.users["e1"].kept
    assert house.tell(status="left").outcome == "unchanged"


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("status", ["suspended", "left"])
def test_who_comes_back_gets_the_own_user_back(house: Household, status: str, deleted: bool) -> None:
    """Restored with what the rules give now, or made again under the same name where CAM has deleted the user."""
    house.tell(departments=["a"])
    house.tell(status=status)
    if deleted:
        del house.users["e1"]
    assert house.tell(departments=["b"]).outcome == ("joined" if deleted else "restored")
    assert house.access() == {"e1": BP}
    house.tell(departments=["a"])
    assert house.access() == {"e1": AP}


def test_a_name_of_a_leaver_is_nobody_else_s(house: Household) -> None:
    """For good: whoever would have the same name gets a number, though CAM's user is deleted."""
    house.tell("1", email="wei@example.com", departments=["a"])
    house.tell("1", status="left")
    del house.users["wei"]
    assert house.tell("2", email="wei@example.org", departments=["b"]).user == "wei2"
    assert house.tell("1", email="wei@example.com", departments=["a"]).user == "wei"
    assert house.access() == {"wei": AP, "wei2": BP}


@pytest.mark.parametrize("why", ["by hand", "protected"])
def test_a_name_that_is_taken_gets_a_number(house: Household, why: str) -> None:
    """A new person whose name is taken gets a numbered name, and the earlier user keeps everything."""
    if why == "by hand":
        house.users["e1"] = _by_hand()
    else:
        house.protected.add("e1")
    assert house.tell(departments=["a"]).user == "e12"
    assert house.access()["e12"] == AP
    assert house.tell(departments=["b"]).user == "e12"


def _by_hand() -> User:
    """Somebody whom nobody made here."""
    return User(7, {"x"}, ("hand",))


def test_somebody_else_s_user_is_not_reopened(house: Household) -> None:
    """Somebody else has got the name after the deletion: the rehire gets a number, and the other is left alone."""
    house.tell(departments=["a"])
    house.tell(status="left")
    house.users["e1"] = _by_hand()
    house.users["e1"].open = False
    assert house.tell(departments=["a"]).user == "e12"
    assert house.access() == {"e12": AP}
    house.tell(status="left")
    assert house.users["e1"].policies == {"x"}


def test_no_possible_name_is_an_error(house: Household) -> None:
    """A person for whom no name is possible becomes a dead letter, which succeeds under new rules."""
    with pytest.raises(ImAccessError) as caught:
        house.tell("张", email="张@example.com", departments=["a"])
    assert caught.value.code == "no_user_name"
    house.push(RULES | {"user_name": ["{attributes.pinyin}"]})
    assert house.tell("张", departments=["a"], attributes={"pinyin": "zhang"}).user == "zhang"


def test_a_person_waits_for_the_first_day(house: Household) -> None:
    """Held until it begins in the organisation's time zone; a leave before that cancels it."""
    assert house.tell(departments=["a"], starts_at="2026-10-10").outcome == "later"
    assert not house.sent
    midnight = 1_791_561_600.0
    house.clock.sleep(midnight - house.clock.now() - 1)
    assert house.apply.due(PersonKey.of("hr", "1")).outcome == "later"
    house.clock.sleep(1)
    assert house.apply.due(PersonKey.of("hr", "1")).outcome == "joined"
    assert house.sent[0][2] == midnight
    house.tell("2", departments=["a"], starts_at="2026-10-20")
    assert house.tell("2", status="left").outcome == "unchanged"
    house.clock.sleep(30 * DAY)
    assert house.apply.due(PersonKey.of("hr", "2")).outcome == "unchanged"
    assert set(house.users) == {"e1"}


def test_the_last_day_is_included(house: Household) -> None:
    """An end that is over means left, on whichever way it became known; a newer event without one takes it away."""
    house.tell("1", departments=["a"], ends_at="2026-10-10")
    house.tell("2", departments=["a"], ends_at="2026-10-10")
    house.tell("2", departments=["a"])
    house.clock.sleep(1_791_648_000.0 - house.clock.now() - 1)
    for employee in "12":
        assert house.apply.due(PersonKey.of("hr", employee)).outcome == "unchanged"
    house.clock.sleep(1)
    for employee in "12":
        house.apply.due(PersonKey.of("hr", employee))
    assert house.access() == {"e2": AP}
    assert house.sent[-1][1]["delete_after_days"] == 30
    assert house.tell("2", departments=["a"], ends_at="2026-01-01").outcome == "offboarded"
    assert house.tell("3", departments=["a"], ends_at="2026-01-01").outcome == "unchanged"


@pytest.mark.parametrize("day", ["2026-02-30", "0000-01-01", "2026-13-01T00:00:00Z"])
def test_a_day_that_is_none_is_refused(house: Household, day: str) -> None:
    """A date that no calendar has is refused before anything is recorded."""
    count = len(house.store.objects)
    with pytest.raises(Rejected):
        house.tell(departments=["a"], starts_at=day)
    assert len(house.store.objects) == count


def test_an_event_that_comes_again_after_years_changes_nothing(house: Household) -> None:
    """Neither one that was done, nor one that is older than what was done."""
    joins = house.event(departments=["a"])
    house.apply.event(joins)
    leaves = house.event(status="left")
    house.apply.event(leaves)
    sent, objects = len(house.sent), set(house.store.objects)
    house.clock.sleep(900 * DAY)
    for event in (joins, leaves, joins):
        house.apply.event(event)
    assert house.apply.event(joins).outcome == "superseded"
    assert (len(house.sent), set(house.store.objects)) == (sent, objects)


def test_a_fast_clock_outranks_nothing(house: Household) -> None:
    """An event from the future counts as one of now: what is told a moment later wins."""
    ahead = house.clock.now() - START + 250
    house.tell(departments=["a"], time=ahead)
    assert house.tell(status="left").outcome == "offboarded"
    assert house.access() == {}


def test_more_policies_than_one_command_takes(house: Household) -> None:
    """More than 20 policies are given by a create with 20 and grants of the others."""
    names = [f"P{n}" for n in range(45)]
    rules = [{"name": n, "when": {"employee": "*"}, "policies": [n]} for n in names]
    house.push(RULES | {"rules": rules})
    house.tell()
    assert house.access() == {"e1": set(names)}
    house.push()
    house.apply.due(PersonKey.of("hr", "1"))
    assert house.access() == {"e1": set()}
    assert max(len(command["policies"]) for _, command, _ in house.sent) == 20
