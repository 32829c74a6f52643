"""The duty that compares records and CAM once a day: it goes round, looks twice, and tells what is news."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import ImAccessError, Unavailable
from shared.people.life import unreadable
from shared.policies.drift_findings import Expected, Finding
from shared.policies.recorded_users import RecordedUser, RecordedUsers
from shared.use_cases.duties.cursor import Cursor, Positions
from shared.use_cases.duties.find_drift import DAY, MOST, CamAccess, DriftSources, FindDrift, ListedUser
from shared.use_cases.duties.run_duties import run
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore

READ = "QcloudIMReadOnlyAccess"
START = 1.8e9


class World:
    """Users who should have READ; `lost` are those from whom somebody has taken it in CAM."""

    reserve = 5.0

    def __init__(self, users: int) -> None:
        self.clock = WorldClock(START)
        self.store = MemoryStore()
        self.users = {uin: ListedUser(f"user{uin}", True) for uin in range(1, users + 1)}
        self.lost: set[int] = set()
        self.told: list[tuple[list[Finding], int]] = []
        self.looked: list[int] = []
        self.fails: set[int] = set()
        self.keys: dict[int, tuple[str, ...]] = {}
        self.bodies: set[int] = set()
        self.strays: tuple[str, ...] = ()
        self.refused: set[int] = set()
        self.deaf = False

    def remaining(self) -> float:
        """Seconds: enough."""
        return 100.0

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """In silence."""

    def sweep(self, pause: float = 300) -> dict[str, int]:
        """One run, by default five minutes after the last."""
        self.clock.advance(pause)
        self.store.clock = self.clock.now()
        sides = DriftSources(lambda: self.users, self._recorded, self._has, self._expected)
        positions = Positions(self.store, self.clock)
        duty = FindDrift(self.store, self.clock, Cursor(positions, FindDrift.name), sides, (READ,), self._tell)
        return run([duty], self, positions)["drift"]

    def _tell(self, found: list[Finding], of: int, _digest: str) -> None:
        if self.deaf:
            raise Unavailable("The outbox cannot be written")
        self.told.append((found, of))

    def _recorded(self) -> RecordedUsers:
        users = {uin: RecordedUser(f"user{uin}", uin, (), {}, self.keys.get(uin, ())) for uin in self.users}
        return RecordedUsers(users, self.strays)

    def _has(self, uin: int) -> CamAccess:
        self.looked.append(uin)
        if uin in self.fails:
            self.fails.discard(uin)
            raise RuntimeError
        if uin in self.refused:
            raise ImAccessError("cloud_error", "CAM refuses to tell of somebody")
        return CamAccess(("key",), frozenset() if uin in self.lost else frozenset({READ}), {})

    def _expected(self, standing: RecordedUser | None) -> Expected | None:
        if standing and standing.uin in self.bodies:
            raise unreadable("event of life")
        return Expected("active", frozenset({READ}), frozenset({READ})) if standing else None


def test_what_differs_is_told_once_it_was_seen_twice() -> None:
    """In the run after the one that found it; then not again, until it changes; what is gone by then is not told."""
    world = World(3)
    world.lost = {1, 2}
    world.sweep()
    assert world.told == []
    world.lost = {2}
    world.sweep()
    assert [([one.user for one in found], of) for found, of in world.told] == [(["user2"], 1)]
    assert not [key for key in world.store.objects if key.startswith("sweep/drift-found/")]
    for _ in range(3):
        assert world.sweep() == {"done": 0, "failed": 0, "left": 0}
    world.clock.advance(DAY)
    world.sweep()
    world.sweep()
    assert len(world.told) == 1
    world.lost = {2, 3}
    world.clock.advance(DAY)
    world.sweep()
    world.sweep()
    assert [of for _, of in world.told] == [1, 2]


def test_a_round_goes_over_everybody_in_pieces() -> None:
    """So many in each run, nobody twice, whatever fails; and while it rests a run costs one or two calls."""
    world = World(MOST + 10)
    assert world.sweep()["done"] == MOST
    assert world.sweep()["done"] == 10
    assert sorted(world.looked) == sorted(world.users)
    world.sweep()
    world.store.calls.clear()
    world.sweep()
    assert sum(world.store.calls.values()) <= 2


@pytest.mark.parametrize("users", [0, 1])
def test_nothing_to_tell_tells_nobody(users: int) -> None:
    """A round without findings, or of an account without users, sends no notification."""
    world = World(users)
    for _ in range(4):
        world.sweep()
    assert world.told == []


def test_what_a_look_fails_at_ends_no_round() -> None:
    """One user whom CAM does not tell of keeps nobody from being compared."""
    world = World(3)
    world.lost, world.fails = {3}, {2}
    assert world.sweep() == {"done": 2, "failed": 1, "left": 0}
    world.sweep()
    assert [of for _, of in world.told] == [1]


def test_two_looks_are_minutes_apart_and_two_rounds_a_day() -> None:
    """CAM's reads lag: a run that follows within four minutes confirms nothing."""
    world = World(1)
    world.lost = {1}
    world.sweep()
    world.sweep(200)
    assert world.told == []
    world.sweep(41)
    assert len(world.told) == 1
    world.lost, looked = set(), len(world.looked)
    world.sweep(23 * 3600.0)
    assert len(world.looked) == looked
    world.sweep(3600.0)
    assert len(world.looked) > looked


def test_what_could_not_be_told_is_told_by_the_next_run() -> None:
    """And names a hundred differences at most, but says how many there are."""
    world = World(101)
    world.lost, world.deaf = set(world.users), True
    for _ in range(4):
        world.sweep()
    assert world.told == []
    world.deaf = False
    world.sweep()
    assert [(len(found), of) for found, of in world.told] == [(100, 101)]


def test_what_cannot_be_read_is_a_finding_and_keeps_nobody_from_being_compared() -> None:
    """A key or the body of one's record, and a key that is nobody's; what such a user has is not judged."""
    world = World(4)
    world.lost = {1, 2, 3}
    world.keys, world.bodies, world.strays = {1: ("ledger/1/x/odd",)}, {2}, ("ledger/odd",)
    for _ in range(2):
        assert world.sweep()["failed"] == 0
    ((found, of),) = world.told
    assert of == 4
    assert {(one.uin, one.user, one.kind, one.about) for one in found} == {
        (0, "-", "record_unreadable", "ledger/odd"),
        (1, "user1", "record_unreadable", "ledger/1/x/odd"),
        (2, "user2", "record_unreadable", ""),
        (3, "user3", "policy_missing", READ),
    }


def test_somebody_who_cannot_be_looked_at_again_holds_up_no_round() -> None:
    """For an hour it is tried again; then everybody else's differences are told."""
    world = World(2)
    world.lost = {1, 2}
    world.sweep()
    world.refused = {1}
    for _ in range(11):
        assert world.sweep()["failed"] == 1
    assert world.told == []
    assert world.sweep()["failed"] == 0
    assert [[one.user for one in found] for found, _ in world.told] == [["user2"]]
