"""A sweep that dies at any of its calls, and two at once: every duty is done in the end, and nothing of it twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.system.delivery.stories import CLAIMED, PAGE, UNCLAIMED, created, notices, objects, visited
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

HOUR = 3600.0
LATE = 73 * HOUR


class Story(NamedTuple):
    """What is left behind for a duty, and what must hold once it has been seen to."""

    leave: Callable[[World], None]
    check: Callable[[World], None]


def _with_page(world: World, **settings: str) -> None:
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": PAGE, **settings}


def _shut(world: World) -> None:
    """No key of alice is active, and her login is closed."""
    state = world.end_state("alice")
    assert state.user
    assert not state.user.console_login
    assert [key.status for key in state.keys] == ["Inactive"]


def _create(world: World) -> None:
    world.invoke("create_user", world.http("create_user", {"user": "alice", "policies": [READ]}, id="1"))


def _nobody_came(world: World) -> None:
    _with_page(world, IM_ACCESS_SWEEP="enforce")
    created(world)
    world.clock.advance(LATE)


def _is_closed(world: World) -> None:
    _shut(world)
    assert [notice["action"] for notice in notices(world, UNCLAIMED)] == ["disabled"]
    assert not objects(world, "claims/") | objects(world, "credentials/")


def _unheard(world: World) -> None:
    world.receiver.down = True
    _create(world)
    world.receiver.down = False
    world.clock.advance(300)


def _is_told(world: World) -> None:
    state = world.end_state("alice")
    state.assert_access()
    state.assert_told()
    assert not objects(world, "outbox/") | objects(world, "open/")


def _too_late(world: World) -> None:
    _unheard(world)
    for key in objects(world, "credentials/"):
        world.cloud.cos.delete(key)


def _is_replaced(world: World) -> None:
    state = world.end_state("alice")
    state.assert_access()
    assert len(state.keys) == 1
    events = dict(world.receiver.taken)
    assert len([event for event in events.values() if event["data"]["credentials"]]) == 1
    assert len(events) == 2
    assert not objects(world, "outbox/") | objects(world, "open/") | objects(world, "dead-letters/")


def _is_disabled(world: World) -> None:
    _shut(world)
    assert not world.receiver.taken
    assert len(objects(world, "dead-letters/sweep/")) == 1
    assert not objects(world, "outbox/") | objects(world, "open/") | objects(world, "credentials/")


def _abandoned(world: World) -> None:
    world.kill(action="CreateAccessKey", when="after")
    _create(world)
    world.clock.advance(1000)


def _untold(world: World) -> None:
    world.kill(action="Notify")
    _create(world)
    world.clock.advance(1000)


def _forbidden(world: World) -> None:
    _abandoned(world)
    world.env["IM_ACCESS_POLICIES"] = FULL


def _picked_up(world: World) -> None:
    _with_page(world)
    link = created(world)
    world.kill(action="Notify")
    assert visited(world, "POST", link).killed
    world.clock.advance(LATE)


def _is_tidy(world: World) -> None:
    assert len(notices(world, CLAIMED)) == 1
    assert {key.partition("/")[0] for key in objects(world)} == {"requests", "lives", "deliveries", "opened"}


STORIES = {
    "unclaimed": Story(_nobody_came, _is_closed),
    "outbox": Story(_unheard, _is_told),
    "late link": Story(_too_late, _is_replaced),
    "abandoned": Story(_abandoned, _is_told),
    "finished and untold": Story(_untold, _is_told),
    "forbidden meanwhile": Story(_forbidden, _is_disabled),
    "tidy": Story(_picked_up, _is_tidy),
}


def _begin(world: World, story: Story) -> None:
    world.reset()
    story.leave(world)


def _sweep_until_quiet(world: World) -> None:
    """Later sweeps, as far apart as a request's longest pause; the last one finds nothing to do."""
    for _ in range(4):
        world.clock.advance(HOUR + 60)
        answer = world.invoke("sweep", world.timer())
        assert answer.error is None, answer.error
    assert not any(count for counts in answer.body.values() for count in counts.values()), answer.body


@pytest.mark.parametrize("name", STORIES)
def test_a_sweep_that_dies_at_any_call_is_finished_by_the_next(world: World, name: str) -> None:
    """Killed after each of its calls in turn, which is before the one that follows."""
    story = STORIES[name]
    call = 0
    while True:
        call += 1
        _begin(world, story)
        world.kill(call=call, when="after")
        died = world.invoke("sweep", world.timer()).killed
        _sweep_until_quiet(world)
        story.check(world)
        if not died:
            break
    assert call > 8


@pytest.mark.parametrize("name", STORIES)
def test_two_sweeps_at_once_do_no_harm(world: World, name: str) -> None:
    """Both begin at the same moment; whatever each of them came to, what holds in the end is the same."""
    story = STORIES[name]
    for _ in range(3):
        _begin(world, story)
        answers = world.together([("sweep", world.timer())] * 2)
        assert [answer.error for answer in answers] == [None, None]
        _sweep_until_quiet(world)
        story.check(world)
