"""Stories that use every path of the functions, for the tests of least privilege and of secrets."""

from __future__ import annotations

from collections.abc import Callable

from local.faults import Fault
from shared.operations import OPERATIONS
from tests.system.security import paths_credentials as credentials
from tests.system.security import paths_lives as life
from tests.system.security import paths_people as directories
from tests.system.security.commands import asked, command, everyday
from tests.world import FULL, World

Story = Callable[[World], None]
LATER = ("reissue_credentials",)
"""Commands that a user who was offboarded is refused."""


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


STORIES: tuple[Story, ...] = (
    everyday,
    late_events,
    crashes,
    lost_writes,
    failures,
    batches,
    strangers,
    life.lives,
    life.reissues,
    life.restores,
    life.ends,
    life.by_hand,
    life.pruning,
    life.abandoned_lives,
    credentials.boundary,
    credentials.claims,
    credentials.sweeps,
    credentials.compared,
    credentials.undelivered,
    credentials.abandoned,
    credentials.closed,
    credentials.taken_up,
    credentials.redriven,
    directories.people,
    directories.provisioned,
    directories.provisioned_by_the_dying,
    directories.hr,
)
