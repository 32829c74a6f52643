"""Stories of credentials: the page, the sweep, and what nobody was told of."""

from __future__ import annotations

import requests

from local.faults import Fault
from tests.groups import put_into_group
from tests.system.security.commands import BOUNDARY, command, custom, everyday
from tests.world import FULL, READ, World


def boundary(world: World) -> None:
    """A new user gets a permissions boundary."""
    custom(world, BOUNDARY, '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","resource":"*"}]}')
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    assert world.invoke("create_user", world.http("create_user", command("frank"), id="c1")).status == 201


def claims(world: World) -> None:
    """Links lead to the page: one is looked at and claimed twice, one claim dies, one is told of late."""
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://im.example.com/claim"}
    links = []
    for user in ("gina", "gus", "gwen"):
        world.cloud.faults.on("PutObject", target="claims/", do=Fault.DROP_AFTER)
        event = world.http("create_user", command(user), id=user)
        assert world.invoke("create_user", event).status == 201
        links.append(world.invoke("create_user", event).body["credentials"]["url"])
    for method, status in (("GET", 200), ("HEAD", 200), ("POST", 303), ("POST", 410)):
        world.cloud.faults.on("PutObject", target="opened/", do=Fault.DROP_AFTER)
        answer = world.invoke("claim_credentials", world.visit(method, links[0]))
        assert answer.status == status, answer
        if status == 303:
            assert requests.get(answer.headers["Location"], timeout=30).status_code == 200
        world.cloud.faults.clear()
    world.kill(action="PutObject", call=2)
    world.invoke("claim_credentials", world.visit("POST", links[1]))
    world.clock.advance(70)
    world.cloud.faults.on("PutObject", target="housekeeping/", do=Fault.DROP_AFTER)
    assert world.invoke("claim_credentials", world.visit("POST", links[2])).status == 303
    world.kill(action="Notify")
    world.invoke("claim_credentials", world.visit("POST", links[1]))
    world.clock.advance(10)
    assert world.invoke("claim_credentials", world.visit("GET", links[1])).status == 410
    dispute(world, links[1], die=False)


def dispute(world: World, link: str, *, die: bool) -> None:
    """Somebody says that it was not them; the answer to the record's write is lost, or the process dies before it."""
    if die:
        world.kill(action="PutObject", call=2)
    world.cloud.faults.on("PutObject", target="disputes/", do=Fault.DROP_AFTER)
    event = world.visit("POST", link) | {"body": "answer=not-me"}
    answer = world.invoke("claim_credentials", event)
    assert answer.killed if die else answer.status == 200
    world.cloud.faults.clear()


def sweeps(world: World) -> None:
    """Somebody does not come: a warning, then the end of it, in which writes are lost; a claim is told of late."""
    claims(world)
    world.invoke("create_user", world.http("create_user", command("hugo"), id="hugo"))
    link = world.invoke("create_user", world.http("create_user", command("hugo"), id="hugo")).body["credentials"]["url"]
    world.kill(action="Notify")
    world.invoke("claim_credentials", world.visit("POST", link))
    dispute(world, link, die=True)
    world.invoke("create_user", world.http("create_user", command("ivy"), id="ivy"))
    world.clock.advance(73 * 3600)
    for mode in ("warn", "enforce"):
        world.env["IM_ACCESS_SWEEP"] = mode
        for prefix in ("unclaimed/", "opened/", "disputes/", "housekeeping/"):
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        assert world.invoke("sweep", world.timer()).error is None
        world.cloud.faults.clear()


def compared(world: World) -> None:
    """Records and CAM are compared, differ, and that is told; and again where it has changed."""
    world.env |= {"IM_ACCESS_DRIFT": "warn"}
    everyday(world)
    put_into_group(world.cloud, next(iter(world.cloud.cam.users)), READ)
    for key in [*world.cloud.cam.attachments]:
        del world.cloud.cam.attachments[key]
    for _ in range(2):
        world.clock.advance(300)
        assert world.invoke("sweep", world.timer()).error is None


def undelivered(world: World) -> None:
    """A receiver is down: the sweep tries again, sends what is left, and gives up after three days."""
    pages = {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://page.example/c"}
    for user, settings in (("jo", {}), ("jay", pages)):
        world.env |= settings
        world.receiver.down = True
        assert world.invoke("create_user", world.http("create_user", command(user), id=user)).status == 201
        world.clock.advance(200)
        world.cloud.faults.on("PutObject", target="outbox/", do=Fault.DROP_AFTER)
        assert world.invoke("sweep", world.timer()).error is None
        world.cloud.faults.clear()
        world.receiver.down = False
        world.clock.advance(300)
        world.cloud.faults.on("PutObject", target="claims/", do=Fault.DROP_AFTER)
        assert world.invoke("sweep", world.timer()).body["outbox"]["done"] == 1
        world.cloud.faults.clear()
        link = world.receiver.taken[-1][1]["data"]["credentials"]["url"]
        assert settings or requests.get(link, timeout=30).status_code == 200
    world.receiver.down = True
    world.invoke("create_user", world.http("create_user", command("kim"), id="kim"))
    world.clock.advance(73 * 3600)
    assert world.invoke("sweep", world.timer()).error is None


def abandoned(world: World) -> None:
    """Every kind of request dies before its first write in CAM, and the sweep finishes it, in which writes are lost."""
    custom(world, BOUNDARY, '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","resource":"*"}]}')
    pages = {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://page.example/c"}
    world.env |= pages | {"IM_ACCESS_BOUNDARY_POLICY": BOUNDARY}
    world.invoke("create_user", world.http("create_user", command("leo"), id="leo", time=-900))
    first = {"create_user": "AddUser", "grant_policy": "AttachUserPolicy", "revoke_policy": "DetachUserPolicy"}
    for function, action in first.items():
        world.invoke("revoke_policy", world.http("revoke_policy", command("early", READ), id="early"))
        for prefix in ("requests/", "open/", "ledger/", "lives/", "credentials/", "outbox/", "claims/", "sweep/"):
            user = f"early{prefix[:4]}" if function == "create_user" else "leo"
            if function == "create_user":
                world.invoke("revoke_policy", world.http("revoke_policy", command(user, FULL), id=f"r {user}"))
            policy = FULL if function == "grant_policy" else READ
            if function == "revoke_policy":
                world.invoke("grant_policy", world.http("grant_policy", command(user, policy), id=f"g {prefix}"))
            event = world.http(function, command(user, policy), id=f"abandoned {prefix}")
            world.kill(action=action)
            world.invoke(function, event)
            world.clock.advance(1000)
            world.receiver.down = prefix == "outbox/"
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
            assert world.invoke("sweep", world.timer()).error is None
            world.cloud.faults.clear()
            world.receiver.down = False
            world.clock.advance(1000)
            world.invoke("sweep", world.timer())


def closed(world: World) -> None:
    """A create dies with a key in use; then the sweep may not finish it, and the letter's write is lost."""
    world.kill(action="PutObject", call=4)
    world.invoke("create_user", world.http("create_user", command("lea"), id="lea"))
    world.env["IM_ACCESS_POLICIES"] = FULL
    world.clock.advance(1000)
    world.cloud.faults.on("PutObject", target="dead-letters/", do=Fault.DROP_AFTER)
    assert world.invoke("sweep", world.timer()).body["requests"]["done"] == 1
    world.cloud.faults.clear()


def taken_up(world: World) -> None:
    """Three creates died with a key in use. A first sweep has time for one, the next goes on from there; of one request
    the note goes away meanwhile, and is written again.
    """
    for user in ("max", "mia", "moe"):
        world.kill(action="CreateAccessKey", when="after")
        world.invoke("create_user", world.http("create_user", command(user), id=user))
    world.clock.advance(1000)
    world.at(lambda *_: world.clock.advance(26), action="CreateAccessKey")
    assert world.invoke("sweep", world.timer()).body["requests"]["left"] == 2
    world.cloud.faults.on("PutObject", target="open/", do=Fault.DROP_AFTER)
    notes = [key for key in world.cloud.cos.objects.data if key.startswith("open/")]

    def lose_notes(*_: object) -> None:
        for key in notes:
            world.cloud.cos.delete(key)

    world.at(lose_notes, action="PutObject")
    assert world.invoke("sweep", world.timer()).body["requests"]["done"] == 2
    world.cloud.faults.clear()


def redriven(world: World) -> None:
    """A letter with a cause that passes: the sweep tries it again, and takes it away."""
    world.invoke("grant_policy", world.kafka(world.envelope("grant_policy", command("nina", FULL), id="g")))
    world.add_user("nina")
    world.clock.advance(100)
    assert world.invoke("sweep", world.timer()).body["letters"]["done"] == 1
