"""Guarantee 1, kill anywhere: each remote call of each operation, with each fault, then redelivered until it answers.

The calls are those of a clean run, recorded: a call that is added is covered the day it is added.
"""

from __future__ import annotations

import pytest

from local.faults import Fault
from tests.guarantees.histories import BOUND, BROAD, CREATE, FAULTS, GRANT, LIMIT_MS, QUEUED, REVOKE, History, name
from tests.world import READ, World

ALONE = (CREATE, GRANT, REVOKE)
PARTLY = (History("create_user", (READ,), api=False), History("create_user", (READ,), console=False))
SOME = (Fault.DROP_AFTER, Fault.INTERNAL_AFTER, Fault.ERROR_BEFORE)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("history", [*ALONE, *QUEUED, *BROAD, *PARTLY, *BOUND], ids=name)
def test_killed_at_any_call(world: World, history: History) -> None:
    """A process that dies before the first or after any call leaves nothing that a redelivery does not put right."""
    for n in range(history.calls(world) + 1):
        event = history.prepare(world)
        world.kill(call=n or 1, when="after" if n else "before")
        answer = history.redeliver(world, event)
        assert world.history[0].killed, n
        history.check(world, answer)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize("history", ALONE, ids=name)
def test_any_call_spoiled(world: World, history: History, fault: Fault) -> None:
    """A call that is dropped, refused or answered with nonsense, before or after it took effect, is recovered from."""
    for n in range(1, history.calls(world) + 1):
        event = history.prepare(world)
        rule = world.cloud.faults.on(call=n, do=fault)
        answer = history.redeliver(world, event)
        assert rule.fired == 1
        history.check(world, answer)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("fault", SOME, ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize("history", [*QUEUED, *BROAD, *BOUND], ids=name)
def test_any_call_spoiled_elsewhere(world: World, history: History, fault: Fault) -> None:
    """The same for messages of a queue, and for commands that work on two policies at once."""
    for n in range(1, history.calls(world) + 1):
        event = history.prepare(world)
        rule = world.cloud.faults.on(call=n, do=fault)
        answer = history.redeliver(world, event)
        assert rule.fired == 1
        history.check(world, answer)


@pytest.mark.parametrize("committed", [True, False], ids=["answer", "effect"])
@pytest.mark.parametrize("history", ALONE, ids=name)
def test_any_call_late(world: World, history: History, committed: bool) -> None:
    """A call that its sender gave up harms nothing, though it takes effect in the last moment of its time limit."""
    for n in range(1, history.calls(world) + 1):
        event = history.prepare(world)
        late = world.late(n, committed=committed)
        ends = world.clock.now() + LIMIT_MS / 1000
        answer = world.invoke(history.function, event, limit_ms=LIMIT_MS)
        while not answer.final and world.clock.now() + answer.pause < ends:
            world.clock.advance(answer.pause)
            answer = world.invoke(history.function, event, limit_ms=LIMIT_MS)
        world.clock.advance(max(0.0, ends - world.clock.now()))
        late.arrive()
        history.check(world, answer if answer.final else history.redeliver(world, event))
