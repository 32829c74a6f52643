"""The records show what users have now, and what they had at a moment, by the times at which events were applied."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.cloud import LocalCloud
from local.faults import Fault
from shared.clock import rfc3339
from tests.system.cli.accounts import READ, WRITE, Account
from tests.system.delivery.stories import PAGE, created, disputed, visited
from tests.world import World

HOUR = 3600.0


@pytest.fixture
def account() -> Iterator[Account]:
    """One for each test."""
    with LocalCloud() as cloud:
        yield Account(cloud)


def test_the_state_at_a_moment_is_what_was_applied_by_then(account: Account) -> None:
    """An event of yesterday that came today was not in CAM yesterday; a revoke counts from its application on."""
    clock = account.cloud.clock
    start = clock.now()
    account.message("create_user", {"user": "alice", "policies": [READ], "requested_by": "carol", "ticket": "T-1"})
    clock.advance(HOUR)
    early = {"user": "alice", "policies": [WRITE], "approved_by": "dave"}
    account.message("grant_policy", early, event_id="2", time=rfc3339(start + 60))
    clock.advance(HOUR)
    account.message("revoke_policy", {"user": "alice", "policies": [READ]}, event_id="3")
    clock.advance(HOUR)
    account.message("offboard_user", {"user": "alice", "reason": "left"}, event_id="4")

    def held(hours: float) -> list[tuple[str | None, str]]:
        _, rows = account.rows("history", "alice", "--at", rfc3339(start + hours * HOUR))
        return [(row["policy"], row["state"]) for row in rows]

    assert held(-1) == []
    assert held(0.5) == [(READ, "active")]
    assert held(1.5) == [(WRITE, "active"), (READ, "active")]
    assert held(2.5) == [(WRITE, "active")]
    assert held(3.5) == [(None, "offboarded")]
    _, rows = account.rows("who", READ, "--at", rfc3339(start + 1.5 * HOUR))
    assert [(row["user"], row["given_by"], row["ticket"]) for row in rows] == [("alice", "carol", "T-1")]
    assert account.rows("who", READ, "--at", rfc3339(start + 2.5 * HOUR)) == (0, [])


def test_history_has_both_times_and_who_wanted_it(account: Account) -> None:
    """Event time and applied time, caller, reason, ticket, approver, request; and the life of the credentials."""
    start = account.cloud.clock.now()
    command = {"user": "alice", "policies": [READ], "reason": "入职", "ticket": "T-1", "approved_by": "dave"}
    account.message("create_user", command, time=rfc3339(start - 7200))
    account.message("reissue_credentials", {"user": "alice"}, event_id="2")
    account.message("offboard_user", {"user": "alice"}, event_id="3")
    code, rows = account.rows("history", "alice")
    assert code == 0
    assert [row["event"] for row in rows] == ["create", "reissue", "offboard"]
    assert rows[0]["time"] == rfc3339(start - 7200)
    assert rfc3339(start) <= rows[0]["applied"] <= rfc3339(start + 60)
    assert [rows[0][name] for name in ("reason", "ticket", "approved_by")] == ["入职", "T-1", "dave"]
    assert [row["credentials"] and row["credentials"]["state"] for row in rows] == ["destroyed", "destroyed", None]
    text = account.run("history", "alice", LANG="zh_CN.UTF-8")[1]
    assert "工单: T-1" in text
    assert "入职" in text
    assert max(len(line) for line in text.splitlines()) < 200


def test_the_life_of_credentials_is_told(world: World) -> None:
    """When and from where they were picked up, and that somebody says it was not them; with the answer's request id."""
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": PAGE}
    link = created(world)
    account = Account(world.cloud)
    (waiting,) = account.rows("history", "alice")[1]
    assert waiting["credentials"] == {"state": "waiting", "at": None, "address": None, "disputed_at": None}
    assert waiting["request_id"] == world.history[-1].body["request_id"]
    moments = [rfc3339(world.clock.now())]
    visited(world, "POST", link)
    moments.append(rfc3339(world.clock.now()))
    world.clock.advance(HOUR)
    moments.append(rfc3339(world.clock.now()))
    disputed(world, link)
    moments.append(rfc3339(world.clock.now()))
    (told,) = account.rows("history", "alice")[1]
    assert told["credentials"]["state"] == "picked up"
    assert moments[0] <= told["credentials"]["at"] <= moments[1]
    assert told["credentials"]["address"]
    assert moments[2] <= told["credentials"]["disputed_at"] <= moments[3]
    text = account.run("history", "alice", LANG="zh_CN")[1]
    assert all(word in text for word in ("已领取", "有争议", told["request_id"], told["credentials"]["address"]))


def test_what_was_recorded_and_not_yet_applied_was_not_held(world: World) -> None:
    """A grant that died once it was recorded, and was finished an hour later, counts from when it was finished."""
    created(world)
    start = world.clock.now()
    event = world.kafka(world.envelope("grant_policy", {"user": "alice", "policies": [WRITE]}, id="late"))
    world.kill(action="AttachUserPolicy")
    world.invoke("grant_policy", event)
    world.clock.advance(HOUR)
    world.invoke("grant_policy", event)
    account = Account(world.cloud)
    for hours, held in ((0.5, []), (1.1, ["alice"])):
        at = rfc3339(start + hours * HOUR)
        assert [row["user"] for row in account.rows("who", WRITE, "--at", at)[1]] == held
        assert (WRITE in [row["policy"] for row in account.rows("history", "alice", "--at", at)[1]]) == bool(held)


def test_every_user_has_a_state(account: Account) -> None:
    """Active, offboarded with its deletion, deleted, missing, made by hand."""
    for number, name in enumerate(("alice", "bob", "carol", "dave")):
        account.message("create_user", {"user": name, "policies": [READ]}, event_id=str(number))
    for number, name in enumerate(("bob", "carol")):
        account.message("offboard_user", {"user": name, "delete_after_days": 30}, event_id=f"off {number}")
    cam = account.console().cam()
    for name in ("carol", "dave"):
        user = cam.user(name)
        assert user is not None
        for key in cam.keys(user.uin):
            cam.delete_key(user.uin, key)
        cam.delete_user(name)
    account.console().api().write("cam", "AddUser", {"Name": "erin"})
    _, rows = account.rows("users")
    assert {row["user"]: row["state"] for row in rows} == {
        "alice": "active", "bob": "offboarded", "carol": "deleted", "dave": "missing", "erin": "by hand",
    }  # fmt: skip
    assert [row["user"] for row in rows if row["delete_at"]] == ["bob"]
    assert [row["user"] for row in account.rows("users", "--state", "missing")[1]] == ["dave"]


def test_who_was_made_by_hand_has_a_name(account: Account) -> None:
    """Also once they are gone from CAM: the ledger has it. Nobody misses them."""
    account.console().api().write("cam", "AddUser", {"Name": "erin"})
    account.run("grant", "erin", READ)
    account.console().cam().delete_user("erin")
    at = rfc3339(account.clock.now() + 60)
    account.cloud.clock.advance(3600)
    assert [row["user"] for row in account.rows("who", READ, "--at", at)[1]] == ["erin"]
    assert [row["state"] for row in account.rows("users")[1]] == ["deleted"]
    assert account.rows("drift") == (0, [])


def test_the_outbox_says_what_waits(account: Account) -> None:
    """Notifications that nobody has taken; no link is among what is shown."""
    account.message("create_user", {"user": "alice", "policies": [READ]})
    _, rows = account.rows("outbox")
    assert [(row["type"], row["user"], row["tries"]) for row in rows] == [("imaccess.user.created", "alice", 1)]
    assert "http" not in account.run("outbox", "--json")[1]


def test_an_end_is_told_with_what_it_ends(world: World) -> None:
    """When a grant is to end, and that it did; what has the same time stands in the order in which it was applied."""
    created(world)
    end = rfc3339(world.clock.now() + HOUR)
    for n in range(3):
        grant = {"user": "alice", "policies": [WRITE], "until": end}
        world.invoke("grant_policy", world.http("grant_policy", grant, id=f"g{n}"))
        world.clock.advance(60)
    world.clock.advance(HOUR)
    world.invoke("sweep", world.timer())
    account = Account(world.cloud)
    rows = account.rows("history", "alice")[1]
    assert [(row["event"], row["until"]) for row in rows] == [
        ("create", None), ("grant", end), ("grant", end), ("grant", end), ("revoke", None),
    ]  # fmt: skip
    assert (rows[-1]["reason"], rows[-1]["outcome"], rows[-1]["time"]) == ("until", "detached", rows[-2]["time"])
    assert f"until: {end}" in account.run("history", "alice")[1]
    assert f"截止: {end}" in account.run("history", "alice", LANG="zh_CN")[1]
    held = account.rows("history", "alice", "--at", rows[2]["applied"])[1]
    assert WRITE in [row["policy"] for row in held]


def test_history_says_why_something_failed(world: World) -> None:
    """By the code of the error, for people and for machines; and no more once it was done."""
    created(world)
    rule = world.cloud.faults.on(action="AttachUserPolicy", nth=None, do=Fault.INTERNAL_BEFORE)
    grant = world.http("grant_policy", {"user": "alice", "policies": [WRITE]}, id="g")
    assert world.invoke("grant_policy", grant).status == 503
    assert rule.fired
    account = Account(world.cloud)
    made, failed = account.rows("history", "alice")[1]
    assert (made["code"], failed["code"], failed["state"]) == (None, "cloud_unavailable", "failed, to be retried")
    assert "code: cloud_unavailable" in account.run("history", "alice")[1]
    assert "代码: cloud_unavailable" in account.run("history", "alice", LANG="zh_CN.UTF-8")[1]
    world.cloud.faults.clear()
    assert world.invoke("grant_policy", grant).status == 200
    assert [row["code"] for row in account.rows("history", "alice")[1]] == [None, None]
