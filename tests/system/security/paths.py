"""Every path of the functions, as a story each: what the least-privilege test and the hygiene test let happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import requests

from local.cam.records import Policy
from local.faults import Fault
from shared.clock import rfc3339
from shared.operations import OPERATIONS
from tests.groups import put_into_group
from tests.system.hr.events import kept, person, woken
from tests.system.people.stories import RULES, bring, event, push
from tests.world import FULL, READ, START, World

Story = Callable[[World], None]
BOUNDARY = "im-boundary"
LATER = ("reissue_credentials",)
"""Commands that a user who was offboarded is refused."""


def command(user: str, *policies: str, **fields: object) -> dict[str, object]:
    """A bare command."""
    return {"user": user, "policies": list(policies or (READ,)), **fields}


def asked(function: str, user: str) -> dict[str, object]:
    """A command of any function."""
    return command(user) if "policies" in OPERATIONS[function].command.model_fields else {"user": user}


def everyday(world: World) -> None:
    """A user is created, its file fetched, one more policy granted and taken away; everything comes twice."""
    create = world.http("create_user", command("alice"), id="c1")
    for status in (201, 200):
        answer = world.invoke("create_user", create)
        assert answer.status == status, answer
        assert requests.get(answer.body["credentials"]["url"], timeout=5).status_code == 200
    for function in ("grant_policy", "revoke_policy"):
        event = world.http(function, command("alice", FULL), id="g1")
        for _ in range(2):
            assert world.invoke(function, event).status == 200


def late_events(world: World) -> None:
    """Each function meets an event newer than its own, and brings that one about."""
    world.invoke("create_user", world.http("create_user", command("bob"), id="c0", time=-900))
    world.invoke("revoke_policy", world.http("revoke_policy", command("bob"), id="r1", time=0))
    assert world.invoke("grant_policy", world.http("grant_policy", command("bob"), id="g1", time=-10)).status == 200
    world.invoke("grant_policy", world.http("grant_policy", command("bob"), id="g2", time=20))
    assert world.invoke("revoke_policy", world.http("revoke_policy", command("bob"), id="r2", time=10)).status == 200
    world.invoke("revoke_policy", world.http("revoke_policy", command("carol"), id="r3", time=0))
    assert world.invoke("create_user", world.http("create_user", command("carol"), id="c1", time=-10)).status == 201


def crashes(world: World) -> None:
    """A create dies after AddUser, after its file, and after a ledger entry; the others after theirs."""
    for action, call in (("AddUser", 1), ("PutObject", 3), ("PutObject", 4)):
        event = world.http("create_user", command(f"dave{call}{action[:3]}"), id=f"{action}{call}")
        for _ in range(2):
            world.kill(call=call, action=action, when="after")
            world.invoke("create_user", event)
            world.clock.advance(36)
        assert world.redeliver_until_answer("create_user", event).status in (200, 201)
    for function in ("grant_policy", "revoke_policy"):
        event = world.http(function, command("dave1Add", FULL), id="after the ledger")
        for _ in range(2):
            world.kill(call=3, action="PutObject", when="after")
            world.invoke(function, event)
            world.clock.advance(36)
        assert world.redeliver_until_answer(function, event).status == 200


def lost_writes(world: World) -> None:
    """The answer to each kind of write into the bucket is lost, and the object is looked for."""
    for user in ("erin", "erik"):
        world.invoke("create_user", world.http("create_user", command(user), id=user))
    for function in OPERATIONS:
        world.invoke("revoke_policy", world.http("revoke_policy", command("erin-led"), id="before erin-led"))
        for prefix in ("requests/", "open/", "ledger/", "lives/", "credentials/", "outbox/"):
            if function == "restore_user":
                leaves = world.http("offboard_user", {"user": "erin"}, id=f"before {prefix}")
                assert world.redeliver_until_answer("offboard_user", leaves).status == 200
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
            world.receiver.down = prefix == "outbox/"
            user = f"erin-{prefix[:3]}" if function == "create_user" else "erik" if function in LATER else "erin"
            event = world.http(function, asked(function, user), id=f"lost {prefix}")
            assert world.redeliver_until_answer(function, event).status in (200, 201)
            world.cloud.faults.clear()
        world.receiver.down = False
        for message in ("garbage " + function, world.envelope(function, {}, id="lost")):
            world.cloud.faults.on("PutObject", target="dead-letters/", do=Fault.DROP_AFTER)
            assert world.invoke(function, world.kafka(message)).body["parked"] == 1


def strangers(world: World) -> None:
    """A grant overtakes its create, and the record of it is lost; the create takes it up, and is refused once."""
    world.cloud.faults.on("PutObject", target="lives/", do=Fault.DROP_AFTER)
    grant = world.kafka(world.envelope("grant_policy", command("judy", FULL), id="g1"))
    assert world.invoke("grant_policy", grant).body["parked"] == 1
    world.cloud.faults.on("AttachUserPolicy", do=Fault.CODE, code="FailedOperation.AlreadyAttached")
    create = world.http("create_user", command("judy"), id="c1")
    assert world.invoke("create_user", create).status == 502
    assert world.invoke("create_user", create).status == 201


PLAIN = ("offboard_user", "reissue_credentials")
"""Functions whose commands name no policies."""


def failures(world: World) -> None:
    """A message fails before anything of it is known, and once more."""
    for function in OPERATIONS:
        fields = {"user": "fay"} if function in PLAIN else command("fay")
        event = world.kafka(world.envelope(function, fields, id="sick"))
        world.cloud.faults.on("PutObject", target="requests/", nth=None, do=Fault.THROTTLE)
        # A delivery whose random pauses took all of its time cannot say any more since when it fails.
        for _ in range(5):
            assert world.invoke(function, event).error
            world.clock.advance(60)
        world.cloud.faults.clear()


def batches(world: World) -> None:
    """A batch comes again twice: what is done is noted, read, and forgotten once all is done."""
    for function in OPERATIONS:
        fields = {"user": "flo"} if function in PLAIN else command("flo")
        batch = world.kafka("garbage of " + function, world.envelope(function, fields, id="flo"))
        world.cloud.faults.on("PutObject", target="requests/", nth=None, do=Fault.THROTTLE)
        world.cloud.faults.on("PutObject", target="batches/", do=Fault.DROP_AFTER)
        # As above: a delivery whose random pauses took all of its time notes nothing any more.
        while not any(call.target.startswith(f"batches/{function}/") for call in world.cloud.journal):
            assert world.invoke(function, batch).error
            world.clock.advance(60)
        world.cloud.faults.clear()
        world.invoke(function, batch)


def lives(world: World) -> None:
    """Somebody is closed in good time, before the create, and while it is at work; and is deleted in the end."""
    custom(world, "off-the-list", '{"version":"2.0","statement":[]}')
    world.invoke("create_user", world.http("create_user", command("lena"), id="c1"))
    world.clock.advance(70)
    for prefix in ("lives/", "turns/", "deletions/", "unclaimed/"):
        world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
    event = world.http("offboard_user", {"user": "lena", "delete_after_days": 1}, id="o1")
    assert world.redeliver_until_answer("offboard_user", event).body["status"] == "offboarded"
    world.cloud.faults.clear()
    world.kill(action="PutObject", call=6, when="after")
    event = world.http("offboard_user", {"user": "lena", "delete_after_days": 2}, id="o2")
    world.invoke("offboard_user", event)
    world.clock.advance(36)
    assert world.redeliver_until_answer("offboard_user", event).body["status"] == "unchanged"
    assert world.invoke("offboard_user", world.http("offboard_user", {"user": "lars"}, id="o3")).status == 200
    for user, action in (("lola", "CreateAccessKey"), ("luis", "AttachUserPolicy"), ("lutz", "AddUser")):
        world.at(lambda *_, user=user: _closed(world, user), action=action)
        for prefix in ("deliveries/", "offboarded/") if action == "AddUser" else ("deliveries/",):
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        answer = world.redeliver_until_answer("create_user", world.http("create_user", command(user), id=user))
        assert answer.body["code"] == "user_offboarded", answer
        world.cloud.faults.clear()
    world.clock.advance(40 * 86_400)
    assert world.invoke("sweep", world.timer()).body["deletions"]["failed"] == 0


def reissues(world: World) -> None:
    """Lost credentials are replaced, with an overlap and without, by a warm instance and by one that dies."""
    world.invoke("create_user", world.http("create_user", command("mia"), id="c1"))
    world.clock.advance(70)
    process = world.process()
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://im.example.com/claim"}
    prefixes = ("turns/", "deliveries/", "unclaimed/", "claims/", "overlaps/")
    for n in (1, 2):
        for prefix in prefixes:
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        event = world.http("reissue_credentials", {"user": "mia", "overlap_hours": 1}, id=f"i{n}")
        assert world.invoke("reissue_credentials", event, process=process).status == 200
        assert world.invoke("reissue_credentials", event, process=process).status == 200
        world.cloud.faults.clear()
        world.clock.advance(60)
    world.kill(action="PutObject", call=6, when="after")
    event = world.http("reissue_credentials", {"user": "mia"}, id="i3")
    world.invoke("reissue_credentials", event)
    world.clock.advance(36)
    assert world.redeliver_until_answer("reissue_credentials", event).status == 200
    world.clock.advance(7200)
    assert world.invoke("sweep", world.timer()).body["overlaps"]["failed"] == 0


def restores(world: World) -> None:
    """Who was offboarded comes back, with a boundary, and is told by the page: at once, after a death, and with a grant
    that waited for its name; answers are lost on the way.
    """
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://im.example.com/claim"}
    custom(world, BOUNDARY, '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","resource":"*"}]}')
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    lost = ("turns/", "lives/", "deliveries/", "unclaimed/", "claims/", "ledger/")
    for user, dies in (("rosa", False), ("rolf", True)):
        world.env["IM_ACCESS_POLICIES"] = f"{FULL},{READ}"
        for function, policies in (("grant_policy", [FULL]), ("revoke_policy", [READ])):
            early = world.envelope(function, {"user": user, "policies": policies}, id=f"{function} {user}")
            world.invoke(function, world.kafka(early))
        world.env["IM_ACCESS_POLICIES"] = READ
        start = world.clock.now() - START
        create = world.http("create_user", command(user), id=f"create {user}", time=start - 3)
        assert world.invoke("create_user", create).status == 201
        leaves = world.http("offboard_user", {"user": user}, id=f"offboard {user}", time=start - 2)
        world.env["IM_ACCESS_POLICIES"] = f"{FULL},{READ}"
        assert world.redeliver_until_answer("offboard_user", leaves).status == 200
        event = world.http("restore_user", command(user), id=f"restore {user}", time=start - 1)
        if dies:
            world.kill(action="PutObject", call=8, when="after")
            world.invoke("restore_user", event)
            world.clock.advance(36)
        for prefix in lost:
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        world.cloud.faults.on("AttachUserPolicy", do=Fault.CODE, code="FailedOperation.AlreadyAttached", times=1)
        assert world.redeliver_until_answer("restore_user", event).status == (200 if dies else 502)
        assert world.redeliver_until_answer("restore_user", event).status == 200
        world.cloud.faults.clear()
        assert world.redeliver_until_answer("restore_user", event).body["replayed"]
    world.invoke("restore_user", world.http("restore_user", command("nobody"), id="nobody"))


def ends(world: World) -> None:
    """Access that ends by itself: ordered with each command whose order may be lost, and applied by the sweep."""
    until = rfc3339(world.clock.now() + 90_000)
    world.invoke("create_user", world.http("create_user", command("tess"), id="c"))
    world.clock.advance(70)
    assert world.invoke("offboard_user", world.http("offboard_user", {"user": "tess"}, id="o")).status == 200
    world.clock.advance(70)
    for n, (function, user) in enumerate((("create_user", "tina"), ("grant_policy", "tina"), ("restore_user", "tess"))):
        world.cloud.faults.on("PutObject", target="untils/", do=Fault.DROP_AFTER)
        event = world.http(function, command(user, until=until), id=f"u{n}")
        assert world.redeliver_until_answer(function, event).status in (200, 201)
        world.cloud.faults.clear()
    lost = world.http("grant_policy", command("tina", FULL, until=until), id="lost")
    world.kill(action="PutObject", call=2, when="after")
    world.invoke("grant_policy", lost)
    world.clock.advance(3600)
    world.cloud.faults.on("PutObject", target="untils/", do=Fault.DROP_AFTER)
    assert world.invoke("sweep", world.timer()).body["requests"]["done"] == 1
    world.cloud.faults.clear()
    world.clock.advance(90_000)
    assert world.invoke("sweep", world.timer()).body["until"] == {"done": 4, "failed": 0, "left": 0}


def by_hand(world: World) -> None:
    """Offboarded users are given a login by hand: told of, taken away, and forgotten when one of them comes back."""
    users = ("vera", "vito", "vlad")
    for user in users:
        assert world.invoke("create_user", world.http("create_user", command(user), id=user)).status == 201
    world.clock.advance(70)
    for user in users:
        world.cloud.faults.on("PutObject", target="offboarded/", do=Fault.DROP_AFTER)
        event = world.http("offboard_user", {"user": user, "delete_after_days": 1}, id=user)
        if user == "vlad":
            world.kill(action="PutObject", call=2, when="after")
            world.invoke("offboard_user", event)
            world.clock.advance(3600)
            assert world.invoke("sweep", world.timer()).body["requests"]["done"] == 1
        else:
            assert world.redeliver_until_answer("offboard_user", event).status == 200
        world.cloud.faults.clear()
    for mode in ("warn", "enforce"):
        world.env["IM_ACCESS_SWEEP"] = mode
        world.clock.advance(900)
        for user in users:
            world.cloud.cam.users[user] = replace(world.cloud.cam.users[user], console_login=True)
        world.clock.advance(60)
        world.cloud.faults.on("PutObject", target="drift/", do=Fault.DROP_AFTER)
        assert world.invoke("sweep", world.timer()).body["by_hand"] == {"done": 3, "failed": 0, "left": 0}
        world.cloud.faults.clear()
    assert world.invoke("restore_user", world.http("restore_user", command("vito"), id="back")).status == 200
    world.clock.advance(86_400)
    for _ in range(2):
        assert world.invoke("sweep", world.timer()).body["by_hand"]["failed"] == 0


def pruning(world: World) -> None:
    """What is kept for a time only is looked at, prefix by prefix, and goes."""
    world.env["IM_ACCESS_KEEP_DAYS"] = "400"
    create = world.http("create_user", command("zoe"), id="c", time=world.clock.now() - START)
    assert world.invoke("create_user", create).status == 201
    world.clock.advance(70)
    for n in range(2):
        event = world.http("reissue_credentials", {"user": "zoe"}, id=f"i{n}")
        assert world.redeliver_until_answer("reissue_credentials", event).status == 200
        world.clock.advance(60)
    names = ("attempts/create_user/x", "batches/create_user/y/1", "unclaimed/z-closed", "people/seconds/wecom-x")
    for name in names:
        world.cloud.cos.put(f"{name}.json", b'{"v":1}', {}, False)
    world.clock.advance(440 * 86_400)
    for _ in range(7):
        assert world.invoke("sweep", world.timer()).body["prune"]["failed"] == 0


def abandoned_lives(world: World) -> None:
    """An offboard and a reissue die at their beginning, and nobody sends them again: the sweep does them."""
    places = ("lives/", "turns/", "deletions/", "deliveries/", "unclaimed/", "overlaps/", "credentials/")
    for user, function, fields in (
        ("nora", "offboard_user", {"delete_after_days": 1}),
        ("nick", "reissue_credentials", {"overlap_hours": 1}),
        ("nils", "reissue_credentials", {"overlap_hours": 1}),
    ):
        world.invoke("create_user", world.http("create_user", command(user), id=user))
        world.clock.advance(70)
        world.kill(call=2, action="PutObject", when="after")
        world.invoke(function, world.http(function, {"user": user, **fields}, id=f"ab {user}"))
        world.clock.advance(1000)
        for place in places:
            world.cloud.faults.on("PutObject", target=place, do=Fault.DROP_AFTER)
        assert world.invoke("sweep", world.timer()).body["requests"]["done"] == 1
        world.cloud.faults.clear()


def _closed(world: World, user: str) -> None:
    """Offboarded; the next answers to writes of what an offboard leaves are lost."""
    world.invoke("offboard_user", world.http("offboard_user", {"user": user}, id=f"o {user}"))
    for prefix in ("deletions/", "unclaimed/"):
        world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)


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
            assert requests.get(answer.headers["Location"], timeout=5).status_code == 200
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
        assert settings or requests.get(link, timeout=5).status_code == 200
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


def people(world: World) -> None:
    """A day comes for somebody whom an HR system told of, and new rules for everybody; answers to writes are lost."""
    push(world)
    world.clock.advance(60)
    for prefix in ("people/", "sweep/"):
        told = event(world, f"p{prefix[:2]}", ends_at=rfc3339(world.clock.now() + 600), departments=["Support"])
        bring(world, told)
        world.clock.advance(1000)
        push(world)
        world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        assert world.invoke("sweep", world.timer()).body["people"]["done"] == 1
        world.cloud.faults.clear()


def provisioned(world: World) -> None:
    """An identity provider's people, over SCIM: every verb, lost answers, deaths, and what the sweep does of it."""
    custom(world, BOUNDARY, '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","resource":"*"}]}')
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    places = ("requests/", "open/", "ledger/", "lives/", "credentials/", "deliveries/", "unclaimed/", "deletions/")
    lost = (*places, "offboarded/", "turns/", "outbox/", "claims/", "scim/")
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://im.example.com/claim"}

    def ask(method: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
        for prefix in lost:
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        for _ in range(20):
            answer = world.invoke("scim", world.scim(method, path, body, query=query))
            if answer.status != 429:
                break
            world.clock.advance(10)
        world.cloud.faults.clear()
        assert answer.status < 300, answer
        return answer.body

    made = ask("POST", "/Users", {"userName": "sam", "externalId": "1"})["id"]
    group = ask("GET", "/Groups")["Resources"][0]["id"]
    for op in ("add", "remove"):
        world.receiver.down = op == "remove"
        ask("PATCH", f"/Groups/{group}", {"Operations": [{"op": op, "path": "members", "value": [{"value": made}]}]})
    world.receiver.down = False
    ask("GET", "/Users", filter='userName eq "sam"')
    for active in (False, True):
        world.clock.advance(120)
        ask("PATCH", f"/Users/{made}", {"Operations": [{"op": "replace", "value": {"active": active}}]})
        if not active:
            world.clock.advance(900)
            world.cloud.cam.users["sam"] = replace(world.cloud.cam.users["sam"], console_login=True)
            world.clock.advance(60)
            assert world.invoke("sweep", world.timer()).body["by_hand"]["done"] == 1
    other = ask("POST", "/Groups", {"displayName": "friends"})["id"]
    ask("DELETE", f"/Groups/{other}")
    world.clock.advance(120)
    ask("DELETE", f"/Users/{made}")


def provisioned_by_the_dying(world: World) -> None:
    """Creates and a delete of an identity provider die here and there: its repetition finishes them, or the sweep."""
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://im.example.com/claim"}
    for deaths in (("CreateAccessKey", "CreateAccessKey"), ("Notify",)):
        post = world.scim("POST", "/Users", {"userName": f"sue{len(deaths)}"})
        for action in deaths:
            world.kill(action=action, when="after" if action != "Notify" else "before")
            world.invoke("scim", post)
            world.clock.advance(70)
        assert world.redeliver_until_answer("scim", post).status == 409
    gone = world.invoke("scim", world.scim("POST", "/Users", {"userName": "sol"})).body["id"]
    world.kill(action="PutObject", call=2, when="after")
    world.invoke("scim", world.scim("DELETE", f"/Users/{gone}"))
    for action, call in (("PutObject", 3), ("PutObject", 8), ("AddUser", 1), ("PutObject", 14)):
        world.kill(action=action, call=call, when="after")
        world.invoke("scim", world.scim("POST", "/Users", {"userName": f"sid{call}{action}"}))
        world.clock.advance(70)
        world.cloud.faults.on("PutObject", target="scim/", do=Fault.DROP_AFTER)
        world.invoke("sweep", world.timer())
        world.cloud.faults.clear()
        world.invoke("scim", world.scim("POST", "/Users", {"userName": f"sid{call}{action}"}))
        world.clock.advance(70)


def hr(world: World) -> None:
    """Somebody joins, moves and leaves by events of an HR system; some of it is left to the sweep, or to nobody."""
    ends = rfc3339(world.clock.now() + 30 * 86_400)
    for part in ({"departments": ["Support"], "ends_at": ends}, {"title": "Operator"}, {"status": "left"}):
        world.clock.advance(60)
        told = {"employee": "1", "status": "active", "email": "hr@example.com", **part}
        event = person(world, told, id=str(len(world.history)))
        for prefix in ("inbox/", "people/", "dead-letters/"):
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        assert world.invoke("hr_events", event).status == 200
        push(world)
        [key] = kept(world, "inbox/")
        assert woken(world, key).error is None
        world.cloud.faults.clear()
    named = {"employee": "2", "status": "active", "email": "@", "departments": ["Support"]}
    push(world, {**RULES, "user_name": ["{email.local}"]})
    for role in ("hr_events", "sweep"):
        told = person(world, {**named, "employee": role}, id=role)
        world.cloud.faults.on("PutObject", target="dead-letters/", do=Fault.DROP_AFTER)
        world.invoke("hr_events", told)
        [key] = kept(world, "inbox/")
        if role == "sweep":
            world.clock.advance(61)
            assert world.invoke("sweep", world.timer()).body["inbox"]["failed"] == 0
        else:
            woken(world, key)
        assert kept(world, "inbox/") == []
    world.cloud.faults.clear()
    assert world.invoke("hr_events", world.kafka("no JSON")).body["parked"] == 1


STORIES: tuple[Story, ...] = (
    everyday,
    late_events,
    crashes,
    lost_writes,
    failures,
    batches,
    strangers,
    lives,
    reissues,
    restores,
    ends,
    by_hand,
    pruning,
    abandoned_lives,
    boundary,
    claims,
    sweeps,
    compared,
    undelivered,
    abandoned,
    closed,
    taken_up,
    redriven,
    people,
    provisioned,
    provisioned_by_the_dying,
    hr,
)


def custom(world: World, name: str, document: str) -> int:
    """A custom policy of the account; its id."""
    policy_id = world.cloud.cam.next_policy_id()
    world.cloud.cam.policies[policy_id] = Policy(policy_id, name, document)
    return policy_id
