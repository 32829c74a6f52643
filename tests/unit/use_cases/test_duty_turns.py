"""A run of the sweep: turns that are fair, items that fail alone, letters whose turn comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import ImAccessError, Unavailable
from shared.ports import Listed
from shared.use_cases.duties.cursor import Cursor, Position, Positions, Round
from shared.use_cases.duties.duty import Braked, Done, Held, Late
from shared.use_cases.duties.process_inbox import ProcessInbox
from shared.use_cases.duties.redrive_letters import KEPT, RedriveLetters
from shared.use_cases.duties.retry_round import tries
from shared.use_cases.duties.run_duties import run
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore


class Watch:
    """A run of a hundred seconds."""

    reserve = 5.0

    def __init__(self, clock: WorldClock, seconds: float = 100) -> None:
        self._clock = clock
        self._ends = clock.now() + seconds
        self.lines: list[dict[str, Any]] = []

    def remaining(self) -> float:
        """Seconds."""
        return self._ends - self._clock.now()

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Keep it."""
        self.lines.append({"event": event, "level": level, **values})


class Counting:
    """A duty whose items take a second each; those in `sick` fail."""

    def __init__(self, name: str, clock: WorldClock, items: int, sick: Sequence[str] = ()) -> None:
        self.name = name
        self._clock = clock
        self.items = [f"{name}{n}" for n in range(items)]
        self.sick = sick
        self.takes = 1.0
        self.done: list[str] = []
        self.left: Sequence[str] | None = None
        self.limit = items

    def due(self, late: Late) -> Sequence[str]:
        """All of them, in no time."""
        assert not late()
        return self.items

    def do(self, item: str) -> Done:
        """One second, or as many as it takes."""
        self.limit -= 1
        if self.limit < 0:
            raise Held
        self._clock.advance(self.takes)
        if item in self.sick:
            raise Unavailable("sick")
        self.done.append(item)
        return {"counted": 1}

    def ended(self, left: Sequence[str]) -> None:
        """Remember."""
        self.left = list(left)


class Odd(Counting):
    """A duty that breaks where nobody foresaw it."""

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - as the original
        """Never."""
        raise ZeroDivisionError("secret text")


class Stopped(Counting):
    """A duty whose brake holds."""

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - as the original
        """Too many."""
        raise Braked(11)


class Slow(Counting):
    """A duty that needs five seconds to find its item, and fifteen to do it, or fails as the time limit comes."""

    def __init__(self, name: str, clock: WorldClock, finished: set[str]) -> None:
        super().__init__(name, clock, 0 if name in finished else 1)
        self._finished = finished
        self.watch = Watch(clock)

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - as the original
        """Five seconds."""
        self._clock.advance(5)
        return self.items

    def do(self, item: str) -> Done:
        """Fifteen seconds, if there are as many."""
        if self.watch.remaining() < 15:
            self._clock.advance(max(0.0, self.watch.remaining()))
            raise Unavailable("The time limit is too near")
        self._clock.advance(15)
        self._finished.add(self.name)
        return {item: 1}


class Panic(BaseException):
    """No Exception."""


class Panicking(Counting):
    """A duty in whose items a native library panics."""

    error: type[BaseException] = Panic

    def do(self, item: str) -> Done:  # noqa: ARG002 - as the original
        """Never."""
        raise self.error


def nowhere(clock: WorldClock) -> Positions:
    """No duty has stopped anywhere."""
    return Positions(MemoryStore(), clock)


def test_time_is_shared_and_what_is_not_needed_flows_on() -> None:
    """Ten thousand items leave others their share, and are done in what those do not need; nothing is started late."""
    clock = WorldClock(1000.0)
    watch = Watch(clock)
    long, short, other = Counting("a", clock, 10_000), Counting("b", clock, 3), Counting("c", clock, 40)
    counts = run([long, short, other], watch, nowhere(clock))
    assert counts["b"] == {"done": 3, "failed": 0, "left": 0}
    assert counts["c"]["done"] >= 31
    assert 94 <= sum(one["done"] for one in counts.values()) <= 97
    assert counts["a"]["done"] + counts["a"]["left"] == 10_000
    assert long.left == long.items[len(long.done) :]
    assert watch.remaining() >= watch.reserve - 2


def test_what_takes_all_of_the_time_keeps_no_duty_from_its_turn() -> None:
    """Those for which there was no time are first in the next run; then the order is the usual one again."""
    clock = WorldClock(1000.0)
    positions = nowhere(clock)
    begun: list[list[str]] = []
    for _ in range(3):
        slow, other = Counting("slow", clock, 3), Counting("other", clock, 1)
        slow.takes = 200.0
        run([slow, other], Watch(clock), positions)
        begun.append([duty.name for duty in (slow, other) if duty.done])
    assert begun == [["slow"], ["slow", "other"], ["slow"]]


def test_what_fits_into_a_run_is_done_however_slow_it_is() -> None:
    """Though it takes each duty five seconds to look for work, so that the one that has some is reached as time runs
    out, in each run: a duty that was cut short comes first in the next one.
    """
    clock = WorldClock(1000.0)
    positions = nowhere(clock)
    done = {f"d{n}" for n in range(10)} - {"d4", "d9"}
    for _ in range(4):
        duties = [Slow(f"d{n}", clock, done) for n in range(10)]
        watch = Watch(clock, 30)
        for duty in duties:
            duty.watch = watch
        run(duties, watch, positions)
    assert done == {f"d{n}" for n in range(10)}


def test_a_panic_is_an_item_that_fails() -> None:
    """What is no Exception, such as a native library's panic, ends no run; what ends the process does."""
    clock = WorldClock(1000.0)
    one, other = Panicking("one", clock, 2), Counting("other", clock, 1)
    counts = run([one, other], Watch(clock), nowhere(clock))
    assert (counts["one"]["failed"], counts["other"]["done"]) == (2, 1)
    one.error = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        run([one, other], Watch(clock), nowhere(clock))


def test_a_long_run_is_told_of_each_minute() -> None:
    """Between two items, with the counters so far; the last minute is not whole."""
    clock = WorldClock(1000.0)
    told: list[tuple[float, int]] = []
    each_minute = lambda counts: told.append((clock.now(), counts["a"]["done"]))  # noqa: E731 - one line
    run([Counting("a", clock, 95)], Watch(clock), nowhere(clock), each_minute)
    assert told == [(1060, 60)]


def test_what_fails_fails_alone() -> None:
    """An item, a whole duty, an error that nobody foresaw, a brake: the rest is done; no error's text is logged."""
    clock = WorldClock(1000.0)
    watch = Watch(clock)
    duties = [Odd("odd", clock, 0), Stopped("stop", clock, 0), Counting("a", clock, 3, ["a1"]), Counting("b", clock, 1)]
    assert run(duties, watch, nowhere(clock)) == {
        "odd": {"done": 0, "failed": 1, "left": 0},
        "stop": {"done": 0, "failed": 0, "left": 11},
        "a": {"done": 2, "failed": 1, "left": 0},
        "b": {"done": 1, "failed": 0, "left": 0},
    }
    assert "secret" not in str(watch.lines)
    assert [line["duty"] for line in watch.lines if line["event"] == "duty"] == ["odd", "stop", "a", "b"]


@pytest.mark.parametrize("limit", [0, 10])
def test_items_that_always_fail_keep_no_other_from_its_turn(limit: int) -> None:
    """Neither where they use up the time of each run nor where they use up a limit; all others are tried in the order
    in which they would be without them.
    """
    clock = WorldClock(1000.0)
    positions = nowhere(clock)
    done: list[str] = []
    for _ in range(4):
        duty = Counting("a", clock, 240, [f"a{n}" for n in range(200)])
        duty.items = [item for item in duty.items if item not in done]
        if limit:
            duty.items = duty.items[185:]
            duty.limit = limit
        run([duty], Watch(clock), positions)
        done += duty.done
    assert done[:15] == [f"a{n}" for n in range(200, 215)]


def test_a_duty_with_nothing_to_do_is_told_of_but_not_logged() -> None:
    """A duty with nothing to do is in the counters, and has no line in the log."""
    clock = WorldClock(1000.0)
    watch = Watch(clock)
    assert run([Counting("a", clock, 0)], watch, nowhere(clock)) == {"a": {"done": 0, "failed": 0, "left": 0}}
    assert not watch.lines


@settings(deadline=None)  # the machine may be busy
@given(st.integers(1, 40), st.integers(1, 12), st.data())
def test_a_round_looks_at_everything_before_it_looks_again(objects: int, most: int, data: st.DataObject) -> None:
    """Whatever is left each time: within as many runs as it takes, each object was looked at."""
    clock, store = WorldClock(1000.0), MemoryStore()
    keys = [f"open/{n:03}" for n in range(objects)]
    for key in keys:
        store.create(key, b"{}")
    seen: set[str] = set()
    for _ in range(2 * objects + 2):
        clock.advance(1)
        looked = Round(store, Cursor(Positions(store, clock), "x"), "open/", most)
        rows = [row.key for row in looked.rows()]
        done = data.draw(st.integers(1, len(rows)))
        seen |= set(rows[:done])
        looked.ended(rows[done] if done < len(rows) else None)
    assert seen == set(keys)
    assert len(store.below("sweep/")) <= 1


def test_a_cursor_of_another_version_is_left_as_it_is() -> None:
    """A cursor of another version counts as none, and is not deleted."""
    clock, store = WorldClock(1000.0), MemoryStore()
    store.create("sweep/positions/98209999000000.json", b'{"v": 2, "duties": {"x": [7]}}')
    cursor = Cursor(Positions(store, clock), "x")
    assert cursor.read() == Position()
    cursor.move(Position("a"))
    assert store.get("sweep/positions/98209999000000.json") is not None


class Letters(MemoryStore):
    """A store that shows letters of a certain age."""

    def __init__(self, clock: WorldClock) -> None:
        super().__init__()
        self._clock = clock

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> list[Listed]:
        """With the age of each."""
        rows = super().below(prefix, limit=limit, after=after)
        return [Listed(row.key, self._clock.now() - 1000.0) for row in rows]


def test_letters_are_tried_with_growing_pauses_for_a_week() -> None:
    """By a timer of five minutes: often at first, at least once in 65 minutes, and no more after seven days."""
    clock = WorldClock(1000.0)
    store = Letters(clock)
    store.create("dead-letters/grant_policy/a.json", b"{}")
    tried: list[float] = []

    def redrive(key: str) -> str:
        assert key == "dead-letters/grant_policy/a.json"
        tried.append(clock.now() - 1000.0)
        if len(tried) % 2:
            raise ImAccessError("user_not_found")
        return "parked"

    for _ in range(9 * 288):
        clock.advance(300)
        duty = RedriveLetters(store, clock, Cursor(Positions(store, clock), "letters"), "dead-letters/", redrive)
        run([duty], Watch(clock), nowhere(clock))
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert tried[0] == 300
    assert pauses[:5] == sorted(pauses[:5])
    assert max(pauses) <= 3900
    assert KEPT - 3900 <= tried[-1] <= KEPT + 300


def test_the_tries_of_a_letter() -> None:
    """After 1, 3, 7, 15, 31 and 63 minutes, and then each hour."""
    due = [next(n for n in range(100_000) if tries(n) >= count) for count in range(1, 9)]
    assert due == [60, 180, 420, 900, 1860, 3780, 7380, 10980]


Looking = Callable[[Letters, WorldClock, Cursor], RedriveLetters | ProcessInbox]


PAGED: list[Looking] = [
    lambda store, clock, cursor: RedriveLetters(store, clock, cursor, "x/", lambda _key: ""),
    lambda store, clock, cursor: ProcessInbox(store, clock, cursor, "x/", lambda _key: {}),
]


@pytest.mark.parametrize("duty", PAGED)
def test_what_there_was_no_time_for_is_due_in_the_next_run(duty: Looking) -> None:
    """Of letters and events, which are due once in each pause: those that were left come again, and no others."""
    clock = WorldClock(1000.0)
    store = Letters(clock)
    for name in "ab":
        store.create(f"x/{name}.json", b"{}")
    clock.advance(90)
    for left, due in ((["x/b.json"], 2), ([], 1), ([], 0)):
        run_of = duty(store, clock, Cursor(Positions(store, clock), "x"))
        assert len(run_of.due(lambda: False)) == due
        run_of.ended(left)
        clock.advance(1)


@pytest.mark.parametrize("duty", PAGED)
def test_beyond_a_page_each_has_its_turn(duty: Looking, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, and though a run has time for two: all are tried before any is tried again, and again
    once more when their next try is due.
    """
    monkeypatch.setattr("shared.use_cases.duties.retry_round.PAGE", 5)
    clock = WorldClock(1000.0)
    store = Letters(clock)
    names = [f"x/{n:02}.json" for n in range(12)]
    for name in names:
        store.create(name, b"{}")
    clock.advance(90)
    for again in (0, 3600, 3600):
        clock.advance(again)
        tried: list[str] = []
        while len(tried) < len(names):
            run_of = duty(store, clock, Cursor(Positions(store, clock), "x"))
            due = list(run_of.due(lambda: False))
            assert len(due) <= 5
            tried += due[:2]
            run_of.ended(due[2:])
            clock.advance(1)
        assert tried == names
    for _ in range(4):
        run_of = duty(store, clock, Cursor(Positions(store, clock), "x"))
        assert not run_of.due(lambda: False)
        run_of.ended([])
        clock.advance(1)
