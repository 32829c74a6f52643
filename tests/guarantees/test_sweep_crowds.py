"""What always fails and comes first, more of it than a listing shows at a time: what comes after it is seen to."""

from __future__ import annotations

from itertools import count

import pytest

from shared.clock import rfc3339
from tests.guarantees.duty_stories import HOUR, STORIES
from tests.system.delivery.stories import PAGE, created, notices
from tests.world import READ, World

pytestmark = pytest.mark.usefixtures("in_process")

MANY = 1010
OTHER = b'{"v": 99}'
"""A record of a version that is not known here: it is left as it is, and tried again in each run."""
FIRST = {
    "end of a life": "untils/00000000001-life-{:064x}.json",
    "end of a grant": "untils/00000000001-life-{:064x}.json",
    "deletion": "deletions/00000000001-{}.json",
    "overlap": "overlaps/00000000001-1-{}.json",
    "last day": "people/dates/0-{}.json",
    "outbox": "outbox/0000000001-{:064x}-0000000001.json",
    "lost event": "inbox/0/{}.json",
    "letter": "dead-letters/0/{}.json",
    "abandoned": "open/0{:063x}.json",
    "forgotten change": "scim/now/due/0{}.json",
}


PASSED_OVER = {
    "by hand": ("offboarded/0/{}.json", 30),
    "unclaimed": ("claims/0{:063x}.json", 300),
    "prune": ("requests/0{:063x}/99999998-lease.json", 300),
    "new rules": ("people/0000000000000000/{:032x}/told-0.json", 300),
    "difference": ("lives/0/life-{}.json", 300),
}
"""The same of duties that go round: records that cannot be read, before the one that can."""


@pytest.mark.parametrize("name", FIRST)
def test_a_crowd_that_always_fails_keeps_no_other_from_its_turn(world: World, name: str) -> None:
    """A thousand and more of a duty's items fail in each run: the one behind them has its turn within a few hours."""
    story = STORIES[name]
    world.env["IM_ACCESS_SWEEP_LIMIT"] = "400"
    for n in range(MANY):
        world.cloud.cos.put(FIRST[name].format(n), OTHER, {}, create_only=True)
    story.leave(world)
    behind = {key for key in world.cloud.cos.objects.data if key.startswith(FIRST[name].partition("0")[0])}
    assert len(behind) > MANY
    for runs in count():
        world.clock.advance(300)
        assert world.invoke("sweep", world.timer(), limit_ms=100_000).error is None
        left = {key for key in behind if key in world.cloud.cos.objects.data}
        if len(left) == MANY:
            return
        assert runs < 20, "it never has its turn"


@pytest.mark.parametrize("name", PASSED_OVER)
def test_what_cannot_be_read_is_passed_over(world: World, name: str) -> None:
    """By the duties that look at everything in turn: whoever is behind it is seen to within a few rounds."""
    prefix, many = PASSED_OVER[name]
    crowd = [prefix.format(n) for n in range(many)]
    for key in crowd:
        world.cloud.cos.put(key, OTHER, {}, create_only=True)
    story = STORIES[name]
    story.leave(world)
    for _ in range(12):
        world.clock.advance(300)
        assert world.invoke("sweep", world.timer(), limit_ms=100_000).error is None
    for key in crowd:
        assert key in world.cloud.cos.objects.data, "it is left as it is"
        world.cloud.cos.delete(key)
    if name == "difference":
        (told,) = notices(world, "imaccess.drift.found")
        assert told["findings"][0]["kind"] == "policy_missing"
    else:
        story.check(world)


def test_fifteen_ends_that_fail_and_one_that_does_not(world: World) -> None:
    """No more users are closed in a run than the limit; whoever cannot be closed counts once a round."""
    until = {"until": rfc3339(world.clock.now() + HOUR)}
    stay = [f"user{n:02}" for n in range(15)]
    for name in (*stay, "zoe"):
        answer = world.invoke(
            "create_user", world.http("create_user", {"user": name, "policies": [READ], **until}, id=name)
        )
        assert answer.status == 201
    world.env |= {"IM_ACCESS_SWEEP_LIMIT": "10", "IM_ACCESS_PROTECTED_USERS": ",".join(stay)}
    world.clock.advance(HOUR + 60)
    for _ in range(2):
        assert world.invoke("sweep", world.timer()).error is None
        world.clock.advance(300)
    assert [name for name, user in world.cloud.cam.users.items() if not user.console_login] == ["zoe"]


def test_links_that_are_braked_keep_no_others_from_their_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of links with more people than the limit is passed over, and looked at again after the others."""
    monkeypatch.setattr("shared.use_cases.duties.claim_links.PAGE", 5)
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": PAGE}
    world.env |= {"IM_ACCESS_SWEEP": "enforce", "IM_ACCESS_SWEEP_LIMIT": "2"}
    for name in ("alice", "bob", "carol"):
        created(world, name)
    assert len([key for key in world.cloud.cos.objects.data if key.startswith("claims/")]) == 6
    world.clock.advance(73 * HOUR)
    runs = [world.invoke("sweep", world.timer()).body["unclaimed"] for _ in range(3)]
    assert [(run["done"], run["left"]) for run in runs] == [(0, 3), (1, 0), (2, 0)]
