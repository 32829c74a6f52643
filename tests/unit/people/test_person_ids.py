"""Ids of people: two of one person, ids that change, and what is told in parts."""

from __future__ import annotations

import pytest

from shared.people.person_key import PersonKey
from shared.people.person_records import People
from tests.unit.people.household import DAY, RULES, Household

AP, BP = {"A", "P"}, {"B", "P"}


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
    people.ids._lead(one, two)
    people.ids._lead(two, one)
    assert people.ids.resolve(one) == people.ids.resolve(two)


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
