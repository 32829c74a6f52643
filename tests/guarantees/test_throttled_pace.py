"""The pace by itself, and how instances that know nothing of each other share a quota by it."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from itertools import pairwise

import pytest

from benchmarks.throttle_simulation import simulate
from shared.cloud.budget import Budget
from shared.cloud.throttle import Lane, Pace
from shared.errors import ImAccessError, Unavailable
from tests.triggers.fakes import FakeClock


def times(lane: Lane, count: int, start: float = 100.0) -> list[float]:
    """When calls that all queue up at once have their turns."""
    tickets = [lane.take(start) for _ in range(count)]
    return [start + lane.left(ticket, start) for ticket in tickets]


def test_calls_are_spread_evenly() -> None:
    """No ten calls within a second and no burst after a pause: the first at once, the others at the pace."""
    turns = times(Lane(10), 30)
    assert turns[0] == 100.0
    assert {round(b - a, 6) for a, b in pairwise(turns)} == {round(1 / 9.7, 6)}


def test_a_change_of_rate_is_felt_by_those_who_wait() -> None:
    """A cut delays those in the queue, and a recovery brings them forward."""
    lane = Lane(10)
    last = [lane.take(100.0) for _ in range(20)][-1]
    before = lane.left(last, 100.0)
    lane.throttled(sent=100.0, now=100.0)
    assert lane.left(last, 100.0) == pytest.approx(before / 0.7)


def test_what_was_refused_together_counts_once() -> None:
    """Calls that were under way within the same second are told one thing: too fast."""
    lane = Lane(10)
    for n in range(16):
        lane.throttled(sent=100.0 + n / 16, now=101.0)
    assert lane.rate == pytest.approx(9.7 * 0.7)
    lane.throttled(sent=102.5, now=102.6)
    assert lane.rate == pytest.approx(9.7 * 0.49)


def test_the_rate_has_a_floor_and_a_top() -> None:
    """However long a storm or a calm."""
    lane = Lane(10)
    for n in range(100):
        lane.throttled(sent=2.0 * n, now=2.0 * n)
    assert lane.rate == pytest.approx(9.7 * 0.03)
    for n in range(100):
        lane.succeeded(sent=300.0 + n, now=300.0 + n)
    assert lane.rate == 9.7


def test_a_clock_that_jumps_harms_nobody() -> None:
    """Set back by an hour, or forward: no burst, and nobody waits for longer than the queue is."""
    for jump in (-3600.0, 3600.0):
        lane = Lane(10)
        times(lane, 5)
        turns = times(lane, 5, 100.0 + jump)
        assert max(turns) - (100.0 + jump) < 1.5
        assert turns[-1] - turns[0] == pytest.approx(4 / 9.7)


def test_who_cannot_be_served_in_time_leaves_the_queue() -> None:
    """Unavailable at once, and the next invocation finds no queue."""
    pace, clock = Pace(), FakeClock(100.0)
    lane = pace.lane("AttachUserPolicy")
    waiting = [lane.take(100.0) for _ in range(100)]
    with pytest.raises(Unavailable):
        pace.wait("AttachUserPolicy", Budget(clock, 105.0))
    assert clock.now() == 100.0
    for _ in waiting:
        lane.give_back()
    pace.wait("AttachUserPolicy", Budget(clock, 105.0))
    assert clock.now() - 100.0 < 0.2


def test_room_is_what_can_be_served() -> None:
    """Requests begin as long as those begun are served within the time; then they wait, and give up unspent."""
    pace, clock = Pace(), FakeClock(100.0)

    def begin(calls: int) -> AbstractContextManager[None]:
        return pace.room("AttachUserPolicy", calls, clock, 2.5, lambda: clock.now() > 101.0)

    with ExitStack() as begun:
        for _ in range(25):
            begun.enter_context(begin(1))
        assert clock.now() == 100.0
        with pytest.raises(ImAccessError, match="out_of_time"):
            begun.enter_context(begin(1))
        assert clock.now() > 101.0
    with begin(20), begin(20), pytest.raises(ImAccessError, match="out_of_time"), begin(1):
        pass


BOUNDS = [(1, 0.95, 0.0, 1.0), (2, 0.8, 0.12, 0.85), (4, 0.8, 0.18, 0.85), (16, 0.75, 0.33, 0.85)]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("instances", "used", "throttled", "fairness"), BOUNDS)
def test_instances_share_a_quota(instances: int, used: float, throttled: float, fairness: float, seed: int) -> None:
    """Without a coordinator: most of the quota is used, a bounded share of the calls refused, and all get the same."""
    result = simulate(instances, seconds=200, seed=seed)
    assert result.per_second >= 10 * used
    assert result.throttled <= throttled
    assert result.fairness >= fairness


def test_refusals_that_count_do_not_starve_anybody() -> None:
    """Nor if the service counts what it refuses: then a client that only repeats gets nothing at all."""
    result = simulate(16, seconds=200, counts_refused=True)
    assert result.per_second >= 5
    assert result.fairness >= 0.9


@pytest.mark.parametrize("start", [0, 5])
def test_a_storm_is_soon_forgotten(start: int) -> None:
    """200 calls, with half of all refused for 10 seconds: done within 45 seconds, of which 20 are the quota's."""
    assert simulate(1, warm_up=0, grants=200, storm=(start, start + 10)).ended < 45
