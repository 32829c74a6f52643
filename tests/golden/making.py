"""The stories behind a golden bucket: what was begun, finished and left behind, of every kind."""

from __future__ import annotations

from typing import Any

from local.faults import Fault
from shared.clock import rfc3339
from tests.world import FULL, READ, World

DAY = 86_400.0
PAGE = {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://page.example/c"}
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "finished create": ("create_user", {"user": "alice", "policies": [READ]}),
    "finished grant": ("grant_policy", {"user": "alice", "policies": [FULL]}),
    "half a create, without a key": ("create_user", {"user": "bob", "policies": [READ]}),
    "half a create, with a key": ("create_user", {"user": "carl", "policies": [READ]}),
    "half a grant": ("grant_policy", {"user": "alice", "policies": [READ, FULL]}),
    "half a revoke": ("revoke_policy", {"user": "eve", "policies": [READ]}),
    "finished offboard": ("offboard_user", {"user": "fay", "delete_after_days": 1}),
    "half an offboard": ("offboard_user", {"user": "gus"}),
    "finished reissue": ("reissue_credentials", {"user": "hal", "overlap_hours": 24}),
    "half a reissue": ("reissue_credentials", {"user": "ida"}),
    "finished restore": ("restore_user", {"user": "nia", "policies": [READ]}),
}
"""Each request of a story, by its name, which is its id, too."""
DIES = {
    "half a create, without a key": ("AddUser", 1),
    "half a create, with a key": ("CreateAccessKey", 1),
    "half a grant": ("PutObject", 3),
    "half a revoke": ("PutObject", 3),
    "half an offboard": ("PutObject", 4),
    "half a reissue": ("DeleteAccessKey", 1),
}
"""The call after which it dies."""
BATCH = [{"user": "alice", "policies": [READ]}, {"user": "pam", "policies": [READ]}]


def make(world: World) -> None:
    """Let all of it happen."""
    for user in ("eve", "fay", "gus", "hal", "ida", "nia", "pam"):
        sent(world, f"create {user}", "create_user", {"user": user, "policies": [READ]})
    sent(world, "offboard nia", "offboard_user", {"user": "nia"})
    for name, (function, command) in REQUESTS.items():
        if name in DIES:
            action, call = DIES[name]
            world.kill(action=action, call=call, when="after")
        assert sent(world, name, function, command).killed == (name in DIES), name
    _left_behind(world)


def sent(world: World, id: str, function: str, command: dict[str, Any]) -> Any:  # noqa: A002, ANN401 - an answer
    """One request, a minute after the one before it."""
    world.clock.advance(60)
    return world.invoke(function, world.http(function, command, id=id))


def batch(world: World) -> dict[str, Any]:
    """A batch of grants of which the second one fails at first."""
    return world.kafka(*(world.envelope("grant_policy", row, id=f"batch {n}") for n, row in enumerate(BATCH)), first=70)


def early(world: World) -> dict[str, Any]:
    """A grant that has overtaken its create."""
    command = {"user": "kim", "policies": [FULL]}
    return world.kafka(world.envelope("grant_policy", command, id="early", time=world.clock.now() - 1_790_000_000.0))


def _left_behind(world: World) -> None:
    until = rfc3339(world.clock.now() + 2 * DAY)
    sent(world, "until", "create_user", {"user": "oli", "policies": [READ], "until": until})
    world.invoke("grant_policy", early(world))
    world.invoke("grant_policy", world.kafka("garbage"))
    pam = world.cloud.cam.users["pam"].uin
    world.cloud.faults.on("AttachUserPolicy", target=str(pam), nth=None, do=Fault.THROTTLE)
    assert world.invoke("grant_policy", batch(world)).error
    world.cloud.faults.clear()
    world.cloud.faults.on("PutObject", target="requests/", nth=None, do=Fault.THROTTLE)
    world.invoke("grant_policy", world.kafka(world.envelope("grant_policy", BATCH[0], id="no lease"), "{", first=80))
    world.cloud.faults.clear()
    world.env |= PAGE
    for user in ("leo", "mia"):
        link = sent(world, user, "create_user", {"user": user, "policies": [READ]}).body["credentials"]["url"]
        if user == "leo":
            world.invoke("claim_credentials", world.visit("POST", link))
    for name in PAGE:
        del world.env[name]
    world.receiver.down = True
    sent(world, "untold", "create_user", {"user": "jan", "policies": [READ]})
    world.clock.advance(90)
    world.invoke("sweep", world.timer())
