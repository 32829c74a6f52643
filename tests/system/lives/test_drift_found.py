"""The sweep compares records and CAM once a day: from the timer to the receiver."""

from __future__ import annotations

import json

import pytest

from tests.groups import put_into_group
from tests.system.delivery.stories import notices
from tests.world import FULL, READ, World

DRIFT = "imaccess.drift.found"


def sweep(world: World) -> dict[str, int]:
    """A run, five minutes after the last; what it did of this duty."""
    world.clock.advance(300)
    answer = world.invoke("sweep", world.timer())
    assert answer.error is None, answer.error
    counts: dict[str, int] = answer.body["drift"]
    return counts


def test_a_difference_is_told_once_with_whom_it_is_about(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """What was taken away by hand is seen in two runs, and told; a day later it is no news. Off, nothing is asked."""
    world.invoke("create_user", world.http("create_user", {"user": "alice", "policies": [READ]}, id="c"))
    attachments = world.cloud.cam.attachments
    (key,) = attachments
    del attachments[key]
    assert sweep(world) == sweep(world) == {"done": 0, "failed": 0, "left": 0}
    world.env |= {"IM_ACCESS_DRIFT": "warn", "IM_ACCESS_LOG_LEVEL": "INFO"}
    assert sweep(world) == {"done": 1, "failed": 0, "left": 0}
    assert notices(world, DRIFT) == []
    sweep(world)
    (told,) = notices(world, DRIFT)
    user = {"name": "alice", "uin": key[0]}
    assert told == {
        "count": 1,
        "findings": [{"grade": "warning", "kind": "policy_missing", "user": user, "about": READ}],
    }
    world.clock.advance(86_400)
    for _ in range(3):
        sweep(world)
    assert len(notices(world, DRIFT)) == 1
    assert "http" not in json.dumps(told)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [line["drift"] for line in lines if line["event"] == "metrics" and "drift" in line][-1] == 1


def test_what_somebody_has_by_a_group_is_told(world: World) -> None:
    """CAM is asked for groups' policies of those who are in one; the role may ask it."""
    for name in ("alice", "bob"):
        world.invoke("create_user", world.http("create_user", {"user": name, "policies": [READ]}, id=name))
    put_into_group(world.cloud, "alice", FULL)
    world.clock.advance(60)
    world.env |= {"IM_ACCESS_DRIFT": "warn"}
    sweep(world)
    asked = list(world.cloud.journal.calls("ListAttachedUserAllPolicies", service="cam"))
    sweep(world)
    (told,) = notices(world, DRIFT)
    about = [(one["kind"], one["user"]["name"], one["about"]) for one in told["findings"]]
    assert about == [("policy_by_group", "alice", f"{FULL} (staff)")]
    assert len(asked) == 1
