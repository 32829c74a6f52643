"""Guarantee 3 in single stories: what each party is told, and what the ledger and CAM hold."""

from __future__ import annotations

from typing import Any

import pytest

from shared.request_identity import identity_hash
from tests.answers import Answer
from tests.events import START
from tests.world import FULL, READ, World

GRANT, REVOKE, CREATE = "grant_policy", "revoke_policy", "create_user"


class Story:
    """Alice's policies, told event by event."""

    def __init__(self, world: World, *, queue: bool = False) -> None:
        self.world = world
        self.queue = queue
        self.count = 0

    def tell(self, function: str, *policies: str, time: int | None = None, id: str = "") -> Answer:
        """Deliver an event that is new unless `id` says which it is."""
        self.count += 1
        command, name = {"user": "alice", "policies": list(policies) or [READ]}, id or str(self.count)
        if self.queue:
            event = self.world.kafka(self.world.envelope(function, command, id=name, time=time))
        else:
            event = self.world.http(function, command, id=name, time=time)
        return self.world.redeliver_until_answer(function, event)

    @property
    def held(self) -> list[str]:
        """What CAM has."""
        return self.world.cloud.cam.attached("alice")

    @property
    def ledger(self) -> list[str]:
        """The keys of the ledger, and of what is recorded of names."""
        return sorted(key for key in self.world.cloud.cos.objects.data if key.startswith(("ledger/", "lives/")))


@pytest.fixture(params=["http", "queue"])
def story(world: World, request: pytest.FixtureRequest) -> Story:
    """Alice's, over each trigger."""
    return Story(world, queue=request.param == "queue")


def outcome(world: World) -> Any:  # noqa: ANN401 - a word, or a create's list
    """What the receiver was told last."""
    _, event = world.receiver.taken[-1]
    rows = event["data"]["policies"]
    return rows[0]["outcome"] if rows and isinstance(rows[0], dict) else rows


def test_the_words(story: Story) -> None:
    """`attached` and `detached` for a change, `unchanged` where it was so before, `superseded` where a newer event has
    been applied already; and after a revoke a grant attaches again.
    """
    world = story.world
    world.add_user("alice")
    steps = [
        (GRANT, 10, "attached", [READ]),
        (GRANT, 20, "unchanged", [READ]),
        (REVOKE, 15, "superseded", [READ]),
        (REVOKE, 30, "detached", []),
        (REVOKE, 40, "unchanged", []),
        (GRANT, 35, "superseded", []),
        (GRANT, 50, "attached", [READ]),
    ]
    for function, time, word, held in steps:
        story.tell(function, time=time)
        assert (outcome(world), story.held) == (word, held), f"{function} at {time}"


def test_each_policy_has_an_order_of_its_own(story: Story) -> None:
    """One request can be newest for one policy and superseded for another."""
    story.world.add_user("alice")
    story.tell(REVOKE, READ, time=20)
    story.tell(GRANT, READ, FULL, time=10)
    _, event = story.world.receiver.taken[-1]
    assert {row["name"]: row["outcome"] for row in event["data"]["policies"]} == {READ: "superseded", FULL: "attached"}
    assert story.held == [FULL]


def test_a_revoke_undoes_the_create_that_comes_after_it(story: Story) -> None:
    """A revoke for an unknown user is answered, counts, and a create that is older than it does not attach the policy
    and does not tell that it did; its other policies it attaches.
    """
    story.tell(REVOKE, READ, time=20)
    assert outcome(story.world) == "unchanged"
    story.tell(CREATE, READ, FULL, time=10)
    assert (outcome(story.world), story.held) == ([FULL], [FULL])


def test_a_create_that_is_newer_than_a_revoke_attaches(story: Story) -> None:
    """A create attaches its policies where a revoke of them is older than the create."""
    story.tell(REVOKE, READ, time=10)
    story.tell(CREATE, READ, time=20)
    assert (outcome(story.world), story.held) == ([READ], [READ])


@pytest.mark.parametrize("first", [REVOKE, CREATE])
def test_at_the_same_time_a_revoke_beats_a_create(story: Story, first: str) -> None:
    """Of a create and a revoke of the same time the revoke wins, in either order of arrival."""
    for function in (first, CREATE if first == REVOKE else REVOKE):
        story.tell(function, READ, time=10)
    assert story.held == []


@pytest.mark.parametrize("first", [REVOKE, GRANT])
def test_at_the_same_time_a_revoke_beats_a_grant(story: Story, first: str) -> None:
    """Of a grant and a revoke of the same time the revoke wins, in either order of arrival."""
    story.world.add_user("alice")
    for function in (first, GRANT if first == REVOKE else REVOKE):
        story.tell(function, READ, time=10)
    assert story.held == []


def test_among_equals_the_greater_identity_counts(story: Story) -> None:
    """Of two grants of the same time, the one with the smaller hash is superseded, in either order."""
    story.world.add_user("alice")
    smaller, greater = sorted(("a", "b"), key=lambda name: identity_hash(GRANT, ("cloudevents", "/tests", name)))
    story.tell(GRANT, READ, time=10, id=greater)
    assert outcome(story.world) == "attached"
    story.tell(GRANT, READ, time=10, id=smaller)
    assert outcome(story.world) == "superseded"
    story.tell(GRANT, FULL, time=10, id=smaller + "2")
    story.tell(GRANT, FULL, time=10, id=greater + "2")
    assert story.held == sorted((FULL, READ))


def test_a_refused_grant_leaves_nothing(world: World) -> None:
    """A grant over HTTP for an unknown user is no event of the ordering: it wins over nothing, however new."""
    story = Story(world)
    assert story.tell(GRANT, READ, time=30).status == 404
    assert story.ledger == []
    story.tell(CREATE, READ, time=10)
    story.tell(REVOKE, READ, time=20)
    assert (outcome(story.world), story.held) == ("detached", [])


def test_a_refused_command_leaves_nothing(story: Story) -> None:
    """Neither does one that is not allowed, nor one from the future."""
    story.world.add_user("alice")
    story.tell(GRANT, "AdministratorAccess", time=30)
    story.tell(GRANT, READ, time=int(story.world.clock.now() - START) + 400)
    assert (story.ledger, story.held) == ([], [])


def test_without_a_time_the_first_receipt_counts(world: World) -> None:
    """A command without a time is ordered by when it first arrived; a redelivery after a crash keeps that moment."""
    world.add_user("alice")
    grant = world.http(GRANT, {"user": "alice", "policies": [READ]}, id="grant")
    world.kill(action="GetUser")
    assert world.invoke(GRANT, grant).killed
    world.clock.advance(60)
    assert world.invoke(REVOKE, world.http(REVOKE, {"user": "alice", "policies": [READ]}, id="revoke")).status == 200
    assert world.redeliver_until_answer(GRANT, grant).body["policies"][0]["outcome"] == "superseded"
    assert world.cloud.cam.attached("alice") == []


def test_a_crashed_revoke_is_finished_by_whoever_comes_next(world: World) -> None:
    """Recorded and not applied: the next event for that user and policy applies the newest, not its own."""
    world.add_user("alice", READ)
    world.kill(action="DetachUserPolicy")
    assert world.invoke(REVOKE, world.http(REVOKE, {"user": "alice", "policies": [READ]}, id="1", time=20)).killed
    assert world.cloud.cam.attached("alice") == [READ]
    answer = world.invoke(GRANT, world.http(GRANT, {"user": "alice", "policies": [READ]}, id="2", time=10))
    assert answer.body["policies"][0]["outcome"] == "superseded"
    assert world.cloud.cam.attached("alice") == []
