"""The pace by itself, and how instances that know nothing of each other share a quota by it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from benchmarks.throttle_simulation import simulate
from shared.deadline import Deadline
from shared.errors import ImAccessError, Unavailable
from shared.tencent.rate_limit import ActionLimiter, ConcurrencyLimiter, RateLimiter
from tests.unit.entrypoints.fakes import FakeClock


def times(limiter: ActionLimiter, count: int, start: float = 100.0) -> list[float]:
    """When calls that all queue up at once have their turns."""
    tickets = [limiter.take(start) for _ in range(count)]
    return [start + limiter.left(ticket, start) for ticket in tickets]


def test_calls_are_spread_evenly() -> None:
    """No ten calls within a second and no burst after a pause: the first at once, the others at the pace."""
    turns = times(ActionLimiter(10), 30)
    assert turns[0] == 100.0
    assert {round(b - a, 6) for a, b in pairwise(turns)} == {round(1 / 9.7, 6)}


def test_a_change_of_rate_is_felt_by_those_who_wait() -> None:
    """A cut delays those in the queue, and a recovery brings them forward."""
    limiter = ActionLimiter(10)
    last = [limiter.take(100.0) for _ in range(20)][-1]
    before = limiter.left(last, 100.0)
    limiter.throttled(sent=100.0, now=100.0)
    assert limiter.left(last, 100.0) == pytest.approx(before / 0.7)


def test_what_was_refused_together_counts_once() -> None:
    """Calls that were under way within the same second are told one thing: too fast."""
    limiter = ActionLimiter(10)
    for n in range(16):
        limiter.throttled(sent=100.0 + n / 16, now=101.0)
    assert limiter.rate == pytest.approx(9.7 * 0.7)
    limiter.throttled(sent=102.5, now=102.6)
    assert limiter.rate == pytest.approx(9.7 * 0.49)


def test_the_rate_has_a_floor_and_a_top() -> None:
    """However long a storm or a calm."""
    limiter = ActionLimiter(10)
    for n in range(100):
        limiter.throttled(sent=2.0 * n, now=2.0 * n)
    assert limiter.rate == pytest.approx(9.7 * 0.03)
    for n in range(100):
        limiter.succeeded(sent=300.0 + n, now=300.0 + n)
    assert limiter.rate == 9.7


def test_a_clock_that_jumps_harms_nobody() -> None:
    """Set back by an hour, or forward: no burst, and nobody waits for longer than the queue is."""
    for jump in (-3600.0, 3600.0):
        limiter = ActionLimiter(10)
        times(limiter, 5)
        turns = times(limiter, 5, 100.0 + jump)
        assert max(turns) - (100.0 + jump) < 1.5
        assert turns[-1] - turns[0] == pytest.approx(4 / 9.7)


def test_who_cannot_be_served_in_time_leaves_the_queue() -> None:
    """Unavailable at once, and the next invocation finds no queue."""
    pace, clock = RateLimiter(), FakeClock(100.0)
    limiter = pace.limiter("AttachUserPolicy")
    waiting = [limiter.take(100.0) for _ in range(100)]
    with pytest.raises(Unavailable):
        pace.wait("AttachUserPolicy", Deadline(clock, 105.0))
    assert clock.now() == 100.0
    for _ in waiting:
        limiter.give_back()
    pace.wait("AttachUserPolicy", Deadline(clock, 105.0))
    assert clock.now() - 100.0 < 0.2


def enter(slots: ConcurrencyLimiter, calls: int = 1, reserve: float = 5.0) -> bool:
    """Whether a request may begin at once."""
    try:
        slots.acquire(calls, reserve, lambda: True)
    except ImAccessError as error:
        return error.code != "out_of_time"
    return True


def grown(pace: RateLimiter, size: int) -> ConcurrencyLimiter:
    """A slots that has seen so many quick requests."""
    slots = pace.concurrency("AttachUserPolicy")
    for _ in range(size):
        assert enter(slots)
        slots.release(1, 0.3, 5.0)
    return slots


def test_room_is_what_the_pace_can_serve() -> None:
    """Records begin as long as those begun are served within half the reserve; the next gives up, unspent."""
    slots = grown(RateLimiter(), 100)
    assert [enter(slots) for _ in range(26)] == [True] * 25 + [False]
    slots.release(1, 0.3, 5.0)
    assert [enter(slots), enter(slots)] == [True, False]
    slots = grown(RateLimiter(), 100)
    assert [enter(slots, 20), enter(slots, 20), enter(slots)] == [True, True, False]


def test_a_slow_lane_has_room_for_few() -> None:
    """And a short time limit for less."""
    pace = RateLimiter()
    slots = grown(pace, 100)
    assert [enter(slots, reserve=1.5) for _ in range(9)] == [True] * 8 + [False]
    pace = RateLimiter()
    slots = grown(pace, 100)
    for n in range(20):
        pace.throttled("AttachUserPolicy", 2.0 * n, 2.0 * n)
    assert [enter(slots) for _ in range(5)] == [True] * 4 + [False]


def test_room_grows_and_shrinks_with_what_requests_take() -> None:
    """Quick ones make slots for more, replays for a few, slow ones halve it; one is always let in."""
    slots = RateLimiter().concurrency("AttachUserPolicy")

    def after(busy: float, times: int) -> float:
        for _ in range(times):
            assert enter(slots)
            slots.release(1, busy, 5.0)
        return slots._most

    assert after(0.0, 0) == 4
    assert after(0.0, 10) == 8
    assert after(1.0, 4) == 12
    assert after(0.0, 4) == 12
    assert after(3.0, 4) == 12
    assert after(4.5, 1) == 6
    assert after(4.5, 10) == 1


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
