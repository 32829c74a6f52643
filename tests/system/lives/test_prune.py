"""Records that are kept for a limited time are deleted, and nothing is done twice because of that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.system.scim.client import Provider
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("in_process")

DAY = 86_400.0


@pytest.fixture(autouse=True)
def start(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment at which the test begins, from which times count; events are refused after 400 days."""
    monkeypatch.setattr("tests.events.START", float(int(world.clock.now())))
    world.env["IM_ACCESS_KEEP_DAYS"] = "400"


def keys(world: World, prefix: str) -> list[str]:
    """What the bucket holds below a prefix."""
    return [key for key in world.cloud.cos.objects.data if key.startswith(prefix)]


def rounds(world: World) -> int:
    """A whole round of runs; what it deleted."""
    world.clock.advance(DAY)
    found = 0
    for _ in range(10):
        answer = world.invoke("sweep", world.timer())
        assert answer.error is None, answer
        assert answer.body["prune"]["failed"] == 0
        found += answer.body["prune"]["done"]
    assert not world.denied()
    return found


def test_a_request_is_forgotten_once_its_event_is_refused(world: World) -> None:
    """With a time of its own: after 400 days it is refused, and 35 later forgotten. Without, it is kept for good."""
    timed = world.http("create_user", {"user": "alice", "policies": [READ]}, id="timed", time=0)
    plain = world.http("grant_policy", {"user": "alice", "policies": [READ]}, id="plain")
    assert world.invoke("create_user", timed).status == 201
    assert world.invoke("grant_policy", plain).status == 200
    before = keys(world, "requests/")
    world.clock.advance(401 * DAY)
    rounds(world)
    assert keys(world, "requests/") == before
    refused = world.invoke("create_user", timed)
    assert (refused.status, refused.body["code"]) == (400, "invalid_time")
    message = world.envelope("create_user", {"user": "alice", "policies": [READ]}, id="timed", time=0)
    assert world.invoke("create_user", world.kafka(message)).body["parked"] == 1
    world.clock.advance(35 * DAY)
    assert rounds(world) > 0
    assert len(keys(world, "requests/")) == 2
    assert world.invoke("grant_policy", plain).body["replayed"] is True
    assert world.invoke("create_user", timed).status == 400
    assert keys(world, "lives/")
    assert keys(world, "ledger/")


def test_turns_go_but_for_the_newest(world: World) -> None:
    """Old turns of a name are deleted except the newest, from which the numbers go on."""
    world.invoke("create_user", world.http("create_user", {"user": "alice", "policies": [READ]}, id="c", time=0))
    world.clock.advance(60)
    for n in range(3):
        event = world.http("reissue_credentials", {"user": "alice"}, id=str(n))
        assert world.redeliver_until_answer("reissue_credentials", event).status == 200
        world.clock.advance(60)
    assert len(keys(world, "turns/")) == 6
    world.clock.advance(2 * DAY)
    rounds(world)
    newest = keys(world, "turns/")
    assert len(newest) == 2
    event = world.http("reissue_credentials", {"user": "alice"}, id="again")
    assert world.redeliver_until_answer("reissue_credentials", event).status == 200
    assert min(keys(world, "turns/")) < min(newest)


def test_notes_of_failures_go(world: World) -> None:
    """Notes of failures and of batches are deleted after a month, those of closed files after the days of requests."""
    for prefix in ("attempts/create_user/x.json", "batches/create_user/y/1.json", "unclaimed/z-closed.json"):
        world.cloud.cos.put(prefix, b'{"v":1}', {}, False)
    world.clock.advance(31 * DAY)
    rounds(world)
    assert not keys(world, "attempts/") + keys(world, "batches/")
    assert keys(world, "unclaimed/")
    world.clock.advance(405 * DAY)
    rounds(world)
    assert not keys(world, "unclaimed/")


def test_pages_are_gone_through_one_in_each_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are: a request that a page cuts off is looked at as a whole."""
    monkeypatch.setattr("shared.use_cases.duties.prune_records.PAGE", 3)
    for n in range(5):
        event: Any = world.http("create_user", {"user": f"user{n}", "policies": [READ]}, id=str(n), time=n)
        assert world.invoke("create_user", event).status == 201
    world.clock.advance(440 * DAY)
    for _ in range(3):
        for _ in range(20):
            assert world.invoke("sweep", world.timer()).body["prune"]["failed"] == 0
        world.clock.advance(DAY)
    assert not keys(world, "requests/")


def test_of_what_scim_keeps_the_newest_stays(world: World) -> None:
    """Versions that have been followed for a day go, and what was known of a name before: nobody notices."""
    okta = Provider(world)
    made = okta.user("alice", externalId="1", title="0")
    for n in range(4):
        okta.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"title": str(n), "userName": f"a{n % 2}"}})
    group = okta.members(READ, "add", made["id"])
    for op in ("remove", "add"):
        world.clock.advance(5)
        okta.members(READ, op, made["id"])
    shown = okta.done("GET", f"/Users/{made['id']}")
    world.clock.advance(DAY / 2)
    assert len(keys(world, "scim/users/")) == 5
    world.clock.advance(2 * DAY)
    strange = max(keys(world, "scim/groups/"))
    objects = world.cloud.cos.objects.data
    objects[strange] = replace(objects[strange], body=objects[strange].body.replace(b'"v":1', b'"v":2'))
    okta.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"title": "young"}})
    world.clock.advance(DAY / 24)
    assert not world.denied()
    for _ in range(10):
        assert world.invoke("sweep", world.timer()).body["prune"]["failed"] == 0
    assert not world.denied()
    # The version before the newest may have been seen an hour ago.
    assert len(keys(world, "scim/users/")) == 2
    assert len(keys(world, "scim/groups/")) == 2
    assert strange in keys(world, "scim/groups/")
    assert okta.done("GET", f"/Users/{made['id']}") | {"meta": 0} == shown | {"title": "young", "meta": 0}
    assert [row["id"] for row in okta.named("A1")] == [made["id"]]
    assert okta.named("alice") == okta.named("a0") == []
    assert [row["value"] for row in okta.group(READ)["members"]] == [made["id"]]
    again = okta.user("alice")
    assert again["id"] != made["id"]
    assert group["id"] == okta.group(READ)["id"]
