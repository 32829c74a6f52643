"""Every call of every duty of the sweep, with every fault: it is seen to in the end, and nothing of it twice."""

from __future__ import annotations

import pytest

from local.faults import Fault
from shared.entrypoints import timer
from tests.guarantees.duty_stories import HOUR, STORIES, Story
from tests.world import World

pytestmark = pytest.mark.usefixtures("in_process")

LOOKED = (Fault.THROTTLE, Fault.INTERNAL_BEFORE, Fault.MALFORMED)
CHANGED = (*LOOKED, Fault.INTERNAL_AFTER)
NO_ANSWER = ((Fault.DROP_BEFORE, Fault.DROP_AFTER), (Fault.ERROR_BEFORE, Fault.ERROR_AFTER))
"""A gateway's page is as little of an answer as none (`test_a_gateway_s_answer_is_none`): one of both for each call."""
FINISHERS = ("outbox", "requests", "letters", "people", "by_hand", "tidy")
"""Duties that finish what another one could not, or forget what it was about."""


class Walk:
    """A story, begun anew for each call and fault; in runs of its own duty and of those that finish what is left."""

    def __init__(self, world: World, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.story = world, story
        self._common = idle(world)
        world.reset()
        story.leave(world)
        self.begin = world.keep()
        original = timer._duties
        wanted = (story.duty, *FINISHERS)
        monkeypatch.setattr(timer, "_duties", lambda sweep: [one for one in original(sweep) if one.name in wanted])

    def calls(self) -> list[tuple[int, str]]:
        """The calls of a clean run that one without anything to do does not make: the number of each, its action."""
        self.begin()
        assert self.world.invoke("sweep", self.world.timer()).error is None
        rows = [(call.action, call.target) for call in self.world.calls]
        self.finish()
        return [(n, row[0]) for n, row in enumerate(rows, 1) if row not in self._common]

    def finish(self) -> None:
        """Later runs, hours and then days apart, until all holds that must; raises what does not."""
        for hours in (1, 1, 1, *[25] * 8):
            if _holds(self.story, self.world):
                return
            self.world.clock.advance(hours * HOUR + 60)
            assert self.world.invoke("sweep", self.world.timer()).error is None
        self.story.check(self.world)


def idle(world: World) -> set[tuple[str, str]]:
    """What a run without anything to do calls."""
    world.reset()
    world.invoke("sweep", world.timer())
    return {(call.action, call.target) for call in world.calls}


def _holds(story: Story, world: World) -> bool:
    try:
        story.check(world)
    except AssertionError:
        return False
    return True


def changes(action: str) -> bool:
    """Whether a call has an effect."""
    return not action.startswith(("Get", "Head", "List"))


def faults(call: int, action: str) -> tuple[Fault, ...]:
    """All that can happen to a call; what changes nothing is the same before and after."""
    before, after = NO_ANSWER[call % 2]
    return (*CHANGED, before, after) if changes(action) else (*LOOKED, before)


def test_each_duty_is_walked(world: World) -> None:
    """Whoever adds a duty says in tests/guarantees/duty_stories.py what is left for it, and what must hold then."""
    duties = world.invoke("sweep", world.timer()).body
    assert {story.duty for story in STORIES.values()} == set(duties)


@pytest.mark.parametrize("name", STORIES)
def test_a_duty_killed_at_any_call(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Dead after each of its changes; a death after a look leaves what one after the change before it does."""
    walk = Walk(world, STORIES[name], monkeypatch)
    for call, action in walk.calls():
        if changes(action):
            walk.begin()
            world.kill(call=call, when="after")
            assert world.invoke("sweep", world.timer()).killed
            walk.finish()


@pytest.mark.parametrize("name", STORIES)
def test_any_call_of_a_duty_spoiled(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Dropped, refused, throttled, or answered with nonsense, before or after it took effect."""
    walk = Walk(world, STORIES[name], monkeypatch)
    for call, action in walk.calls():
        for fault in faults(call, action):
            walk.begin()
            rule = world.cloud.faults.on(call=call, do=fault)
            assert world.invoke("sweep", world.timer()).error is None
            assert rule.fired == 1
            walk.finish()


@pytest.mark.parametrize("name", STORIES)
def test_any_call_of_a_duty_late(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A change that its sender gave up takes effect when the run is over."""
    walk = Walk(world, STORIES[name], monkeypatch)
    for call, action in walk.calls():
        if changes(action):
            walk.begin()
            arrive = world.postpone(call)
            assert world.invoke("sweep", world.timer()).error is None
            arrive()
            walk.finish()


@pytest.mark.parametrize("name", STORIES)
def test_a_duty_with_reads_that_lag(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """CAM's reads are five seconds behind."""
    walk = Walk(world, STORIES[name], monkeypatch)
    walk.begin()
    world.cloud.cam.lag = 5.0
    assert world.invoke("sweep", world.timer()).error is None
    walk.finish()
