"""Runs the duties of the sweep. Each duty gets a share of the remaining time, in turn.

Time that a duty does not need goes to the duties after it. Time that is left after a round is shared again among the
duties that have items left. So a duty with ten thousand items does not keep another from its single one. Within a duty,
each item is tried before any is tried again, however many runs that takes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from shared.errors import ImAccessError
from shared.unexpected_errors import EXITS
from shared.use_cases.duties.cursor import Cursor, ItemOrder, Position, Positions
from shared.use_cases.duties.duty import Braked, Duty, Held, Watch

Counts = dict[str, dict[str, int]]
MINUTE = 60.0
_FIRST = "first"
"""The name under which it is stored with which duty the next run begins."""


class DutyRun:
    """One duty in one run."""

    def __init__(self, duty: Duty, watch: Watch, row: ItemOrder, after: Callable[[], None]) -> None:
        self._duty = duty
        self._row = row
        self._watch = watch
        self._after = after
        self._found = False
        self._failed_late = False
        self._items: deque[str] = deque()
        self._held: list[str] = []
        self._braked = 0
        self._numbers = Counter(done=0, failed=0)
        self._details: Counter[str] = Counter()

    @property
    def name(self) -> str:
        """The name of the duty."""
        return self._duty.name

    @property
    def began(self) -> bool:
        """Whether it had a turn in this run."""
        return self._found

    @property
    def waits(self) -> bool:
        """Whether it needs another turn."""
        return not self._found or bool(self._items)

    @property
    def cut_short(self) -> bool:
        """Whether the end of the run has kept it from something: from an item, or from finishing one."""
        return bool(self._items) or self._failed_late

    def go(self, seconds: float) -> None:
        """Find what is due (the first time), and do items for this many seconds, at least one. Never raises."""
        until = self._watch.remaining() - seconds
        if not self._found:
            self._found = True
            self._try(lambda: self._find(until + seconds / 2))
        while self._items:
            item = self._items.popleft()
            self._try(partial(self._do, item), item)
            self._after()
            if self._watch.remaining() <= until:
                return

    @property
    def counts(self) -> dict[str, int]:
        """The counters so far."""
        return {**self._numbers, "left": len(self._items) + len(self._held) + self._braked}

    def end(self) -> dict[str, int]:
        """Record where the next run begins, log what was done, and return the counters. Never raises."""
        left = list(self._items)
        if self._found and not self._braked:
            self._try(lambda: self._duty.ended(left))
            self._try(lambda: self._row.ended([*self._held, *left]))
        counts = self.counts
        if any(counts.values()):
            self._watch.log("duty", duty=self._duty.name, counts=counts, details=dict(self._details))
        return counts

    def _find(self, until: float) -> None:
        try:
            self._items.extend(self._row.begun(self._duty.due(lambda: self._watch.remaining() <= until)))
        except Braked as braked:
            self._braked = braked.left
            self._details["stopped"] = braked.left

    def _do(self, item: str) -> None:
        try:
            details = self._duty.do(item)
        except Held:
            self._held.append(item)
            self._details["stopped"] += 1
            return
        self._details.update(details)
        self._numbers["done"] += bool(details)

    def _try(self, work: Callable[[], None], item: str = "") -> None:
        log, duty = self._watch.log, self._duty.name
        try:
            work()
            return
        except ImAccessError as error:
            level = error.meaning.level
            log("duty_failed", level=level, code=error.code, detail=error.detail, duty=duty, item=item or None)
        except EXITS:
            raise
        except BaseException as error:  # noqa: BLE001 - no item keeps another from being done; a text may hold anything
            name = type(error).__name__
            log("duty_failed", level="error", code="internal_error", exception=name, duty=duty, item=item or None)
        self._numbers["failed"] += 1
        self._failed_late = _spare(self._watch) <= 0


def run(
    duties: Sequence[Duty], watch: Watch, positions: Positions, each_minute: Callable[[Counts], None] = lambda _: None
) -> Counts:
    """Do what is due, as far as time allows. Returns `{"duty": {"done": n, "failed": n, "left": n}}` for every duty.

    `positions`: for each duty, the item with which the run begins, if the last run did not try all items; and the duty
    with which it begins, if the last run had no time for it, or not enough. So a duty that uses all the time does not
    block others for ever, and whatever fits into a run is done, however slow it is. `each_minute`: called with the
    counters so far, between two items, once in each minute of a long run. Never raises.
    """
    logged_at = watch.remaining()

    def after() -> None:
        nonlocal logged_at
        if logged_at - watch.remaining() >= MINUTE:
            logged_at = watch.remaining()
            each_minute({name: turn.counts for name, turn in turns.items()})

    rows = {duty.name: ItemOrder(Cursor(positions, f"{duty.name} row")) for duty in duties}
    turns = {duty.name: DutyRun(duty, watch, rows[duty.name], after) for duty in duties}
    begins = Cursor(positions, _FIRST)
    order = waiting = _from(_first(begins), list(turns.values()))
    while waiting and _spare(watch) > 0:
        for place, turn in enumerate(waiting):
            if _spare(watch) > 0:
                turn.go(_spare(watch) / (len(waiting) - place))
        waiting = [turn for turn in waiting if turn.waits]
    # If that cannot be stored, the next run begins with the same duty as this one.
    with suppress(ImAccessError):
        begins.move(Position(_next_first(order)))
    return {name: turn.end() for name, turn in turns.items()}


def _next_first(order: list[DutyRun]) -> str:
    """The duty with which the next run begins: the last that had a turn, if the time was too short for it. The one with
    which this run began had all of the time, so it is passed on.
    """
    begun = [turn for turn in order if turn.began]
    if len(begun) > 1 and begun[-1].cut_short:
        return begun[-1].name
    return next((turn.name for turn in order if not turn.began), "")


def _first(begins: Cursor) -> str:
    try:
        return begins.read().after
    except ImAccessError:
        return ""


def _from(name: str, turns: list[DutyRun]) -> list[DutyRun]:
    """All of them, beginning with this duty."""
    first = next((n for n, turn in enumerate(turns) if turn.name == name), 0)
    return turns[first:] + turns[:first]


def _spare(watch: Watch) -> float:
    return watch.remaining() - watch.reserve
