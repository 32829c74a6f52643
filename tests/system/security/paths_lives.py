"""Stories of lives: offboards, restores, reissues, ends, and what the sweep does with them."""

from __future__ import annotations

from dataclasses import replace

from local.faults import Fault
from shared.clock import rfc3339
from tests.events import START
from tests.system.security.commands import BOUNDARY, command, custom
from tests.world import FULL, READ, World


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
