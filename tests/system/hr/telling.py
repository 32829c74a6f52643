"""A person of the HR tests, and events of whom are taken and worked on."""

from __future__ import annotations

import dataclasses
from typing import Any

from local.hr.records import Employee, Push
from tests.system.hr.events import Taken, kept, post, woken
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
