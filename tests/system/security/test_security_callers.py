"""A caller's secret fetches no other caller's credentials."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.answers import Answer
from tests.receiver import signature
from tests.world import READ, SECRET, World

OTHER = "whsec_" + base64.b64encode(b"what another caller has for itself").decode()
ROTATED = "whsec_" + base64.b64encode(b"what the same caller has come to have").decode()


def create(world: World, secret: str, user: str = "alice", id: str = "1") -> Answer:
    """A create that this secret signs."""
    event: dict[str, Any] = world.http("create_user", {"user": user, "policies": [READ]}, id=id)
    now, name = str(int(world.clock.now())), event["headers"]["webhook-id"]
    headers = {"webhook-timestamp": now, "webhook-signature": signature(secret, name, now, event["body"].encode())}
    plain = {"Webhook-Id": name} | headers
    return world.invoke("create_user", event | {"headers": plain})


@pytest.mark.parametrize(
    ("secrets", "same"),
    [
        (f"hr={SECRET} it={OTHER}", False),
        (f"hr={SECRET} {OTHER}", False),
        (f"{SECRET} it={OTHER}", False),
        (f"hr={SECRET} hr={OTHER}", True),
        (f"{SECRET} {OTHER}", True),
    ],
)
def test_another_caller_gets_no_credentials(world: World, secrets: str, same: bool) -> None:
    """The repetition is answered, with `credentials` null; names may be shared, and no name is one caller."""
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = secrets
    assert create(world, SECRET).body["credentials"]
    again = create(world, OTHER)
    assert (again.status, again.body["replayed"], bool(again.body["credentials"])) == (200, True, same)
    assert create(world, SECRET).body["credentials"]


def test_whoever_resumes_another_callers_create_gets_none(world: World) -> None:
    """An attempt that died is finished by anybody's repetition, and its credentials stay the first one's."""
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = f"hr={SECRET} it={OTHER}"
    world.kill(action="AddUser", when="after")
    assert create(world, SECRET).killed
    world.clock.advance(60)
    other = create(world, OTHER)
    assert (other.status, other.body["credentials"]) == (201, None)
    assert create(world, SECRET).body["credentials"]


def test_a_gone_file_tells_another_caller_nothing(world: World) -> None:
    """Whether credentials were fetched is no other caller's business."""
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = f"hr={SECRET} it={OTHER}"
    create(world, SECRET)
    for key in [key for key in world.cloud.cos.objects.data if key.startswith("credentials/")]:
        del world.cloud.cos.objects.data[key]
    assert create(world, SECRET).status == 410
    assert create(world, OTHER).status == 200


def test_rotation_keeps_the_caller(world: World) -> None:
    """The new secret of a caller fetches what the old one asked for."""
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = f"hr={SECRET}"
    create(world, SECRET)
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = f"hr={ROTATED} it={OTHER}"
    assert create(world, ROTATED).body["credentials"]
    assert create(world, OTHER).body["credentials"] is None
