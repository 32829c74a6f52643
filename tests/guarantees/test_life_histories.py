"""Whatever the history of a person's life, in the end they have what the newest event of it gives, or nothing."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from local.faults import Fault
from shared.clock import rfc3339
from shared.request_identity import identity_hash
from tests.events import START
from tests.guarantees.histories import FAULTS, LIMIT_MS
from tests.guarantees.test_newest_histories import receipts_of
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

CREATE, OFFBOARD, RESTORE, REISSUE = "create_user", "offboard_user", "restore_user", "reissue_credentials"
GRANT, REVOKE = "grant_policy", "revoke_policy"
LIVES = (CREATE, RESTORE, OFFBOARD)
GIVEN = {CREATE: READ, RESTORE: FULL}
UNIT, ENDS = 1000, 40_000
"""Seconds between the times of events, and after which those with an `until` end."""
DAYS = 31 * 86_400.0


class Event(NamedTuple):
    """What happened, and when; whether it ends by itself, and comes by a queue."""

    n: int
    function: str
    time: int
    policy: str
    ends: bool
    queue: bool

    def message(self, world: World, start: float) -> dict[str, Any]:
        """The event on its way."""
        command: dict[str, Any] = {"user": "alice"}
        if self.function not in (OFFBOARD, REISSUE):
            command["policies"] = [GIVEN.get(self.function, self.policy)]
        if self.may_end:
            command["until"] = rfc3339(start + ENDS)
        time = start - 10 * UNIT + self.time * UNIT - START
        if self.queue:
            return world.kafka(world.envelope(self.function, command, id=str(self.n), time=time), first=self.n)
        return world.http(self.function, command, id=str(self.n), time=time)

    @property
    def may_end(self) -> bool:
        """Only what gives something can."""
        return self.ends and self.function in (CREATE, RESTORE, GRANT)

    @property
    def identity(self) -> str:
        """What decides among equals."""
        return identity_hash(self.function, ("cloudevents", "/tests", str(self.n)))


def life_of(counted: list[Event]) -> Event | None:
    """The model: the newest event of life; at equal times an offboard, then a restore."""
    lives = [event for event in counted if event.function in LIVES]
    return max(lives, key=lambda event: (event.time, LIVES.index(event.function), event.identity), default=None)


def has(life: Event, policy: str, counted: list[Event]) -> bool:
    """The model: of a policy's events that are no older than the life the newest, else what the life gives; what ends
    has ended.
    """
    rows = [
        one for one in counted if one.function in (GRANT, REVOKE) and one.policy == policy and one.time >= life.time
    ]
    given = [life] if policy == GIVEN[life.function] else []
    newest = max([*rows, *given], key=lambda one: (one.time, one.function == REVOKE, one.identity), default=None)
    if newest is None or newest.function == REVOKE:
        return False
    # An end counts as a revoke of the time of what ended.
    return not any(one.may_end and one.function == GRANT and one.time == newest.time for one in rows)


def check(world: World, counted: list[Event]) -> bool:
    """The world against the model; whether the user is to have access."""
    state, life = world.end_state("alice"), life_of(counted)
    ended = [one for one in counted if one.function in LIVES and one.may_end and life and one.time == life.time]
    if life is None or life.function == OFFBOARD or ended:
        assert {key.status for key in state.keys} <= {"Inactive"}, life
        assert state.user is None or not state.user.console_login
        assert (state.attached, state.files) == ([], {})
        return False
    state.assert_access()
    assert state.attached == [name for name in (FULL, READ) if has(life, name, counted)], life
    return True


TIME, ENDED = st.integers(0, 3), st.booleans()
OTHERS = st.tuples(
    st.sampled_from((*LIVES, REISSUE, GRANT, GRANT, REVOKE)), TIME, st.sampled_from((FULL, READ)), ENDED, st.booleans()
)
EVENTS = st.tuples(
    *(st.tuples(st.just(one), TIME, st.just(READ), ENDED, st.booleans()) for one in (CREATE, OFFBOARD, RESTORE)),
    OTHERS, OTHERS, OTHERS,
)  # fmt: skip
ANY = st.integers(0, 8)


class LifeHistories(RuleBasedStateMachine):
    """Some events of a life, delivered in any order, killed, spoiled and doubled, with sweeps that die in between."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.world.reset()
        self.start = float(int(self.world.clock.now()))
        self.events: list[Event] = []

    @initialize(events=EVENTS)
    def happen(self, events: tuple[tuple[str, int, str, bool, bool], ...]) -> None:
        """A create, an offboard, a restore, and whatever else."""
        self.events = [Event(n, *one) for n, one in enumerate(events)]

    def deliver(self, n: int) -> None:
        """One delivery, whatever comes of it."""
        event = self.events[n % len(self.events)]
        self.world.invoke(event.function, event.message(self.world, self.start), limit_ms=LIMIT_MS)

    @rule(order=st.lists(ANY, min_size=2, max_size=5))
    def are_delivered(self, order: list[int]) -> None:
        """For the first time, or again."""
        for n in order:
            self.deliver(n)

    @rule(n=ANY, call=st.integers(1, 30), when=st.sampled_from(("before", "after")))
    def is_killed(self, n: int, call: int, when: str) -> None:
        """Its process dies at some call."""
        self.world.kill(call=call, when=when)
        self.deliver(n)

    @rule(n=ANY, call=st.integers(1, 30), fault=st.sampled_from(FAULTS))
    def meets_a_fault(self, n: int, call: int, fault: Fault) -> None:
        """Some call goes wrong."""
        self.world.cloud.faults.on(call=call, do=fault)
        self.deliver(n)
        self.world.cloud.faults.clear()

    @rule(call=st.integers(1, 60), late=st.booleans())
    def is_swept(self, call: int, late: bool) -> None:
        """Time passes, sometimes until ends are due, and the sweep dies at some call, or has none so late."""
        self.world.clock.advance(ENDS if late else 1000)
        self.world.kill(call=call)
        self.world.invoke("sweep", self.world.timer())

    def settle(self, rounds: int) -> None:
        """Everything is redelivered: more than once, as what came too early is refused until its time has come."""
        for event in self.events * rounds:
            self.world.redeliver_until_answer(event.function, event.message(self.world, self.start), limit_ms=LIMIT_MS)

    def sweep(self, seconds: float) -> None:
        """A later run."""
        self.world.clock.advance(seconds)
        assert self.world.invoke("sweep", self.world.timer()).error is None

    def teardown(self) -> None:
        """All of it is delivered, what ends has ended; and whoever was closed is gone after the grace."""
        # A restore waits for a create that died, which the sweep finishes.
        self.sweep(3700)
        self.settle(3)
        self.sweep(max(0.0, self.start + ENDS - self.world.clock.now()) + 40)
        self.settle(2)
        self.sweep(40)
        done = receipts_of(self.world)
        counted = [event for event in self.events if event.identity in done]
        alive = check(self.world, counted)
        self.sweep(DAYS)
        self.sweep(3700)
        assert ("alice" in self.world.cloud.cam.users.data) == alive


def test_any_history_of_a_life_ends_at_its_newest_event(world: World) -> None:
    """Creates, offboards, restores, reissues, grants and revokes of one person, some until a moment, over HTTP and a
    queue, in any order and with equal times, doubled, killed and spoiled, with sweeps that die: as the model says.
    """
    run_state_machine_as_test(
        type("HistoriesHere", (LifeHistories,), {"world": world}),
        settings=settings(
            max_examples=20,
            phases=(Phase.generate,),
            stateful_step_count=5,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
