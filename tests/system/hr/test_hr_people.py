"""What each system's events tell of a person, with and without looking them up."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from local.hr.records import Answer, Employee, Push, Request
from local.hr.systems import HrSystems
from local.scf.cos_event import event as cos_event
from shared.clock import rfc3339
from shared.hr_systems.bamboohr import common
from tests.system.hr.events import Taken, kept, letters, person, post, woken
from tests.world import World

WEI = Employee(
    "zhangwei", "张伟", "wei@example.com", "+8613800000000", ("客服", "Support"), "Agent", more={"Site": "SZ"}
)
MOVED = dataclasses.replace(WEI, departments=("运营",), title="Operator")
FULL = {
    "status": "active",
    "name": "张伟",
    "email": "wei@example.com",
    "phone": "+8613800000000",
    "title": "Agent",
}


def told(world: World, system: str, push: Push) -> str:
    """An event that is taken, and whose work is done; the key it had."""
    assert world.invoke("hr_events", post(system, push)).status == 200
    [key] = kept(world, "inbox/")
    answer = woken(world, key)
    assert answer.error is None, answer
    assert kept(world, "inbox/") == []
    return key


def last(applied: Taken) -> dict[str, Any]:
    """What the last event told."""
    return applied.told()[-1][1]


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


def test_bamboohr_is_looked_up(world: World, hr: HrSystems, applied: Taken) -> None:
    """A leave is a status that has changed; a date of zeros is none; an end that is known is told."""
    hr.bamboohr.records.employees["7"] = dataclasses.replace(WEI, id="7")
    told(world, "bamboohr", hr.bamboohr.joined(dataclasses.replace(WEI, id="7")))
    assert last(applied) == FULL | {"departments": ["客服"], "employee_type": "Full-Time", "ends_at": None}
    hr.bamboohr.records.employees["7"] = dataclasses.replace(WEI, id="7", leaves="2027-01-31")
    told(world, "bamboohr", hr.bamboohr.event("updated", "7", ["terminationDate"]))
    assert (last(applied)["status"], last(applied)["ends_at"]) == ("active", "2027-01-31")
    hr.bamboohr.records.employees["7"] = dataclasses.replace(WEI, id="7", state="left")
    told(
        world,
        "bamboohr",
        hr.bamboohr.left(WEI._replace(id="7") if hasattr(WEI, "_replace") else dataclasses.replace(WEI, id="7")),
    )
    assert last(applied)["status"] == "left"
    told(world, "bamboohr", hr.bamboohr.event("deleted", "7", []))
    assert last(applied) == {"status": "left"}


def test_the_end_of_an_earlier_employment_is_none() -> None:
    """Who was hired again has one that lies before the hire date; an end to come counts."""
    hired = {"status": "Active", "hireDate": "2026-03-01"}
    for ends, told in (("2025-01-31", None), ("2026-12-31", "2026-12-31"), ("0000-00-00", None)):
        assert common({**hired, "terminationDate": ends})["ends_at"] == told
    assert common({"terminationDate": "2025-01-31"})["ends_at"] == "2025-01-31"


def test_an_access_token_is_kept_and_fetched_anew_when_it_is_rejected(
    world: World, hr: HrSystems, applied: Taken
) -> None:
    """One for an instance; the system forgets it, and nobody notices."""
    process = world.process()
    for system in ("feishu", "wecom", "dingtalk"):
        one = hr.all[system]
        one.records.employees[WEI.id] = WEI
        for round_ in range(3):
            if round_ == 2:
                one.records.tokens.clear()
                process.instance.hr_tokens._names.clear()
            world.invoke("hr_events", post(system, one.changed(dataclasses.replace(WEI, title=str(round_)), WEI)))
            [key] = kept(world, "inbox/")
            stored = world.cloud.cos.objects.data[key]
            assert world.invoke("hr_events", cos_event(stored, world.cloud._accounts), process=process).error is None
    fetched = [call for call in hr.asked if "token" in call.lower()]
    assert len(fetched) == 6
    assert len(applied.events) == 9


@pytest.mark.parametrize("system", ["feishu", "wecom", "dingtalk", "bamboohr"])
def test_whatever_else_a_system_answers_nobody_is_taken_for_gone(
    world: World, hr: HrSystems, applied: Taken, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    """A code that nobody knows, an answer without a person, an error page: the event waits, in the inbox or as a letter
    that is tried again; and a token that is refused with 401 is fetched anew.
    """
    hr.all[system].records.employees[WEI.id] = WEI
    look_up, code = hr.answer, "code" if system == "feishu" else "errcode"
    answers: list[Answer] = [(403, {}), (418, {code: "x"}), (302, {}), (401, {})]
    answers += [(404, {}), (200, {code: 0}), (200, {code: 7})] * (system != "bamboohr")
    for number, wrong in enumerate(answers):

        def answer(name: str, request: Request, wrong: Answer = wrong) -> Answer:
            return look_up(name, request) if "oken" in request.path else wrong

        monkeypatch.setattr(hr, "answer", answer)
        tokens = len(hr.all[system].records.tokens)
        push = hr.all[system].changed(dataclasses.replace(WEI, title=str(number)), WEI)
        if system == "feishu":
            push = hr.feishu.event("corehr.job_data.changed_v1", {"target_user_id": {"user_id": WEI.id}})
        world.invoke("hr_events", post(system, push))
        [key] = kept(world, "inbox/")
        woken(world, key)
        assert applied.events == []
        waiting = [*kept(world, "inbox/"), *(one["code"] for one in letters(world) if one["retry"])]
        assert waiting in ([key], ["hr_refused"])
        if wrong[0] == 401 and system != "bamboohr":
            assert len(hr.all[system].records.tokens) == tokens + 2
        for name in kept(world):
            del world.cloud.cos.objects.data[name]


@pytest.mark.parametrize("system", ["feishu", "wecom", "dingtalk", "bamboohr"])
def test_an_event_waits_where_the_system_is_down(world: World, hr: HrSystems, applied: Taken, system: str) -> None:
    """It stays in the inbox; when the system is there again, its work is done."""
    one = hr.all[system]
    one.records.employees[WEI.id] = WEI
    hr.down.add(system)
    world.invoke("hr_events", post(system, one.joined(WEI)))
    [key] = kept(world)
    answer = woken(world, key)
    assert answer.error is not None
    assert answer.error.code == "hr_unavailable"  # type: ignore[attr-defined]
    assert (kept(world), applied.events) == ([key], [])
    hr.down.clear()
    assert woken(world, key).error is None
    assert (kept(world), len(applied.events)) == ([], 1)


def test_without_a_secret_dingtalk_lets_nobody_join(world: World, hr: HrSystems, applied: Taken) -> None:
    """Its events hold ids alone: joins and moves are dead letters that say what is missing, leaves are done."""
    world.env["IM_ACCESS_DINGTALK_APP_SECRET"] = ""
    told(world, "dingtalk", hr.dingtalk.joined(WEI))
    told(world, "dingtalk", hr.dingtalk.changed(MOVED, WEI))
    told(world, "dingtalk", hr.dingtalk.left(WEI))
    assert applied.told() == [("zhangwei", {"status": "left"})]
    found = letters(world)
    assert [(one["code"], one["retry"]) for one in found] == [("details_missing", True)] * 2
    assert "IM_ACCESS_DINGTALK_APP_SECRET" in found[0]["reason"]


def test_without_credentials_bamboohr_reads_fields_and_leaves(world: World, hr: HrSystems, applied: Taken) -> None:
    """Of a body with fields everything, of one without nothing but that somebody was deleted."""
    world.env["IM_ACCESS_BAMBOOHR_API_KEY"] = ""
    told(world, "bamboohr", hr.bamboohr.event("updated", "7", ["status"]))
    fields = {"status": {"value": "Active"}, "workEmail": {"value": "a@example.com"}, "department": "客服"}
    rows = [{"id": "7", "action": "Updated", "timestamp": "2026-10-01T00:00:00+0000", "fields": fields}]
    told(world, "bamboohr", hr.bamboohr.push(json.dumps({"employees": rows}).encode()))
    told(world, "bamboohr", hr.bamboohr.event("deleted", "7", []))
    assert applied.told() == [
        ("7", {"status": "active", "email": "a@example.com", "departments": ["客服"]}),
        ("7", {"status": "left"}),
    ]
    assert [one["code"] for one in letters(world)] == ["details_missing"]


@pytest.mark.parametrize("system", ["feishu", "wecom", "dingtalk", "bamboohr"])
def test_who_works_on_an_event_sees_as_much_as_who_took_it(
    world: World, hr: HrSystems, applied: Taken, system: str
) -> None:
    """The sweep, or an operator's command, without the secret to look people up: nobody is taken for having no
    department; the event is a letter that says what is missing. Who leaves is done.
    """
    one, employee = hr.all[system], dataclasses.replace(WEI, id="7")
    one.records.employees["7"] = employee
    lookup = next(name for name in one.settings("") if name.endswith(("_SECRET", "API_KEY")))
    secret = world.env[lookup]
    world.invoke("hr_events", post(system, one.joined(employee)))
    gone = hr.bamboohr.event("deleted", "7", []) if system == "bamboohr" else one.left(employee)
    world.invoke("hr_events", post(system, gone))
    world.env[lookup] = ""
    for key in kept(world, "inbox/"):
        assert woken(world, key).error is None
    assert applied.told() == [("7", {"status": "left"})]
    [letter] = letters(world)
    assert (letter["code"], letter["retry"]) == ("details_missing", True)
    assert lookup in letter["reason"]
    world.env[lookup] = secret
    world.clock.advance(61)
    assert world.invoke("sweep", world.timer()).body["letters"]["done"] == 1
    assert last(applied)["departments"]


def test_without_a_secret_wecom_is_read_as_it_is(world: World, hr: HrSystems, applied: Taken) -> None:
    """What is not told stays as it was; a private address says nothing of the work address; ids have no capitals."""
    world.env["IM_ACCESS_WECOM_SECRET"] = ""
    told(
        world,
        "wecom",
        hr.wecom.change("create_user", None, UserID="ZhangWei", Name="张伟", Status="4", Email="p@x.com"),
    )
    told(world, "wecom", hr.wecom.change("update_user", None, UserID="ZHANGWEI", Position="Lead", Email="q@x.com"))
    told(world, "wecom", hr.wecom.change("update_user", None, UserID="zhangwei", Status="2"))
    told(world, "wecom", hr.wecom.change("update_user", None, UserID="zhangwei", NewUserID="Wei.Zhang"))
    told(world, "wecom", hr.wecom.change("update_user", None, UserID="wei.zhang", Status="5"))
    assert applied.told() == [
        ("zhangwei", {"status": "active", "name": "张伟", "email": "p@x.com"}),
        ("zhangwei", {"title": "Lead"}),
        ("zhangwei", {"status": "suspended"}),
        ("wei.zhang", {}),
        ("wei.zhang", {"status": "left"}),
    ]
    assert applied.events[3].renamed_from == "zhangwei"


def test_who_is_gone_meanwhile_is_left_to_the_event_that_tells_so(world: World, hr: HrSystems, applied: Taken) -> None:
    """A joiner whom the look-up does not find any more is left to the event that tells of the leave."""
    for system in ("wecom", "dingtalk", "bamboohr"):
        told(world, system, hr.all[system].joined(WEI))
    assert (applied.events, letters(world)) == ([], [])


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
