"""What was taken is done, whatever dies: by the trigger, by the sweep, and never lost."""

from __future__ import annotations

import dataclasses
import json

import pytest

from local.faults import Fault
from local.hr.records import Employee
from local.hr.systems import HrSystems
from local.scf.cos_event import event as cos_event
from shared.errors import ImAccessError, Rejected, Unavailable
from tests.system.hr.events import Taken, kept, letters, person, post, woken
from tests.world import World

WEI = Employee("zhangwei", "张伟", "wei@example.com", "", ("客服",), "Agent")
CALLS = 8
"""More than an event's work makes, beside what its person's access takes."""


def taken(world: World, hr: HrSystems) -> str:
    """A joiner's event in the inbox."""
    hr.wecom.records.employees[WEI.id] = WEI
    assert world.invoke("hr_events", post("wecom", hr.wecom.joined(WEI))).status == 200
    return kept(world, "inbox/")[0]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 3))
def test_an_intake_killed_at_any_call(world: World, hr: HrSystems, call: int, when: str) -> None:
    """The system gets no answer and sends it again: it is there once."""
    push = hr.wecom.joined(WEI)
    world.kill(call=call, when=when)
    world.invoke("hr_events", post("wecom", push))
    assert world.invoke("hr_events", post("wecom", push)).status == 200
    assert len(kept(world)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_the_work_killed_at_any_call(world: World, hr: HrSystems, applied: Taken, call: int, when: str) -> None:
    """The event stays until its work is done; the sweep finishes what the trigger has lost."""
    key = taken(world, hr)
    world.kill(call=call, when=when)
    woken(world, key)
    world.clock.advance(61)
    swept = world.invoke("sweep", world.timer())
    assert swept.error is None
    assert swept.body["inbox"]["failed"] == 0
    assert (kept(world), len(applied.events) >= 1) == ([], True)
    assert len({event.id for event in applied.events}) == 1


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.INTERNAL_AFTER, Fault.THROTTLE])
def test_any_call_of_the_work_spoiled(world: World, hr: HrSystems, applied: Taken, fault: Fault) -> None:
    """Each kind of fault at each call of the store: done by the trigger's next try, or by the sweep."""
    for call in range(1, 4):
        key = taken(world, hr)
        world.cloud.faults.on(call=call, do=fault)
        woken(world, key)
        world.cloud.faults.clear()
        if kept(world):
            world.clock.advance(61)
            assert world.invoke("sweep", world.timer()).error is None
        assert kept(world) == []
    assert len(applied.events) >= 3


def test_the_sweep_tries_with_growing_pauses(world: World, hr: HrSystems, applied: Taken) -> None:
    """After a minute, then after twice as long each, up to an hour; at the end it is done."""
    taken(world, hr)
    hr.down.add("wecom")
    tried = []
    for _ in range(60):
        world.clock.advance(60)
        asked = len(hr.asked)
        counted = world.invoke("sweep", world.timer()).body["inbox"]
        tried.append(int(len(hr.asked) > asked))
        assert counted["failed"] == tried[-1]
    assert 5 <= sum(tried) <= 8
    assert sum(tried[20:]) <= 2
    hr.down.clear()
    for _ in range(70):
        world.clock.advance(60)
        world.invoke("sweep", world.timer())
    assert (kept(world), len(applied.events)) == ([], 1)


def test_what_waited_for_a_week_is_a_dead_letter(world: World, hr: HrSystems, applied: Taken) -> None:
    """An event that failed for a week becomes a dead letter that says why and is tried again."""
    key = taken(world, hr)
    hr.down.add("wecom")
    world.clock.advance(7 * 24 * 3600 + 1)
    assert woken(world, key).error is None
    assert kept(world, "inbox/") == []
    [letter] = letters(world)
    assert (letter["code"], letter["retry"], letter["function"]) == ("hr_unavailable", True, "hr_events")
    hr.down.clear()
    world.clock.advance(61)
    assert world.invoke("sweep", world.timer()).body["letters"]["done"] == 1
    assert (kept(world), len(applied.events)) == ([], 1)


@pytest.mark.parametrize("code", ["no_rules", "user_exists"])
def test_a_letter_is_redriven_where_it_may_succeed(world: World, hr: HrSystems, applied: Taken, code: str) -> None:
    """By the sweep, with all that the event told; what can never succeed waits for a person."""
    applied.error = ImAccessError(code) if code == "no_rules" else Rejected(code)
    assert woken(world, taken(world, hr)).error is None
    assert kept(world, "inbox/") == []
    [letter] = letters(world)
    assert (letter["code"], letter["retry"]) == (code, code == "no_rules")
    applied.error = None
    world.clock.advance(61)
    world.invoke("sweep", world.timer())
    assert len(applied.events) == int(letter["retry"])
    assert len(letters(world)) == 1 - int(letter["retry"])


def test_an_event_about_several_waits_for_those_who_are_left(world: World, hr: HrSystems, applied: Taken) -> None:
    """Who was done is done again with the same identity, which changes nothing."""
    for name in ("a", "b"):
        hr.dingtalk.records.employees[name] = dataclasses.replace(WEI, id=name)
    world.invoke("hr_events", post("dingtalk", hr.dingtalk.event("user_add_org", userId=["a", "b"])))
    [key] = kept(world)
    applied.error, applied.of = Unavailable("CAM is down"), {"a"}
    assert woken(world, key).error is not None
    assert (kept(world), [event.person.employee for event in applied.events]) == ([key], ["b"])
    applied.error = None
    assert woken(world, key).error is None
    assert ([event.person.employee for event in applied.events], kept(world)) == (["b", "a", "b"], [])


def test_an_event_of_another_version_is_left_as_it_is(world: World, hr: HrSystems, applied: Taken) -> None:
    """An event of another version in the inbox is neither read nor deleted."""
    key = taken(world, hr)
    stored = world.cloud.cos.objects.data[key]
    other = json.dumps({**json.loads(stored.body), "v": 2}).encode()
    world.cloud.cos.objects.data[key] = dataclasses.replace(stored, body=other)
    assert woken(world, key).error.code == "record_unreadable"  # type: ignore[union-attr]
    assert (world.cloud.cos.objects.data[key].body, applied.events) == (other, [])


def test_an_event_that_is_gone_is_nothing(world: World, hr: HrSystems, applied: Taken) -> None:
    """Of two triggers, or a trigger and the sweep, the second one finds nothing to do; other folders are nobody's."""
    key = taken(world, hr)

    event = cos_event(world.cloud.cos.objects.data[key], world.cloud._accounts)
    assert world.invoke("hr_events", event).body == {"joined": 1}
    assert world.invoke("hr_events", event).body == {}
    elsewhere = json.loads(json.dumps(event).replace("inbox/", "ledger/"))
    assert (world.invoke("hr_events", elsewhere).body, world.calls) == ({}, [])
    assert len(applied.events) == 1


def test_the_signature_in_the_event_is_not_logged(
    world: World, hr: HrSystems, applied: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    """A COS event holds the Authorization header of whoever stored it; no secret of a system is logged or stored."""
    world.env["IM_ACCESS_LOG_LEVEL"] = "DEBUG"
    key = taken(world, hr)
    world.invoke("hr_events", person(world, {"employee": "1", "status": "active"}))
    woken(world, key)
    printed = capsys.readouterr().out
    assert "q-signature" not in printed
    secrets = [value for name, value in hr.settings().items() if "ENDPOINT" not in name and "COMPANY" not in name]
    tokens = [token for one in hr.all.values() for token in one.records.tokens]
    stored = " ".join(one.body.decode("utf-8", "replace") for one in world.cloud.cos.objects.data.values())
    assert not [one for one in (*secrets, *tokens) if one in printed + stored]
    assert len(applied.events) == 1
