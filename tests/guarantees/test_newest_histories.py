"""Guarantee 3: whatever the history, in the end CAM holds the effect of the newest event for each user and policy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from local.faults import Fault
from shared.request_identity import identity_hash
from tests.guarantees.histories import FAULTS, LIMIT_MS
from tests.world import FULL, READ, World, impatient

pytestmark = pytest.mark.usefixtures("in_process")

USERS = ("alice", "bob")
POLICIES = (FULL, READ)
CREATE, GRANT, REVOKE = "create_user", "grant_policy", "revoke_policy"


@dataclass(frozen=True)
class Event:
    """What happened, and when: the time is the event's own."""

    n: int
    function: str
    user: str
    policies: tuple[str, ...]
    time: int
    queue: bool

    def message(self, world: World) -> dict[str, Any]:
        """The event on its way."""
        command = {"user": self.user, "policies": list(self.policies)}
        if self.queue:
            envelope = world.envelope(self.function, command, id=str(self.n), time=self.time)
            return world.kafka(envelope, first=self.n)
        return world.http(self.function, command, id=str(self.n), time=self.time)

    @property
    def rank(self) -> tuple[int, bool, str]:
        """The newest has the greatest: the later; a revoke before a grant; then the greater hash of the identity."""
        return (
            self.time,
            self.function == REVOKE,
            identity_hash(self.function, ("cloudevents", "/tests", str(self.n))),
        )


def newest(events: list[Event], user: str, policy: str) -> Event | None:
    """The model: of the events that count, the one whose effect CAM must hold."""
    return max((e for e in events if e.user == user and policy in e.policies), key=lambda e: e.rank, default=None)


def check(world: World, events: list[Event], outcomes: dict[int, dict[str, str]]) -> None:
    """CAM against the model. Of creates only the one that made its user counts, and for no user nothing is attached."""
    counted = [event for event in events if event.function != CREATE or event.n in outcomes]
    for user in USERS:
        exists = user in world.cloud.cam.users.data
        for policy in POLICIES:
            last = newest(counted, user, policy)
            wanted = exists and last is not None and last.function != REVOKE
            assert (policy in world.cloud.cam.attached(user)) == wanted, f"{user} {policy}: {last}"
            if exists and last is not None:
                assert outcomes[last.n][policy] != "superseded"


def receipts_of(world: World) -> dict[str, dict[str, Any]]:
    """The results of finished requests, by the hash of their identity."""
    stored = [(name, json.loads(one.body)) for name, one in world.cloud.cos.objects.data.items() if "-outcome" in name]
    return {name.split("/")[1]: one["result"] for name, one in stored if one["kind"] == "receipt"}


def outcomes_of(world: World, events: list[Event]) -> dict[int, dict[str, str]]:
    """What the receipts say: for each finished event, each policy's outcome."""
    found, receipts = {}, receipts_of(world)
    for event in events:
        result = receipts.get(identity_hash(event.function, ("cloudevents", "/tests", str(event.n))))
        if result:
            rows = result["policies"]
            found[event.n] = (
                {policy: "attached" if policy in rows else "superseded" for policy in event.policies}
                if event.function == CREATE
                else {row["name"]: row["outcome"] for row in rows}
            )
    return found


EVENTS = st.lists(
    st.tuples(
        st.sampled_from((GRANT, REVOKE, CREATE)),
        st.sampled_from(USERS),
        st.sampled_from(((READ,), (FULL,), POLICIES)),
        st.integers(0, 2),
        st.booleans(),
    ),
    min_size=5,
    max_size=9,
)
ANY = st.integers(0, 8)


class Histories(RuleBasedStateMachine):
    """Some events, delivered in any order, lost on the way, doubled; and in the end all of them once more."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.world.reset()
        self.events: list[Event] = []

    @initialize(events=EVENTS, there=st.sampled_from((USERS, USERS[:1], ())))
    def happen(self, events: list[tuple[str, str, tuple[str, ...], int, bool]], there: tuple[str, ...]) -> None:
        """What is going to be delivered; some users were there before."""
        self.events = [Event(n, *event) for n, event in enumerate(events)]
        for user in there:
            self.world.add_user(user)

    def pick(self, n: int) -> Event:
        """One of them."""
        return self.events[n % len(self.events)]

    def deliver(self, n: int, limit_ms: int = LIMIT_MS) -> None:
        """One delivery, whatever comes of it."""
        event = self.pick(n)
        self.world.invoke(event.function, event.message(self.world), limit_ms=limit_ms)

    @rule(order=st.lists(ANY, min_size=2, max_size=5))
    def are_delivered(self, order: list[int]) -> None:
        """For the first time, or again."""
        for n in order:
            self.deliver(n)

    @rule(n=ANY, call=st.integers(1, 12), when=st.sampled_from(("before", "after")))
    def is_killed(self, n: int, call: int, when: str) -> None:
        """Its process dies at some call."""
        self.world.kill(call=call, when=when)
        self.deliver(n)

    @rule(n=ANY, call=st.integers(1, 12), fault=st.sampled_from(FAULTS))
    def meets_a_fault(self, n: int, call: int, fault: Fault) -> None:
        """Some call goes wrong."""
        self.world.cloud.faults.on(call=call, do=fault)
        self.deliver(n)
        self.world.cloud.faults.clear()

    @rule(n=ANY, other=ANY, call=st.integers(1, 12), committed=st.booleans())
    def takes_effect_late(self, n: int, other: int, call: int, committed: bool) -> None:
        """Some call is given up by its sender, and arrives after another event was delivered."""
        late = self.world.late(call, committed=committed)
        with impatient(0.3):
            # Two policies are attached side by side, so another call than the one that was meant may be held.
            self.deliver(n)
        self.world.cloud.faults.clear()
        self.deliver(other, limit_ms=3_000)
        late.arrive()

    @rule(one=ANY, other=ANY)
    def come_together(self, one: int, other: int) -> None:
        """Two events at the same moment, one of them twice; then time passes, enough for a lease to run out."""
        chosen = [self.pick(n) for n in (one, other, one)]
        deliveries = [(event.function, event.message(self.world)) for event in chosen]
        self.world.together(deliveries, limit_ms=LIMIT_MS)
        self.world.clock.advance(20)

    def teardown(self) -> None:
        """Everything is redelivered until it answers: twice, as a grant may have come before its user."""
        for event in (*self.events, *self.events):
            self.world.redeliver_until_answer(event.function, event.message(self.world), limit_ms=LIMIT_MS)
        check(self.world, self.events, outcomes_of(self.world, self.events))


def test_any_history_ends_at_the_newest(world: World) -> None:
    """Grants, revokes and creates of two users and two policies, over HTTP and queue, in any order, with equal times,
    doubled, together, killed, late and with faults: once all have been redelivered, CAM is as the model says.
    """
    run_state_machine_as_test(
        type("HistoriesHere", (Histories,), {"world": world}),
        # Without shrinking: a history of five steps is readable, and each step costs many real calls.
        settings=settings(
            max_examples=20,
            phases=(Phase.generate,),
            stateful_step_count=5,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
