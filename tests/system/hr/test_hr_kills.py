"""The whole way of an event, from the answer to the access, with a death at each of its calls."""

from __future__ import annotations

from local.hr.records import Employee
from local.hr.systems import HrSystems
from tests.system.hr.events import kept, post, woken
from tests.system.people.stories import push, records
from tests.world import READ, World

WEI = Employee("zhangwei", "张伟", "wei@example.com", "", ("客服",), "Agent")


def taken(world: World, hr: HrSystems) -> str:
    """An empty world with rules, and a joiner's event in its inbox."""
    world.reset()
    world.env |= hr.settings() | {"IM_ACCESS_SWEEP": "warn"}
    push(world)
    world.clock.advance(60)
    hr.wecom.records.employees[WEI.id] = WEI
    assert world.invoke("hr_events", post("wecom", hr.wecom.joined(WEI))).status == 200
    [key] = kept(world, "inbox/")
    return key


def test_a_joiner_whose_work_dies_at_any_call_joins_once(world: World, hr: HrSystems) -> None:
    """Looked up, decided, made, told of, forgotten: the sweep finishes; one user, one set of credentials, no letter.

    A death after a call is one before the next one.
    """
    answer = woken(world, taken(world, hr))
    assert answer.error is None
    calls = len(world.calls)
    assert calls > 30
    for call in range(calls + 1):
        key = taken(world, hr)
        world.kill(call=max(call, 1), when="after" if call else "before")
        assert woken(world, key).killed
        for _ in range(12):
            world.clock.advance(300)
            assert world.invoke("sweep", world.timer()).error is None
            if not kept(world, "inbox/") and not records(world, "open/"):
                break
        state = world.end_state("wei")
        state.assert_access()
        assert (kept(world), state.attached, len(world.cloud.cam.users)) == ([], [READ], 1), call
        assert not records(world, "open/")
