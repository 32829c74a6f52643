"""What an event leaves out is looked up in its system: tokens, refusals, outages, and what is read without asking."""

from __future__ import annotations

import dataclasses
import json

import pytest

from local.hr.records import Answer, Request
from local.hr.systems import HrSystems
from local.scf.cos_event import event as cos_event
from tests.system.hr.events import Taken, kept, letters, post, woken
from tests.system.hr.telling import FULL, MOVED, WEI, last, told
from tests.world import World


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
