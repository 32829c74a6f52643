"""What is left behind for each duty of the sweep, and what must hold once it has been seen to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from shared.clock import rfc3339
from shared.idempotency.stored_attempts import REQUESTS
from shared.use_cases.duties.check_offboarded_users import SETTLED
from shared.use_cases.duties.prune_records import _PREFIXES
from tests.events import START
from tests.system.delivery.stories import CLAIMED, PAGE, UNCLAIMED, created, notices, objects, visited
from tests.system.hr.events import kept, person
from tests.system.lives.test_by_hand import give
from tests.system.people.stories import RULES, bring, event, push
from tests.system.scim.client import LATER, Provider
from tests.world import FULL, READ, World

HOUR = 3600.0
LATE = 73 * HOUR


class Story(NamedTuple):
    """What is left behind for a duty, and what must hold once it has been seen to."""

    duty: str
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
    told = notices(world, "imaccess.drift.found")
    assert {notice["taken"] for notice in told} == {True}
    assert len({str(notice) for notice in told}) == len(told), "the same was told under two ids"
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


def _joined(world: World, ends: float | None = None) -> None:
    world.env["IM_ACCESS_SWEEP"] = "warn"
    push(world)
    world.clock.advance(60)
    assert bring(world, event(world, "alice", departments=["客服"], ends_at=ends and rfc3339(ends))).outcome == "joined"
    world.receiver.taken.clear()
    world.clock.advance(60)


def _last_day(world: World) -> None:
    _joined(world, world.clock.now() + HOUR)
    world.clock.advance(HOUR)


def _has_left(world: World) -> None:
    _shut(world)
    assert world.cloud.cam.attached("alice") == []
    assert not objects(world, "people/dates/") | objects(world, "credentials/")
    # By HR's date, or by the end that was ordered for the same moment, whichever could be done.
    assert [row for row in world.receiver.about("alice") if row[1]["type"] == "imaccess.user.offboarded"]


def _new_rules(world: World) -> None:
    _joined(world)
    push(world, RULES | {"rules": [RULES["rules"][0] | {"policies": [FULL]}]}, approved=True)


def _has_what_they_give(world: World) -> None:
    world.end_state("alice").assert_access()
    assert world.cloud.cam.attached("alice") == [FULL]


def _lost_event(world: World) -> None:
    world.env["IM_ACCESS_SWEEP"] = "warn"
    push(world)
    world.clock.advance(60)
    told = {"employee": "1", "status": "active", "email": "alice@example.com", "departments": ["客服"]}
    assert world.invoke("hr_events", person(world, told)).status < 300
    world.clock.advance(120)
    assert kept(world, "inbox/")


def _has_joined(world: World) -> None:
    state = world.end_state("alice")
    state.assert_access()
    state.assert_told()
    assert (kept(world), state.attached, len(world.cloud.cam.users)) == ([], [READ], 1)


def _forgotten_change(world: World) -> None:
    okta = Provider(world)
    made = okta.user("alice", externalId="1")["id"]
    okta.members(READ, "add", made)
    world.clock.advance(120)
    change = {"Operations": [{"op": "replace", "value": {"active": False}}]}
    world.kill(action="UpdateAccessKey")
    assert world.invoke("scim", world.scim("PATCH", f"/Users/{made}", change)).killed
    assert okta.due()
    world.clock.advance(LATER)


def _is_brought_about(world: World) -> None:
    _shut(world)
    assert (world.cloud.cam.attached("alice"), Provider(world).due()) == ([], [])


def _taken_by_hand(world: World) -> None:
    _create(world)
    del world.cloud.cam.attachments[next(iter(world.cloud.cam.attachments))]
    world.env["IM_ACCESS_DRIFT"] = "warn"
    world.clock.advance(300)


def _seen_once(world: World) -> None:
    _taken_by_hand(world)
    assert world.invoke("sweep", world.timer()).body["drift"]["done"] == 1
    world.clock.advance(300)


def _difference_is_told(world: World) -> None:
    told = notices(world, "imaccess.drift.found")
    assert len(told) == 1
    assert [(one["kind"], one["about"]) for one in told[0]["findings"]] == [("policy_missing", READ)]
    assert not objects(world, "sweep/drift-found/")


STORIES = {
    "unclaimed": Story("unclaimed", _nobody_came, _is_closed),
    "outbox": Story("outbox", _unheard, _is_told),
    "late link": Story("outbox", _too_late, _is_replaced),
    "abandoned": Story("requests", _abandoned, _is_told),
    "finished and untold": Story("requests", _untold, _is_told),
    "forbidden meanwhile": Story("requests", _forbidden, _is_disabled),
    "tidy": Story("tidy", _picked_up, _is_tidy),
    "by hand": Story("by_hand", _given_by_hand, _is_taken_again),
    "deletion": Story("deletions", _grace_is_over, _is_deleted),
    "overlap": Story("overlaps", _replaced_key, _has_one_key),
    "end of a life": Story("until", lambda world: _ends(world, "life"), lambda world: _has_ended(world, [])),
    "end of a grant": Story("until", lambda world: _ends(world, "policies"), lambda world: _has_ended(world, [READ])),
    "letter": Story("letters", _came_too_early, _is_redriven),
    "prune": Story("prune", _grown_old, _is_pruned),
    "last day": Story("people", _last_day, _has_left),
    "new rules": Story("rules", _new_rules, _has_what_they_give),
    "lost event": Story("inbox", _lost_event, _has_joined),
    "forgotten change": Story("scim", _forgotten_change, _is_brought_about),
    "difference": Story("drift", _taken_by_hand, _difference_is_told),
    "difference seen once": Story("drift", _seen_once, _difference_is_told),
}
