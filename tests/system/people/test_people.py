"""Joiner, mover, leaver and back again against the cloud: the real commands, the real sweep."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.clock import rfc3339
from shared.errors import ImAccessError, Unavailable
from shared.people.person import PersonEvent
from tests.processes import Killed
from tests.system.hr.events import person, woken
from tests.system.people.stories import RULES, bring, event, push, records
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

DAY = 86_400.0
SHANGHAI = ZoneInfo("Asia/Shanghai")
DESK: dict[str, Any] = {"departments": ["客服"]}
OPERATOR: dict[str, Any] = {"title": "Operator"}


@pytest.fixture(autouse=True)
def settings(world: World) -> None:
    """Rules that were pushed a while ago."""
    world.env["IM_ACCESS_SWEEP"] = "warn"
    push(world)
    world.clock.advance(60)


def sweep(world: World) -> dict[str, dict[str, int]]:
    """What a run counts."""
    answer = world.invoke("sweep", world.timer())
    assert answer.error is None, answer.error
    found: dict[str, dict[str, int]] = answer.body
    return found


def test_a_life_with_an_hr_system(world: World) -> None:
    """Joined with credentials that reach somebody, moved, suspended, back with fresh ones, and gone for good."""
    assert bring(world, event(world, "wei", **DESK)).outcome == "joined"
    state = world.end_state("wei")
    state.assert_access()
    assert state.attached == [READ]
    assert state.notifications[0][1]["data"]["reason"] == "HR, rules 1: support reads"
    world.clock.advance(100)
    assert bring(world, event(world, "wei", number=2, **OPERATOR)).outcome == "changed"
    assert world.end_state("wei").attached == [FULL]
    world.clock.advance(100)
    assert bring(world, event(world, "wei", number=3, status="suspended")).outcome == "offboarded"
    shut = world.end_state("wei")
    assert shut.user is not None
    assert (shut.user.console_login, shut.attached, records(world, "deletions/")) == (False, [], [])
    world.clock.advance(100)
    assert bring(world, event(world, "wei", number=4, **DESK)).outcome == "restored"
    back = world.end_state("wei")
    back.assert_access()
    assert back.attached == [READ]
    world.clock.advance(100)
    assert bring(world, event(world, "wei", number=5, status="left")).outcome == "offboarded"
    world.clock.advance(31 * DAY)
    assert sweep(world)["deletions"]["done"] == 1
    assert "wei" not in world.cloud.cam.users
    assert bring(world, event(world, "wei", number=6, **DESK)).outcome == "joined"
    assert world.end_state("wei").attached == [READ]


def test_a_person_is_made_on_the_first_day_and_closed_after_the_last(world: World) -> None:
    """The sweep makes a person's user on the first day and closes it after the last one, without further events."""
    first = datetime.fromtimestamp(world.clock.now(), SHANGHAI).replace(hour=0, minute=0, second=0) + timedelta(days=3)
    begins = int(first.timestamp())
    told = event(world, "temp", starts_at=f"{first:%F}", ends_at=f"{first + timedelta(days=1):%F}", **DESK)
    assert bring(world, told).outcome == "later"
    assert sweep(world)["people"] == {"done": 0, "failed": 0, "left": 0}
    world.clock.reach(begins)
    assert sweep(world)["people"]["done"] == 1
    state = world.end_state("temp")
    assert state.attached == [READ]
    assert state.notifications[0][1]["data"]["until"] == rfc3339(begins + 2 * DAY)
    world.clock.reach(begins + 2 * DAY - 60)
    assert sweep(world)["people"]["done"] == 0
    world.clock.reach(begins + 2 * DAY)
    assert sweep(world)["people"]["done"] == 1
    state = world.end_state("temp")
    assert state.user is not None
    assert (state.user.console_login, state.attached) == (False, [])
    assert not records(world, "people/dates/")
    assert not records(world, "untils/")
    assert {body["type"] for _, body in state.notifications} == {"imaccess.user.created", "imaccess.user.offboarded"}


def test_what_cannot_be_done_on_its_day_becomes_a_letter(world: World) -> None:
    """CAM has the policy no more: it is tried every hour, then a letter says so; with the policy it comes about."""
    told = event(world, "temp", starts_at=rfc3339(world.clock.now() + 60), **DESK)
    assert bring(world, told).outcome == "later"
    gone = {id_: policy for id_, policy in world.cloud.cam.policies.items() if policy.name == READ}
    for id_ in gone:
        del world.cloud.cam.policies[id_]
    world.clock.advance(61)
    for _ in range(7):
        assert not records(world, "dead-letters/")
        assert sweep(world)["people"]["failed"] == 1
        world.clock.advance(3601)
    [key] = records(world, "dead-letters/hr_events/")
    letter = json.loads(world.cloud.cos.objects.data[key].body)
    assert (letter["code"], letter["retry"]) == ("policy_missing", True)
    assert not records(world, "people/dates/")
    for id_, policy in gone.items():
        world.cloud.cam.policies[id_] = policy
    world.clock.advance(3600)
    sweep(world)
    assert not records(world, "dead-letters/")
    assert world.end_state("temp").attached == [READ]


def test_an_end_that_is_taken_away_closes_nobody(world: World) -> None:
    """A last day that HR takes back closes nobody, although the create named it as its end."""
    end = rfc3339(world.clock.now() + 3600)
    bring(world, event(world, "wei", ends_at=end, **DESK))
    assert len(records(world, "untils/")) == 1
    world.clock.advance(60)
    bring(world, event(world, "wei", number=2, **DESK))
    assert not records(world, "untils/")
    world.clock.advance(4000)
    sweep(world)
    assert world.end_state("wei").attached == [READ]


def test_new_rules_reach_everybody(world: World) -> None:
    """By the sweep; beyond the brake nobody is touched, and the organisation is told, once."""
    for name in ("a", "b", "c"):
        bring(world, event(world, name, **DESK))
    assert sweep(world)["rules"]["done"] == 3
    world.env["IM_ACCESS_PEOPLE_BRAKE"] = "2"
    push(world, RULES | {"rules": RULES["rules"][1:]})
    world.clock.advance(300)
    assert sweep(world)["rules"] == {"done": 0, "failed": 0, "left": 3}
    assert sweep(world)["rules"]["left"] == 3
    assert world.end_state("a").attached == [READ]
    told = [body["data"] for _, body in world.receiver.taken if body["type"] == "imaccess.sweep.stopped"]
    assert told == [{"duty": "rules", "version": 2, "users": 3, "limit": 2}]
    push(world, RULES | {"rules": RULES["rules"][1:]}, approved=True)
    world.clock.advance(300)
    assert sweep(world)["rules"]["done"] == 3
    assert [world.end_state(name).attached for name in ("a", "b", "c")] == [[], [], []]
    world.clock.advance(300)
    assert sweep(world)["rules"] == {"done": 0, "failed": 0, "left": 0}


def test_a_name_that_is_taken_or_protected_gets_a_number(world: World) -> None:
    """A person whose name is taken or protected gets it with a number, and the other user is left alone."""
    world.add_user("wei", FULL)
    world.env["IM_ACCESS_PROTECTED_USERS"] = "wei2"
    assert bring(world, event(world, "wei", **DESK)).user == "wei3"
    assert world.end_state("wei").attached == [FULL]
    assert world.end_state("wei3").attached == [READ]


def test_what_is_granted_otherwise_is_left_alone(world: World) -> None:
    """A policy that was granted by another request is taken neither by a move nor by new rules."""
    bring(world, event(world, "wei", **DESK))
    world.clock.advance(100)
    world.invoke("grant_policy", world.http("grant_policy", {"user": "wei", "policies": [READ, FULL]}, id="by hand"))
    world.clock.advance(100)
    bring(world, event(world, "wei", number=2, title="x"))
    assert world.end_state("wei").attached == [FULL, READ]


def test_credentials_that_reach_nobody_are_not_made(world: World) -> None:
    """The event waits until there is somebody to tell."""
    url = world.env.pop("IM_ACCESS_NOTIFY_URL")
    told = event(world, "wei", **DESK)
    with pytest.raises(ImAccessError) as caught:
        bring(world, told)
    assert caught.value.code == "no_recipient"
    world.env["IM_ACCESS_NOTIFY_URL"] = url
    assert bring(world, told).outcome == "joined"


@pytest.mark.parametrize("timed", [True, False], ids=["with a time", "without"])
def test_an_event_that_was_done_and_comes_again_brings_nobody_back(world: World, timed: bool) -> None:
    """Also one that does not say when it happened, sent anew after its work was done: its first receipt counts."""

    def take(number: int, status: str, time: float) -> None:
        when = {"time": rfc3339(time)} if timed else {}
        told = {"employee": "wei", "status": status, "email": "wei@example.com", **DESK}
        assert world.invoke("hr_events", person(world, told, id=str(number), **when)).status == 200
        [key] = records(world, "inbox/")
        assert woken(world, key).error is None
        world.clock.advance(100)

    joins, leaves = world.clock.now(), world.clock.now() + 100
    take(1, "active", joins)
    take(2, "left", leaves)
    for _ in range(2):
        take(1, "active", joins)
        assert world.end_state("wei").attached == []
    assert len(records(world, "people/received/")) == (0 if timed else 2)


def again(world: World, told: PersonEvent) -> None:
    """What the inbox does of an event that was not finished."""
    for _ in range(5):
        try:
            bring(world, told)
        except ImAccessError as error:
            world.clock.advance(error.retry_after or 60)
        else:
            return
    raise AssertionError("never finished")


def test_two_workers_at_once_agree(world: World) -> None:
    """Two events of one person are worked on at the same time: there is one user with one set of credentials."""
    for second in ({**DESK}, {**OPERATOR}):
        world.reset()
        push(world)
        world.clock.advance(60)
        told = [event(world, "wei", **DESK)]
        world.clock.advance(1)
        told.append(event(world, "wei", number=2, **second))

        def tried(one: PersonEvent) -> None:
            with suppress(ImAccessError):
                bring(world, one)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(tried, told))
        world.clock.advance(40)
        for one in told:
            again(world, one)
        world.sweep_outbox()
        state = world.end_state("wei")
        state.assert_access()
        assert state.attached == ([READ] if second == DESK else [FULL])
        assert len(world.cloud.cam.users) == 1


STAGES: tuple[tuple[dict[str, Any], list[str]], ...] = ((DESK, [READ]), (OPERATOR, [FULL]), ({"status": "left"}, []))


def before(world: World, stage: int) -> PersonEvent:
    """The event of a stage, after those before it."""
    world.reset()
    push(world)
    world.clock.advance(60)
    for number, (fields, _) in enumerate(STAGES[:stage]):
        bring(world, event(world, "wei", number=number, **fields))
        world.clock.advance(100)
    return event(world, "wei", number=stage, **STAGES[stage][0])


@pytest.mark.parametrize("stage", range(len(STAGES)), ids=["joins", "moves", "leaves"])
def test_killed_at_any_call_of_its_own(world: World, stage: int) -> None:
    """A process dies before and after each call about a person and rules, so also between two commands, whose own calls
    have tests of their own: the next one finishes. There is one user with one set of credentials, in the end with none.
    """
    process = world.process()
    bring(world, before(world, stage), process)
    own = {sent.n for sent in process.sent if sent.target.startswith(("people/", "rules/"))}
    deaths = sorted(own | {n - 1 for n in own if n > 1})
    assert len(deaths) >= 8
    for call in deaths:
        told = before(world, stage)
        world.kill(call=call, when="after")
        with pytest.raises(Killed):
            bring(world, told)
        world.clock.advance(40)
        again(world, told)
        world.sweep_outbox()
        state = world.end_state("wei")
        assert state.attached == STAGES[stage][1]
        if stage < 2:
            state.assert_access()
        assert len(world.cloud.cam.users) == 1
        assert not records(world, "open/")


def test_an_event_that_no_list_shows_yet_waits(world: World) -> None:
    """Where COS's lists lag: what has come is not taken for outdated, and is done once it is shown."""
    push(world)
    world.clock.advance(60)
    world.cloud.cos.lag = 8.0
    joins = event(world, "wei.zhang", departments=["Support"])
    with pytest.raises(Unavailable, match="does not list"):
        bring(world, joins)
    for _ in range(4):
        world.clock.advance(10)
        with suppress(Unavailable):
            bring(world, joins)
    assert world.cloud.cam.attached("wei.zhang") == [READ]
