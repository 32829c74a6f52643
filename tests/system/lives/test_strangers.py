"""Foreign objects in the bucket (folders of the console, objects of other programs and of other versions) stay, and do
not keep the sweep from its work.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.system.delivery.stories import PAGE
from tests.system.lives.test_prune import DAY, keys
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("in_process")

KINDS = (
    *("attempts/", "batches/", "claims/", "credentials/", "dead-letters/", "deletions/", "deliveries/", "disputes/"),
    *("drift/", "housekeeping/", "inbox/", "ledger/", "lives/", "offboarded/", "open/", "opened/", "outbox/"),
    *("overlaps/", "people/", "people/dates/", "people/seconds/", "requests/", "rules/", "scim/groups/"),
    *("scim/now/due/", "scim/users/", "sweep/", "sweep/drift-found/", "sweep/drift-told/", "sweep/positions/"),
    *("turns/", "unclaimed/", "untils/"),
)


@pytest.fixture(autouse=True)
def everything(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every duty is at work; times count from the beginning of the test."""
    monkeypatch.setattr("tests.events.START", float(int(world.clock.now())))
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": PAGE}
    world.env |= {"IM_ACCESS_SWEEP": "enforce", "IM_ACCESS_DRIFT": "warn", "IM_ACCESS_KEEP_DAYS": "400"}


def put(world: World, body: bytes, name: str = "") -> set[str]:
    """An object of each kind; their keys."""
    for kind in KINDS:
        world.cloud.cos.put(f"{kind}{name}", body, {}, False)
    return {f"{kind}{name}" for kind in KINDS}


def test_folders_of_the_console_are_nothing(world: World) -> None:
    """Whoever makes a folder there leaves an empty object whose key ends with a slash: no duty fails over it."""
    folders = put(world, b"")
    for pause in (60.0, 2 * DAY, 8 * DAY, 300.0):
        world.clock.advance(pause)
        answer = world.invoke("sweep", world.timer())
        assert {duty: counts["failed"] for duty, counts in answer.body.items() if counts["failed"]} == {}
    assert folders <= set(keys(world, ""))


def test_what_is_of_another_version_stays(world: World) -> None:
    """However old it gets; what is known beside it goes, but for a request that another version went on with."""
    known = world.http("create_user", {"user": "alice", "policies": [READ]}, id="known", time=0)
    assert world.invoke("create_user", known).status == 201
    (folder,) = {key.rpartition("/")[0] for key in keys(world, "requests/")}
    other: Any = world.http("grant_policy", {"user": "alice", "policies": [READ]}, id="other", time=1)
    assert world.invoke("grant_policy", other).status == 200
    world.cloud.cos.put("attempts/grant_policy/x.json", b'{"v":1,"at":1}', {}, False)
    world.cloud.cos.put(f"{folder}/99999990-lease.json", b'{"v":2}', {}, False)
    strange = put(world, b'{"v":2,"duties":{},"at":1}', "zz.json") - {"credentials/zz.json"}
    before = set(keys(world, folder))
    for pause in (60.0, 8 * DAY, 32 * DAY, 400 * DAY, 300.0):
        world.clock.advance(pause)
        for _ in range(10):
            assert world.invoke("sweep", world.timer()).error is None
    assert strange <= set(keys(world, ""))
    assert set(keys(world, "requests/")) == before | {"requests/zz.json"}
    assert not keys(world, "attempts/grant_policy/")
    assert not world.denied()


def test_what_is_measured_needs_no_comparison(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """What a newer release wrote of its last one is left, and left out; the next one is told all the same."""
    world.cloud.cos.put("sweep/drift-told/00000000000001.json", b'{"v":2}', {}, False)
    world.add_user("bob", READ)
    world.env["IM_ACCESS_LOG_LEVEL"] = "INFO"
    for _ in range(3):
        world.clock.advance(301)
        world.invoke("sweep", world.timer())
    out = capsys.readouterr().out
    assert '"event": "metrics_failed"' not in out
    assert '"event": "metrics"' in out
    assert '"drift": ' not in out
    assert len(keys(world, "sweep/drift-told/")) == 2
