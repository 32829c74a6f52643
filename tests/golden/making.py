"""The stories that make a golden bucket: it has objects of every kind, of finished and of unfinished work."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from local.cam.records import Attachment
from local.faults import Fault
from local.hr.records import Employee
from shared.clock import rfc3339
from tests.processes import Killed
from tests.system.hr.events import kept, post, running, woken
from tests.system.hr.events import person as told
from tests.system.people.stories import bring, event, push
from tests.system.scim.client import Provider
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
WAITS = {"employee": "wen", "status": "active", "email": "wen@example.com", "departments": ["Support"]}
"""An event of HR whose work nobody has begun."""
BATCH = [{"user": "alice", "policies": [READ]}, {"user": "pam", "policies": [READ]}]


def make(world: World) -> None:
    """Play all stories."""
    for user in ("eve", "fay", "gus", "hal", "ida", "nia", "pam"):
        sent(world, f"create {user}", "create_user", {"user": user, "policies": [READ]})
    sent(world, "offboard nia", "offboard_user", {"user": "nia"})
    _given_by_hand(world)
    for name, (function, command) in REQUESTS.items():
        if name in DIES:
            action, call = DIES[name]
            world.kill(action=action, call=call, when="after")
        assert sent(world, name, function, command).killed == (name in DIES), name
    _people(world)
    _scim(world)
    _left_behind(world)


def sent(world: World, id: str, function: str, command: dict[str, Any]) -> Any:  # noqa: ANN401 - an answer
    """Send a request, a minute after the one before it."""
    world.clock.advance(60)
    return world.invoke(function, world.http(function, command, id=id))


def batch(world: World) -> dict[str, Any]:
    """A batch of two grants, the second of which is done later."""
    return world.kafka(*(world.envelope("grant_policy", row, id=f"batch {n}") for n, row in enumerate(BATCH)), first=70)


def _half_a_batch(world: World) -> None:
    """Somebody who died had begun the second message: it is in progress, and the first one is done."""
    world.kill(action="PutObject", when="after")
    assert world.invoke("grant_policy", world.kafka(world.envelope("grant_policy", BATCH[1], id="batch 1"))).killed
    assert "1 of 2 messages" in str(world.invoke("grant_policy", batch(world)).error)


def early(world: World) -> dict[str, Any]:
    """An event of a grant that has overtaken its create."""
    command = {"user": "kim", "policies": [FULL]}
    return world.kafka(world.envelope("grant_policy", command, id="early", time=world.clock.now() - 1_790_000_000.0))


def _given_by_hand(world: World) -> None:
    """Two who are offboarded have got a policy again: from one it was taken away, of the other it was told."""
    for user, sweep in (("don", "enforce"), ("dan", "warn")):
        sent(world, f"create {user}", "create_user", {"user": user, "policies": [READ]})
        sent(world, f"offboard {user}", "offboard_user", {"user": user})
        cam = world.cloud.cam
        uin, policy_id = cam.users[user].uin, cam.policy_id(READ)
        world.clock.advance(70)
        cam.attachments[uin, policy_id] = Attachment(uin, policy_id, world.clock.now(), "1")
        world.clock.advance(60)
        world.env["IM_ACCESS_SWEEP"] = sweep
        world.invoke("sweep", world.timer())
    del world.env["IM_ACCESS_SWEEP"]


def _people(world: World) -> None:
    """Whom HR systems tell of: a joiner, one who is renamed, one who comes later, one of whom nobody knows when."""
    push(world)
    bring(world, event(world, "qin", departments=["Support"]))
    renamed = event(world, "qin.li", number=2, departments=["Support"])
    bring(world, renamed._replace(renamed_from="qin"))
    later = rfc3339(world.clock.now() + 2 * DAY)
    bring(world, event(world, "rui", departments=["Support"], starts_at=later))
    world.invoke("hr_events", told(world, {"employee": "tao", "status": "active"}, id="untimed"))
    with running() as systems:
        world.env |= systems.settings()
        xue = Employee("xue", "薛", "xue@example.com", "", ("Support",))
        systems.wecom.records.employees[xue.id] = xue
        world.invoke("hr_events", post("wecom", systems.wecom.joined(xue)))
        for key in kept(world, "inbox/"):
            woken(world, key)
        for name in systems.settings():
            del world.env[name]


def _scim(world: World) -> None:
    """Whom an identity provider has made: a user in a policy's group, and a group that gives nothing."""
    provider = Provider(world)
    uma = provider.user("uma@example.com", externalId="00u1", emails=[{"value": "uma@example.com", "primary": True}])
    provider.members(READ, "add", uma["id"])
    provider.done("POST", "/Groups", {"displayName": "Readers of nothing", "members": [{"value": uma["id"]}]})


def _left_behind(world: World) -> None:
    until = rfc3339(world.clock.now() + 2 * DAY)
    sent(world, "until", "create_user", {"user": "oli", "policies": [READ], "until": until})
    world.invoke("grant_policy", early(world))
    world.invoke("grant_policy", world.kafka("garbage"))
    _half_a_batch(world)
    world.cloud.faults.on("PutObject", target="requests/", nth=None, do=Fault.THROTTLE)
    world.invoke("grant_policy", world.kafka(world.envelope("grant_policy", BATCH[0], id="no lease"), "{", first=80))
    world.cloud.faults.clear()
    world.env |= PAGE
    for user in ("leo", "mia"):
        link = sent(world, user, "create_user", {"user": user, "policies": [READ]}).body["credentials"]["url"]
        if user == "leo":
            _picked_up(world, link)
    for name in PAGE:
        del world.env[name]
    world.receiver.down = True
    sent(world, "untold", "create_user", {"user": "jan", "policies": [READ]})
    world.clock.advance(90)
    world.invoke("sweep", world.timer())
    _half_way(world)


def _half_way(world: World) -> None:
    """What the sweep has not seen yet: a joiner of HR and one of an identity provider, and an event that waits."""
    world.kill(action="AddUser", when="after")
    with suppress(Killed):
        bring(world, event(world, "sun", departments=["Support"]))
    world.invoke("hr_events", told(world, WAITS, id="waits"))
    world.kill(action="AddUser", when="after")
    assert world.invoke("scim", world.scim("POST", "/Users", {"userName": "vic@example.com"})).killed


def _picked_up(world: World, link: str) -> None:
    """A person has the file; another one comes with the link, is told, and says that it was not them; and one dies."""
    world.invoke("claim_credentials", world.visit("POST", link))
    world.clock.advance(60)
    world.kill(action="PutObject", call=2, when="after")
    world.invoke("claim_credentials", world.visit("POST", link))
    form = world.visit("POST", link, content_type="application/x-www-form-urlencoded")
    world.invoke("claim_credentials", form | {"body": "answer=not-me"})
