"""The sweep warns of credentials that nobody picked up or closes them, once, whatever crashes; a brake stops it if
there are too many.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from tests.system.delivery.stories import CLAIMED, HOUR, STOPPED, UNCLAIMED, created, notices, objects, swept, visited
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("in_process")

LATE = 73 * HOUR


@pytest.fixture
def enforcing(claims: World) -> World:
    """The world with IM_ACCESS_SWEEP=enforce."""
    claims.env["IM_ACCESS_SWEEP"] = "enforce"
    return claims


def open_to(world: World, user: str) -> tuple[bool, list[str]]:
    """Whether a user can log in to the console, and the states of its keys."""
    state = world.end_state(user)
    assert state.user
    return state.user.console_login, [key.status for key in state.keys]


def actions(world: World) -> list[tuple[str, str]]:
    """Users and what the sweep has said of them."""
    return [(data["user"]["name"], data["action"]) for data in notices(world, UNCLAIMED)]


def test_it_warns_once_and_changes_no_user(claims: World) -> None:
    """In the mode `warn` the organisation is told, and the user stays as it is."""
    created(claims)
    claims.clock.advance(LATE)
    assert swept(claims) == {"warned": 1, "files": 1}
    assert swept(claims) == {}
    assert actions(claims) == [("alice", "warned")]
    assert claims.receiver.types().count(UNCLAIMED) == 1
    assert open_to(claims, "alice") == (True, ["Active"])


def test_it_closes_what_nobody_picked_up(enforcing: World) -> None:
    """In the mode `enforce` keys and console login are disabled, the file is deleted, and nothing is left to do."""
    created(enforcing)
    enforcing.clock.advance(LATE)
    assert swept(enforcing) == {"closed": 1, "claims": 2}
    assert open_to(enforcing, "alice") == (False, ["Inactive"])
    assert actions(enforcing) == [("alice", "disabled")]
    assert not objects(enforcing, "credentials/") | objects(enforcing, "claims/")
    assert swept(enforcing) == {}


def test_a_warning_comes_before_the_end(claims: World) -> None:
    """What was warned of is closed once the mode is changed."""
    created(claims)
    claims.clock.advance(LATE)
    swept(claims)
    claims.env["IM_ACCESS_SWEEP"] = "enforce"
    assert swept(claims)["closed"] == 1
    assert actions(claims) == [("alice", "warned"), ("alice", "disabled")]


def test_who_came_in_time_is_left_alone(enforcing: World) -> None:
    """A claimed file is no business of the sweep, which removes what is left of it."""
    visited(enforcing, "POST", created(enforcing))
    enforcing.clock.advance(LATE)
    assert swept(enforcing) == {"claims": 2, "tidied": 1}
    assert open_to(enforcing, "alice") == (True, ["Active"])
    assert {key.partition("/")[0] for key in objects(enforcing)} == {"requests", "lives", "deliveries", "opened"}
    assert actions(enforcing) == []


def test_the_newest_link_counts(enforcing: World) -> None:
    """A link that was made an hour ago is good, however old the first one is; neither user nor file is touched."""
    created(enforcing)
    enforcing.clock.advance(71.5 * HOUR)
    event = enforcing.http("create_user", {"user": "alice", "policies": [READ]}, id="create alice")
    link = enforcing.invoke("create_user", event).body["credentials"]["url"]
    enforcing.clock.advance(HOUR - 60)
    assert swept(enforcing) == {}
    assert visited(enforcing, "POST", link).status == 303


def test_hours_are_a_setting(enforcing: World) -> None:
    """IM_ACCESS_UNCLAIMED_HOURS moves the limit, but a living link always counts."""
    enforcing.env["IM_ACCESS_UNCLAIMED_HOURS"] = "2"
    created(enforcing, link_ttl=43200)
    enforcing.clock.advance(3 * HOUR)
    assert swept(enforcing) == {}
    enforcing.clock.advance(10 * HOUR)
    assert swept(enforcing)["closed"] == 1


@pytest.mark.parametrize("change", ["uin", "gone", "protected"])
def test_only_the_user_that_the_request_made_is_touched(enforcing: World, change: str) -> None:
    """Another UIN, no user, or protection: the file goes, the user stays, the notification says so."""
    created(enforcing)
    if change == "uin":
        claims = enforcing.cloud.cos.objects
        for key in objects(enforcing, "claims/"):
            told = json.loads(claims[key].body) | {"uin": 100000000999}
            enforcing.cloud.cos.put(key, json.dumps(told).encode(), claims[key].headers, False)
    elif change == "gone":
        del enforcing.cloud.cam.users["alice"]
    else:
        enforcing.env["IM_ACCESS_PROTECTED_USERS"] = "Alice"
    enforcing.clock.advance(LATE)
    assert swept(enforcing)["closed"] == 1
    assert actions(enforcing) == [("alice", "left_alone")]
    assert not objects(enforcing, "credentials/")
    assert not [call for call in enforcing.calls if call.action in ("UpdateUser", "UpdateAccessKey")]


@pytest.mark.parametrize("mode", ["warn", "enforce"])
def test_the_brake(claims: World, mode: str) -> None:
    """One user over the limit: nobody is warned of or closed, and it is said; what else is due is done all the same.

    At the limit the work is done.
    """
    claims.env |= {"IM_ACCESS_SWEEP": mode, "IM_ACCESS_SWEEP_LIMIT": "2"}
    visited(claims, "POST", created(claims, "zoe"))
    for user in ("alice", "bob", "carol"):
        created(claims, user)
    claims.clock.advance(LATE)
    before, told = objects(claims), len(claims.receiver.taken)
    assert swept(claims) == {"stopped": 3, "claims": 2, "tidied": 1, "files": 3}
    gone, (note,) = before.keys() - objects(claims).keys(), objects(claims).keys() - before.keys()
    assert Counter(key.partition("/")[0] for key in gone) == {"claims": 2, "housekeeping": 2, "credentials": 4}
    assert note.startswith("unclaimed/stopped-")
    assert all(open_to(claims, user) == (True, ["Active"]) for user in ("alice", "bob", "carol"))
    assert [event["type"] for _, event in claims.receiver.taken[told:]] == [STOPPED]
    (stopped,) = notices(claims, STOPPED)
    assert (stopped["users"], stopped["limit"], sorted(stopped["names"])) == (3, 2, ["alice", "bob", "carol"])
    claims.env["IM_ACCESS_SWEEP_LIMIT"] = "3"
    assert swept(claims)["closed" if mode == "enforce" else "warned"] == 3


def test_a_claim_and_a_sweep_at_once(enforcing: World) -> None:
    """Whoever is first has it: here a person takes the file between the sweep's look and its hand."""
    link = created(enforcing, link_ttl=43200)
    enforcing.env["IM_ACCESS_UNCLAIMED_HOURS"] = "1"
    enforcing.clock.advance(13 * HOUR)
    process = enforcing.process()
    claimed: list[int] = []

    def claim(*_: object) -> None:
        enforcing.clock.advance(-2 * HOUR)
        claimed.append(visited(enforcing, "POST", link).status)
        enforcing.clock.advance(2 * HOUR)

    enforcing.at(claim, action="PutObject")
    assert swept(enforcing)["claimed"] == 1
    assert claimed == [303]
    assert open_to(enforcing, "alice") == (True, ["Active"])
    assert not process.dead


def test_who_comes_after_the_sweep_is_told(enforcing: World) -> None:
    """A link that was made while the sweep was at work shows that it closed the file."""
    created(enforcing)
    enforcing.clock.advance(LATE)
    event = enforcing.http("create_user", {"user": "alice", "policies": [READ]}, id="create alice")
    links: list[str] = []

    def repeat(*_: object) -> None:
        links.append(enforcing.invoke("create_user", event).body["credentials"]["url"])

    enforcing.at(repeat, action="PutObject")
    assert swept(enforcing)["closed"] == 1
    answer = visited(enforcing, "POST", links[0])
    assert answer.status == 410
    assert "not picked up in time" in answer.text
    # An administrator opens the user again; what is left of the late link is no reason to close it once more.
    users = enforcing.cloud.cam.users
    users["alice"] = replace(users["alice"], console_login=True)
    enforcing.clock.advance(LATE)
    assert swept(enforcing) == {"claims": 1}
    assert open_to(enforcing, "alice")[0]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 19))
def test_a_sweep_that_dies_is_finished_by_the_next(enforcing: World, call: int, when: str) -> None:
    """Killed at any call: then everybody is closed, told of under one id each, and nothing is left behind."""
    users = ("alice", "bob")
    for user in users:
        created(enforcing, user)
    visited(enforcing, "POST", created(enforcing, "carol"))
    enforcing.clock.advance(LATE)
    enforcing.kill(call=call, when=when)
    assert enforcing.invoke("sweep", enforcing.timer()).killed
    enforcing.clock.advance(HOUR)
    swept(enforcing)
    assert all(open_to(enforcing, user) == (False, ["Inactive"]) for user in users)
    assert open_to(enforcing, "carol") == (True, ["Active"])
    assert sorted(actions(enforcing)) == [(user, "disabled") for user in users]
    assert not any(objects(enforcing, prefix) for prefix in ("claims/", "credentials/", "housekeeping/"))
    assert swept(enforcing) == {}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 12))
def test_a_claim_that_dies_is_finished_by_the_sweep(claims: World, call: int, when: str) -> None:
    """Killed at any call: the file was opened by nobody or by one, who is told of; then all of it is tidied up."""
    link = created(claims)
    claims.kill(call=call, when=when)
    assert visited(claims, "POST", link).status == (0 if claims.processes[-1].dead else 303)
    opened = bool(objects(claims, "opened/"))
    assert visited(claims, "POST", link).status == (410 if opened else 303)
    claims.clock.advance(120)
    swept(claims)
    assert len(objects(claims, "opened/")) == 1
    assert len(notices(claims, CLAIMED)) == 1
    assert not objects(claims, "credentials/")
    assert not objects(claims, "housekeeping/")


def test_an_attempt_at_work_is_left_alone(claims: World) -> None:
    """A visitor in the middle of somebody's claim does not take its record away: the claim dies, and is told of."""
    link, other = created(claims), created(claims, "bob")

    def visitor(*_: object) -> None:
        claims.clock.advance(10)
        assert visited(claims, "GET", other).status == 200

    claims.at(visitor, action="PutObject", call=2)
    claims.kill(action="PutObject", call=2, when="after")
    claims.invoke("claim_credentials", claims.visit("POST", link))
    claims.clock.advance(120)
    swept(claims)
    assert len(notices(claims, CLAIMED)) == 1
    assert not objects(claims, "housekeeping/")


def test_more_links_than_a_run_looks_at_are_seen_in_the_next_ones(
    claims: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page everybody is warned of, and the brake counts those of a run."""
    monkeypatch.setattr("shared.use_cases.duties.claim_links.PAGE", 2)
    claims.env["IM_ACCESS_SWEEP_LIMIT"] = "2"
    users = {"alice", "bob", "carol", "dave", "eve"}
    for user in users:
        created(claims, user)
    claims.clock.advance(LATE)
    counts = [swept(claims).get("warned", 0) for _ in range(6)]
    assert max(counts) <= 2
    assert {user for user, _ in actions(claims)} == users
    assert claims.receiver.types().count(UNCLAIMED) == len(users)


def test_a_file_is_kept_for_twelve_hours_and_while_its_link_may_be_in_use(claims: World) -> None:
    """However few hours the setting says; a download that began at the link's last moment has two minutes."""
    claims.env["IM_ACCESS_UNCLAIMED_HOURS"] = "1"
    created(claims, link_ttl=43200)
    claims.env["IM_ACCESS_DELIVERY"] = "link"
    created(claims, "bob", link_ttl=60)
    claims.clock.advance(12 * HOUR - 60)
    swept(claims)
    assert len(objects(claims, "credentials/")) == 2
    claims.clock.advance(120)
    swept(claims)
    assert len(objects(claims, "credentials/")) == 1
    claims.clock.advance(90)
    swept(claims)
    assert not objects(claims, "credentials/")
