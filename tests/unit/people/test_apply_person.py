"""Joiner, mover, leaver, and back again: what is done of a person's events, in whichever order they come."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import ImAccessError, Rejected, Unavailable
from shared.identity import identity_hash
from shared.people.directory import People
from shared.people.identity import PersonKey
from tests.unit.people.household import RULES, START, Household, User

DAY = 86_400.0
AP, BP = {"A", "P"}, {"B", "P"}


@pytest.fixture
def house() -> Household:
    """A world with rules."""
    found = Household()
    found.push()
    found.clock.sleep(10 * DAY)
    return found


def test_without_rules_nothing_is_done() -> None:
    """The event waits: it is not even recorded."""
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
    """Whoever was there keeps what it has."""
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


@pytest.mark.parametrize("alone", ["u1", "on_1"])
def test_two_ids_of_one_source_are_one_person(house: Household, alone: str) -> None:
    """The source tells of one id, of both, and of either alone: one user, closed by whichever names the leaver."""
    other = "on_1" if alone == "u1" else "u1"
    house.tell(alone, email="wei@example.com", departments=["a"])
    assert house.tell("u1", also="on_1", departments=["b"]).user == "wei"
    assert house.tell(other, departments=["a"]).user == "wei"
    assert house.access() == {"wei": AP}
    house.tell(other, status="left")
    assert house.access() == {}
    assert house.tell("u1", also="on_1", departments=["a"]).outcome == "restored"
    house.tell(alone, status="left")
    assert (house.access(), set(house.users)) == ({}, {"wei"})


def test_an_id_that_leads_to_somebody_else_is_nobody_of_its_own(house: Household) -> None:
    """Heard of before the change of ids, and closed: neither a day nor new rules bring that user back."""
    house.tell("old", departments=["a"])
    house.tell("new", email="other@example.com", departments=["a"])
    house.tell("new", email="other@example.com", renamed_from="old", departments=["b"])
    assert house.access() == {"eold": BP}
    people, stray = People(house.store), PersonKey.of("hr", "new")
    assert people.itself(stray) is None
    house.push(RULES | {"rules": RULES["rules"][:1]})
    house.clock.sleep(60)
    for key, _ in people.page("", 100)[0]:
        house.apply.due(key)
    assert house.access() == {"eold": {"P"}}


def test_two_who_were_somebody_each_stay_so(house: Household) -> None:
    """Whoever has a user of their own is not taken for another one."""
    for employee in ("u1", "on_1"):
        house.tell(employee, departments=["a"])
    house.tell("u1", also="on_1", departments=["b"])
    assert house.access() == {"eu1": BP, "eon_1": AP}


def test_ids_that_lead_to_each_other_are_one_person(house: Household) -> None:
    """Two processes joined them at once, each in its own way: whichever is asked for, it is the same one."""
    house.tell("1", departments=["a"])
    people = People(house.store)
    one, two = PersonKey.of("hr", "1"), PersonKey.of("hr", "2")
    people._lead(one, two)
    people._lead(two, one)
    assert people.resolve(one) == people.resolve(two)


def test_a_fast_clock_outranks_nothing(house: Household) -> None:
    """An event from the future counts as one of now: what is told a moment later wins."""
    ahead = house.clock.now() - START + 250
    house.tell(departments=["a"], time=ahead)
    assert house.tell(status="left").outcome == "offboarded"
    assert house.access() == {}


def test_of_a_leaver_only_the_id_is_kept(house: Household) -> None:
    """Nothing of what was told before is left in the directory, but for the name of the user."""
    house.tell(departments=["a"], name="张伟", attributes={"site": "Shenzhen"})
    house.tell(status="left", name="张伟")
    text = b"".join(body for key, body in house.store.objects.items() if key.startswith("people/")).decode()
    assert "张伟" not in text
    assert "Shenzhen" not in text
    assert "e1@example.com" not in text


def test_partial_events_change_what_they_say(house: Household) -> None:
    """The rest stays as it was told, the status included; of somebody unknown it is a joiner."""
    house.tell(departments=["a"], title="Agent")
    house.tell(partial=True, departments=["b"])
    assert house.access() == {"e1": BP}
    house.tell(partial=True, status="suspended")
    assert house.tell(partial=True, title="Lead").outcome == "unchanged"
    assert house.access() == {}
    assert house.tell(partial=True, status="active").outcome == "restored"
    assert house.access() == {"e1": BP}
    assert house.tell("2", partial=True, departments=["a"]).outcome == "joined"


def test_many_events_that_tell_a_part_are_put_together(house: Household) -> None:
    """Once they are old; what they have told stays, and a replay of any of them changes nothing."""
    house.tell(partial=True, departments=["a"])
    events = [house.event(partial=True, title=f"T{n}") for n in range(20)]
    for event in events:
        house.apply.event(event)
    assert sum("/told-" in key for key in house.store.objects) == 21
    house.clock.sleep(15 * DAY)
    house.tell(partial=True, title="last")
    house.tell(partial=True, phone="1")
    assert sum("/told-" in key for key in house.store.objects) <= 4
    assert house.access() == {"e1": AP} or house.access() == {"1": AP}
    for event in events:
        house.apply.event(event)
    assert sum("/told-" in key for key in house.store.objects) <= 4
    assert house.tell(partial=True, departments=["b"]).outcome == "changed"


def test_ids_of_wecom_are_the_same_in_any_case(house: Household) -> None:
    """And an id that is changed leads to the same person, before and after."""
    house.tell("ZhangSan", source="wecom", departments=["a"])
    house.tell("zhangsan", source="wecom", departments=["b"])
    assert house.access() == {"eZhangSan": BP}
    house.tell("zs", source="wecom", renamed_from="ZHANGSAN", partial=True)
    assert house.tell("ZS", source="wecom", departments=["a"]).user == "eZhangSan"
    house.tell("zhangsan", source="wecom", status="left")
    assert house.access() == {}
    assert house.tell("ZhangSan", source="hr", departments=["a"]).outcome == "joined"


def test_an_id_may_be_heard_of_before_it_is_changed(house: Household) -> None:
    """What was told of the new id is then the person's; a user that was made for it meanwhile is closed."""
    house.tell("old", source="wecom", time=DAY, departments=["a"])
    house.tell("new", source="wecom", time=3 * DAY, departments=["b"])
    assert house.access() == {"eold": AP, "enew": BP}
    house.tell("new", source="wecom", renamed_from="old", partial=True, time=2 * DAY)
    assert house.access() == {"eold": BP}
    house.tell("new", source="wecom", status="left")
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
