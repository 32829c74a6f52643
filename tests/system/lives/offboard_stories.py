"""Helpers of tests about offboards."""

from __future__ import annotations

from typing import Any

from local.cam.records import Attachment
from tests.answers import Answer
from tests.world import READ, World

DAY = 86_400.0


WRITES = ("UpdateAccessKey", "UpdateUser", "DetachUserPolicy", "DeleteObject")


def created(world: World, user: str = "alice", **fields: Any) -> Answer:  # noqa: ANN401 - JSON values
    """A user that was made a while ago."""
    command = {"user": user, "policies": [READ], **fields}
    answer = world.invoke("create_user", world.http("create_user", command, id=f"create {user}", time=0))
    assert answer.status == 201, answer
    world.clock.advance(120)
    return answer


def offboard(world: World, user: str = "alice", *, time: float = 100, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """The answer to an offboard, which is a success."""
    event = world.http("offboard_user", {"user": user, **fields}, id=f"offboard {user} {time}", time=time)
    answer = world.invoke("offboard_user", event)
    assert answer.status == 200, answer
    return answer.body


def sweep(world: World) -> dict[str, Any]:
    """What a run of the sweep counts."""
    answer = world.invoke("sweep", world.timer())
    assert answer.error is None
    return answer.body


def attach(world: World, policy: str) -> None:
    """Somebody attaches a policy by hand."""
    cam, now = world.cloud.cam, world.clock.now()
    uin, policy_id = cam.users["alice"].uin, cam.policy_id(policy)
    cam.attachments[uin, policy_id] = Attachment(uin, policy_id, now, "1")
    world.clock.advance(60)
