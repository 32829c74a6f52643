"""What each system's events tell of a person, with and without looking them up."""

from __future__ import annotations

import dataclasses

import pytest

from local.hr.systems import HrSystems
from shared.clock import rfc3339
from shared.hr_systems.bamboohr import common_fields
from tests.system.hr.events import Taken, kept, letters, person, woken
from tests.system.hr.telling import FULL, MOVED, WEI, last, told
from tests.world import World


@pytest.mark.parametrize(("system", "prefix"), [("feishu", "od-"), ("wecom", ""), ("dingtalk", "")])
def test_a_joiner_a_mover_and_a_leaver(world: World, hr: HrSystems, applied: Taken, system: str, prefix: str) -> None:
    """Departments by id and by name; who leaves is known by the id alone, though nothing can be looked up any more."""
    one = hr.all[system]
    one.records.employees[WEI.id] = WEI
    told(world, system, one.joined(WEI))
    assert last(applied).items() >= FULL.items()
    assert last(applied)["departments"] == [f"{prefix}1", f"{prefix}2", "客服", "Support"]
    one.records.employees[WEI.id] = MOVED
    told(world, system, one.changed(MOVED, WEI))
    assert (last(applied)["departments"], last(applied)["title"]) == ([f"{prefix}3", "运营"], "Operator")
    del one.records.employees[WEI.id]
    told(world, system, one.left(MOVED))
    assert applied.told()[-1] == ("zhangwei", {"status": "left"})
    assert {(event.source, event.partial, event.renamed_from) for event in applied.events} == {(system, True, None)}
    assert len({event.id for event in applied.events}) == 3


def test_the_end_of_an_earlier_employment_is_none() -> None:
    """Who was hired again has one that lies before the hire date; an end to come counts."""
    hired = {"status": "Active", "hireDate": "2026-03-01"}
    for ends, shown in (("2025-01-31", None), ("2026-12-31", "2026-12-31"), ("0000-00-00", None)):
        assert common_fields({**hired, "terminationDate": ends})["ends_at"] == shown
    assert common_fields({"terminationDate": "2025-01-31"})["ends_at"] == "2025-01-31"


def test_feishu_is_frozen_thawed_and_left(world: World, hr: HrSystems, applied: Taken) -> None:
    """Feishu's events tell of a suspended, active or left person; a status that an event lacks is not set."""
    frozen = dataclasses.replace(WEI, state="frozen")
    told(world, "feishu", hr.feishu.changed(frozen, WEI))
    assert last(applied)["status"] == "suspended"
    told(world, "feishu", hr.feishu.changed(WEI, frozen))
    assert last(applied)["status"] == "active"
    user = hr.feishu.user(WEI)
    for status in ({"is_resigned": True}, {"is_exited": True}):
        told(world, "feishu", hr.feishu.event("contact.user.updated_v3", {"object": {**user, "status": status}}))
        assert last(applied)["status"] == "left"
    told(
        world, "feishu", hr.feishu.event("contact.user.updated_v3", {"object": {"union_id": "on_1", "job_title": "A"}})
    )
    assert applied.told()[-1] == ("on_1", {"title": "A"})


def test_feishu_is_renamed(world: World, hr: HrSystems, applied: Taken) -> None:
    """An administrator may change the `user_id`: it is the same person."""
    content = {"object": {"user_id": "new"}, "old_object": {"user_id": "old"}}
    told(world, "feishu", hr.feishu.event("contact.user.updated_v3", content))
    assert (applied.events[-1].person.employee, applied.events[-1].renamed_from) == ("new", "old")


def test_corehr_of_feishu(world: World, hr: HrSystems, applied: Taken) -> None:
    """A plan is no leave; an employment is looked up, some seconds later, as the answers lag behind the events."""
    hr.feishu.records.employees[WEI.id] = WEI
    target = {"user_id": WEI.id, "union_id": "on_1"}
    for status in ("1", "2", "4", "5", "6"):
        content = {"target_user_id": target, "status": int(status)}
        told(world, "feishu", hr.feishu.event("corehr.offboarding.status_updated_v2", content))
    for scene in ("7001", "7002"):
        told(world, "feishu", hr.feishu.event("corehr.employee.domain_event_v2", {"opt_scene": scene}))
    told(
        world, "feishu", hr.feishu.event("corehr.job_change.status_updated_v2", {"target_user_id": target, "status": 4})
    )
    assert (applied.events, hr.asked) == ([], [])
    before = world.clock.now()
    content = {"employment_id": f"employment-{WEI.id}"}
    told(world, "feishu", hr.feishu.event("corehr.job_data.employed_v1", content))
    assert last(applied).items() >= FULL.items()
    assert world.clock.now() - before >= 10
    told(
        world,
        "feishu",
        hr.feishu.event("corehr.offboarding.status_updated_v2", {"target_user_id": target, "status": 3}),
    )
    assert last(applied) == {"status": "left"}
    told(world, "feishu", hr.feishu.event("corehr.employment.resigned_v1", content))
    assert applied.told()[-1] == (WEI.id, {"status": "left"})
    world.env["IM_ACCESS_FEISHU_APP_SECRET"] = ""
    told(world, "feishu", hr.feishu.event("corehr.employment.resigned_v1", content))
    assert [one["code"] for one in letters(world)] == ["details_missing"]


def test_several_persons_of_one_event_are_each_done(world: World, hr: HrSystems, applied: Taken) -> None:
    """One who cannot be looked up holds up no other, and each has an event of their own."""
    for name in ("a", "b"):
        hr.dingtalk.records.employees[name] = dataclasses.replace(WEI, id=name)
    told(world, "dingtalk", hr.dingtalk.event("user_add_org", userId=["a", "gone", "b", "a"]))
    assert [one.person.employee for one in applied.events] == ["a", "b"]
    assert len({one.id for one in applied.events}) == 2


def test_a_person_of_the_common_form_is_whole(world: World, applied: Taken) -> None:
    """Known by the envelope's source; the event's time is its own, and never later than its receipt."""
    told_time = world.clock.now() + 100
    data = {"employee": "1", "status": "active", "departments": ["客服"]}
    world.invoke("hr_events", person(world, data, time=rfc3339(told_time)))
    [key] = kept(world)
    received = world.clock.now()
    woken(world, key)
    [event] = applied.events
    assert (event.source, event.partial, event.person.departments) == ("/hr", False, ["客服"])
    assert event.time <= received < told_time


@pytest.mark.parametrize("system", ["wecom", "bamboohr"])
def test_events_of_one_second_happened_as_they_came(world: World, hr: HrSystems, applied: Taken, system: str) -> None:
    """A system that tells seconds alone: the later one counts, and neither is of another second. One that comes again
    is as old as it was; after weeks, when that is forgotten, it is the oldest of its second.
    """
    hr.all[system].records.employees[WEI.id] = WEI
    second, pushes = float(int(world.clock.now())), []
    for title in ("Agent", "Lead", "Head"):
        world.clock.advance(1.3)
        if system == "wecom":
            push = hr.wecom.change("update_user", second, UserID=WEI.id, Position=title)
        else:
            push = hr.bamboohr.event("updated", WEI.id, [title], second)
        pushes.append(push)
        told(world, system, push)
    times = [event.time for event in applied.events]
    assert times == sorted(set(times))
    assert [int(time) for time in times] == [second] * 3
    told(world, system, pushes[0])
    assert applied.events[-1].time == times[0]
    for key in kept(world, "people/seconds/"):
        del world.cloud.cos.objects.data[key]
    world.clock.advance(86_400)
    told(world, system, pushes[0])
    assert applied.events[-1].time == second
