"""Sweeps together, and with others in their middle: every duty is done in the end, and nothing of it twice.

These are whole runs, of all duties, one after the other until nothing is left to do.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.faults import Fault
from tests.guarantees.duty_stories import HOUR, STORIES, Story
from tests.guarantees.test_sweep_kills import idle
from tests.world import World

pytestmark = pytest.mark.usefixtures("in_process")


def _sweep_until_quiet(world: World) -> None:
    """Later sweeps, as far apart as a request's longest pause, until one finds nothing to do."""
    for _ in range(6):
        world.clock.advance(HOUR + 60)
        answer = world.invoke("sweep", world.timer())
        assert answer.error is None, answer.error
        if not any(count for counts in answer.body.values() for count in counts.values()):
            return
    raise AssertionError(answer.body)


def _begun(world: World, story: Story) -> Callable[[], None]:
    """What begins the story anew."""
    world.reset()
    story.leave(world)
    return world.keep()


def _own_calls(world: World, begin: Callable[[], None], story: Story) -> list[tuple[int, str]]:
    """The calls of a clean run that a run without anything to do does not make: the number of each, and its action."""
    common = idle(world)
    begin()
    assert world.invoke("sweep", world.timer()).error is None
    rows = [(call.action, call.target) for call in world.calls]
    _sweep_until_quiet(world)
    story.check(world)
    return [(n, row[0]) for n, row in enumerate(rows, 1) if row not in common]


def test_a_look_that_goes_wrong_costs_its_own_duty(world: World) -> None:
    """Each call of a run with nothing to do, with each kind of fault: no run fails, and no duty but the one."""
    world.invoke("sweep", world.timer())
    for call in range(1, len(world.calls) + 1):
        world.cloud.faults.on(call=call, do=Fault.CODE, code="AccessDenied", status=403)
        answer = world.invoke("sweep", world.timer())
        world.cloud.faults.clear()
        failed = [duty for duty, counts in answer.body.items() if counts["failed"]]
        assert answer.error is None or call == 1, "whether the bucket has versions decides over all"
        assert len(failed) <= 2, "two duties share the walk over links"
        world.clock.advance(600)


@pytest.mark.parametrize(
    ("function", "name"), [("reissue_credentials", "unclaimed"), ("reissue_credentials", "forbidden meanwhile")]
)
def test_whoever_gets_new_credentials_in_the_middle_of_a_sweep_keeps_them(
    world: World, function: str, name: str
) -> None:
    """Before any call of a sweep that closes somebody who did not come: they come back to it, and their credentials
    work in the end, once what was told to come again has come again.
    """
    story = STORIES[name]
    begin = _begun(world, story)
    for call, _ in _own_calls(world, begin, story):
        begin()
        order = world.http(function, {"user": "alice"}, id="again")
        world.at(lambda *_, order=order: world.invoke(function, order), call=call)
        assert world.invoke("sweep", world.timer()).error is None
        world.redeliver_until_answer(function, order)
        world.clock.advance(60)
        _sweep_until_quiet(world)
        world.end_state("alice").assert_access()


@pytest.mark.parametrize("name", STORIES)
def test_two_sweeps_at_once_do_no_harm(world: World, name: str) -> None:
    """Both begin at the same moment; whatever each of them came to, what holds in the end is the same."""
    story = STORIES[name]
    begin = _begun(world, story)
    for _ in range(2):
        begin()
        answers = world.together([("sweep", world.timer())] * 2)
        assert [answer.error for answer in answers] == [None, None]
        _sweep_until_quiet(world)
        story.check(world)
