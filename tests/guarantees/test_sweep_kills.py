"""A sweep that dies at any of its calls, and two at once: every duty is done in the end, and nothing of it twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from local.faults import Fault
from shared.clock import rfc3339
from shared.idempotency.stored import REQUESTS
from shared.use_cases.duties.by_hand import SETTLED
from shared.use_cases.duties.prune import _PREFIXES
from tests.guarantees.histories import FAULTS
from tests.system.delivery.stories import CLAIMED, PAGE, UNCLAIMED, created, notices, objects, visited
from tests.system.lives.test_by_hand import give
from tests.world import FULL, READ, START, World

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


def _done(world: World, function: str, command: dict[str, Any]) -> None:
    answer = world.invoke(function, world.http(function, {"user": "alice", **command}, id=function))
    assert answer.status in (200, 201), answer


def _left(world: World, days: int = 30) -> None:
    _create(world)
    world.clock.advance(60)
    _done(world, "offboard_user", {"delete_after_days": days})
    world.receiver.taken.clear()


def _given_by_hand(world: World) -> None:
    world.env["IM_ACCESS_SWEEP"] = "enforce"
    _left(world)
    world.clock.advance(SETTLED + 60)
    world.add_policies("by-hand")
    give(world)


def _is_taken_again(world: World) -> None:
    _shut(world)
    assert world.cloud.cam.attached("alice") == []
    assert {notice["taken"] for notice in notices(world, "imaccess.drift.found")} == {True}
    assert len(objects(world, "offboarded/")) == 1


def _grace_is_over(world: World) -> None:
    _left(world, days=0)
    world.clock.advance(60)


def _is_deleted(world: World) -> None:
    assert (world.end_state("alice").user, world.end_state("alice").keys) == (None, [])
    assert not objects(world, "deletions/") | objects(world, "offboarded/")
    told = [row for row in world.receiver.about("alice") if row[1]["type"] == "imaccess.user.deleted"]
    assert len({message_id for message_id, _ in told}) == 1


def _replaced_key(world: World) -> None:
    _create(world)
    world.clock.advance(60)
    _done(world, "reissue_credentials", {"overlap_hours": 1})
    assert len(world.end_state("alice").keys) == 2
    world.clock.advance(2 * HOUR)


def _has_one_key(world: World) -> None:
    world.end_state("alice").assert_access()
    assert not objects(world, "overlaps/")


def _ends(world: World, kind: str) -> None:
    until = {"until": rfc3339(world.clock.now() + HOUR)}
    _done(world, "create_user", {"policies": [READ], **(until if kind == "life" else {})})
    if kind == "policies":
        _done(world, "grant_policy", {"policies": [FULL], **until})
    world.clock.advance(HOUR)


def _has_ended(world: World, left: list[str]) -> None:
    assert not objects(world, "untils/")
    assert world.cloud.cam.attached("alice") == left
    ended = [row for row in world.receiver.about("alice") if row[1]["data"].get("reason") == "until"]
    assert len({message_id for message_id, _ in ended}) == 1
    if not left:
        _shut(world)


def _came_too_early(world: World) -> None:
    message = world.envelope("grant_policy", {"user": "alice", "policies": [FULL]}, id="g")
    assert world.invoke("grant_policy", world.kafka(message)).body["parked"] == 1
    _create(world)
    world.clock.advance(120)


def _is_redriven(world: World) -> None:
    world.end_state("alice").assert_access()
    assert world.cloud.cam.attached("alice") == [FULL, READ]
    assert not objects(world, "dead-letters/") | objects(world, "open/")


def _grown_old(world: World) -> None:
    world.env["IM_ACCESS_KEEP_DAYS"] = "400"
    event = world.envelope("create_user", {"user": "alice", "policies": [READ]}, id="1", time=world.clock.now() - START)
    assert world.invoke("create_user", world.kafka(event)).body["applied"] == 1
    world.clock.advance(440 * 24 * HOUR)
    for _ in range(_PREFIXES.index(REQUESTS)):
        assert world.invoke("sweep", world.timer()).error is None
    assert objects(world, "requests/")


def _is_pruned(world: World) -> None:
    assert not objects(world, "requests/")
    assert len(objects(world, "lives/")) == 1


STORIES = {
    "unclaimed": Story(_nobody_came, _is_closed),
    "outbox": Story(_unheard, _is_told),
    "late link": Story(_too_late, _is_replaced),
    "abandoned": Story(_abandoned, _is_told),
    "finished and untold": Story(_untold, _is_told),
    "forbidden meanwhile": Story(_forbidden, _is_disabled),
    "tidy": Story(_picked_up, _is_tidy),
    "by hand": Story(_given_by_hand, _is_taken_again),
    "deletion": Story(_grace_is_over, _is_deleted),
    "overlap": Story(_replaced_key, _has_one_key),
    "end of a life": Story(lambda world: _ends(world, "life"), lambda world: _has_ended(world, [])),
    "end of a grant": Story(lambda world: _ends(world, "policies"), lambda world: _has_ended(world, [READ])),
    "letter": Story(_came_too_early, _is_redriven),
    "prune": Story(_grown_old, _is_pruned),
}
READS = ("GetObject", "HeadObject", "ListObjects", "GetBucketVersioning", "GetUser", "GetPolicy")


def _begin(world: World, story: Story) -> None:
    world.reset()
    story.leave(world)


def _sweep_until_quiet(world: World) -> None:
    """Later sweeps, as far apart as a request's longest pause, until one finds nothing to do."""
    for _ in range(6):
        world.clock.advance(HOUR + 60)
        answer = world.invoke("sweep", world.timer())
        assert answer.error is None, answer.error
        if not any(count for counts in answer.body.values() for count in counts.values()):
            return
    raise AssertionError(answer.body)


def _own_calls(world: World, story: Story) -> list[tuple[int, str]]:
    """The calls of a clean run that a run without anything to do does not make: the number of each, and its action."""
    world.reset()
    world.invoke("sweep", world.timer())
    common = {(call.action, call.target) for call in world.calls}
    _begin(world, story)
    assert world.invoke("sweep", world.timer()).error is None
    rows = [(call.action, call.target) for call in world.calls]
    _sweep_until_quiet(world)
    story.check(world)
    return [(n, row[0]) for n, row in enumerate(rows, 1) if row not in common]


@pytest.mark.parametrize("name", STORIES)
def test_a_sweep_that_dies_after_any_write_is_finished_by_the_next(world: World, name: str) -> None:
    """Dead after each of its writes; a death after a read leaves what one after the write before it does."""
    story = STORIES[name]
    writes = [n for n, action in _own_calls(world, story) if not action.startswith("List") and action not in READS]
    assert len(writes) > 2
    for call in writes:
        _begin(world, story)
        world.kill(call=call, when="after")
        world.invoke("sweep", world.timer())
        _sweep_until_quiet(world)
        story.check(world)


@pytest.mark.parametrize("name", STORIES)
def test_a_sweep_whose_calls_go_wrong_is_finished_by_the_next(world: World, name: str) -> None:
    """At each call of a duty one of the faults, another one for each call; the run itself never fails."""
    story = STORIES[name]
    for call, _ in _own_calls(world, story):
        _begin(world, story)
        world.cloud.faults.on(call=call, do=FAULTS[call % len(FAULTS)])
        assert world.invoke("sweep", world.timer()).error is None
        world.cloud.faults.clear()
        _sweep_until_quiet(world)
        story.check(world)


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
    for call, _ in _own_calls(world, story):
        _begin(world, story)
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
    for _ in range(2):
        _begin(world, story)
        answers = world.together([("sweep", world.timer())] * 2)
        assert [answer.error for answer in answers] == [None, None]
        _sweep_until_quiet(world)
        story.check(world)
