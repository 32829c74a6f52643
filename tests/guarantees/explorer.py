"""All interleavings of several executors: every order of their calls, with crashes, lost answers and late writes.

The real code runs, unchanged and in one thread. An executor is a function of the answers it has received: it is run
from its start with the answers it has had so far, and stopped at the first remote call beyond them. So a state is a
plain value (the services, each executor's answers, the writes still under way), equal states are explored once, and the
search is complete: what it does not find is not there, within its bounds (ticks of the clock, faults).
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic, NamedTuple, TypeVar

from shared.errors import ImAccessError, OutcomeUnknown, Unavailable
from tests.guarantees.remote import LIMIT, Beyond, Remote
from tests.guarantees.services import EFFECTS, WRITES, Call, Services

H = TypeVar("H", bound=Hashable)


class Numbered(Generic[H]):
    """Values and their numbers, so that states are small and quickly compared."""

    def __init__(self) -> None:
        self._numbers: dict[H, int] = {}
        self._values: list[H] = []

    def __getitem__(self, number: int) -> H:
        return self._values[number]

    def number(self, value: H) -> int:
        """The value's number; a new one for a new value."""
        number = self._numbers.setdefault(value, len(self._values))
        if number == len(self._values):
            self._values.append(value)
        return number


class Flying(NamedTuple):
    """A write of an executor that no longer waits for it: it takes effect at any moment until then, or never."""

    runner: int
    call: Call
    until: int


class Attempt(NamedTuple):
    """A delivery that is being worked on: of which program, since when, and what it has been answered, each with its
    time.
    """

    program: int
    started: int
    answers: tuple[tuple[Any, int], ...] = ()


IDLE, DONE = -1, -2
"""In place of an attempt's number: between two deliveries, and when no further one is needed."""


class State(NamedTuple):
    """All there is at a moment: the number of the services, each runner's attempt, the late writes, the faults left.

    Where preemptions are counted, `last` is the runner that moved last, and `preemptions` are left.
    """

    services: int
    runners: tuple[int, ...]
    flying: frozenset[Flying]
    faults: int
    last: int = -1
    preemptions: int = 0

    def turn(self, n: int, attempt: int) -> State:
        """The same with another attempt of one runner."""
        runners = (*self.runners[:n], attempt, *self.runners[n + 1 :])
        return State(self.services, runners, self.flying, self.faults)

    @property
    def over(self) -> bool:
        """Whether nothing can happen any more."""
        return not self.flying and self.runners.count(DONE) == len(self.runners)


class Position(NamedTuple):
    """Where an attempt stands: the call it is about to make, or its end."""

    call: Call | None
    working: bool
    error: ImAccessError | None = None


Label = tuple[object, ...]
"""What a step was, in parts: they are put into words only where a way is told."""
Program = Callable[[Remote], object]
"""An executor's code. Raises ImAccessError to be delivered again."""


@dataclass
class Explorer:
    """The search.

    `programs` are what the runners run: each its own, or as `runners` says. `folder` is where a program's receipt comes
    to be, which says that its request is finished: none of its effects may come after. `check_end` is asked about every
    state in which all are done, and raises AssertionError. Time passes `ticks` times, by `tick` seconds; without ticks,
    an executor is delivered again when nothing of it is under way any more, which is what the leases are there for.
    With `rest`, so many seconds pass once, while nobody is at work: what a dead executor held has run out then.
    `deaths`: a fault is a death, not a refusal or an answer that is lost.
    `preemptions`: so many times at most another runner goes on though the one before it could; by default any number.
    That bounds the depth of three runners, and is what most faults of three need: https://dl.acm.org/doi/10.1145/1250734.1250785
    """

    programs: list[Program]
    start: Services
    check_end: Callable[[Services], None]
    folder: Callable[[int], str] = str
    runners: list[int] = field(default_factory=list)
    faults: int = 1
    ticks: int = 0
    tick: int = 0
    rest: int = 0
    deaths: bool = False
    preemptions: int | None = None
    states: int = 0

    def __post_init__(self) -> None:
        self.runners = self.runners or list(range(len(self.programs)))
        self._services: Numbered[Services] = Numbered()
        self._attempts: Numbered[Attempt] = Numbered()
        self._positions = {IDLE: Position(None, False), DONE: Position(None, False)}
        self._performed: dict[tuple[int, int, Call], tuple[Any, int]] = {}
        self._came: dict[State, tuple[State, Label] | None] = {}
        self._before: dict[State, list[State]] = {}

    def explore(self) -> None:
        """Visit every reachable state. Raises AssertionError with the way that led to a bad one."""
        # Nothing of it is garbage, and looking through it all again and again is half the time.
        gc.disable()
        try:
            self._explore()
        finally:
            gc.enable()

    def _explore(self) -> None:
        first = State(self._services.number(self.start), (IDLE,) * len(self.runners), frozenset(), self.faults)
        first = first._replace(preemptions=self.preemptions or 0)
        came, before, waiting = self._came, self._before, deque([first])
        came[first], before[first] = None, []
        while waiting:
            state = waiting.popleft()
            try:
                self._check(state)
                for label, following in self._steps(state):
                    if following in came:
                        before[following].append(state)
                    else:
                        came[following], before[following] = (state, label), [state]
                        waiting.append(following)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self._way(state)}") from None
        self.states = len(self._came)
        self._check_progress()

    def _check(self, state: State) -> None:
        positions = map(self._position, state.runners)
        holders = [n for n, position in zip(self.runners, positions, strict=True) if position.working]
        assert len(holders) == len(set(holders)), "two executors hold the claim of one request"
        if state.over:
            self.check_end(self._services[state.services])

    def _check_progress(self) -> None:
        """From each state that has time left an end can be reached: nobody is stuck."""
        alive = {state for state in self._came if state.over}
        waiting = deque(alive)
        while waiting:
            for state in self._before.get(waiting.popleft(), []):
                if state not in alive:
                    alive.add(state)
                    waiting.append(state)
        for state in self._came:
            assert state in alive or self._too_late(state), f"stuck\n{self._way(state)}"

    def _too_late(self, state: State) -> bool:
        """Whether no lease can run out once more before time ends."""
        in_time = self._services[state.services].now + LIMIT + self.tick <= self.ticks * self.tick
        return self.ticks > 0 and not in_time

    def _steps(self, state: State) -> Iterator[tuple[Label, State]]:
        if self.preemptions is None:
            yield from self._moves(state)
            return
        for label, following in self._moves(state):
            runner = label[0] if isinstance(label[0], int) else state.last
            left = state.preemptions - self._preempts(state, runner)
            yield label, following._replace(last=runner, preemptions=left)

    def _preempts(self, state: State, runner: int) -> bool:
        return runner != state.last and state.last >= 0 and state.runners[state.last] >= 0

    def _may_go_on(self, state: State, runner: int) -> bool:
        return self.preemptions is None or state.preemptions > 0 or not self._preempts(state, runner)

    def _moves(self, state: State) -> Iterator[tuple[Label, State]]:
        now = self._services[state.services].now
        for n, one in enumerate(state.runners):
            if self._may_go_on(state, n):
                yield from self._advance(state, n, one) if one >= 0 else self._deliver(state, n)
        for late in state.flying:
            flying = state.flying - {late}
            services = self._perform(state.services, self.runners[late.runner], late.call)[1]
            yield ("late", late.call), State(services, state.runners, flying, state.faults)
            if not self.ticks:
                yield ("lost", late.call), State(state.services, state.runners, flying, state.faults)
        if self._services[state.services].lagging:
            shown = replace(self._services[state.services], lagging=False)
            yield ("CAM's reads catch up",), state._replace(services=self._services.number(shown))
        idle = IDLE in state.runners and not state.flying and all(one < 0 for one in state.runners)
        if self.rest and idle and state.faults < self.faults and now == self.start.now:
            rested = replace(self._services[state.services], now=now + self.rest)
            yield ("nobody is at work",), state._replace(services=self._services.number(rested))
        # A tick that ends every attempt is needed after a fault alone: nobody else leaves a claim behind.
        if now < self.ticks * self.tick and (self.tick < LIMIT or state.faults < self.faults):
            later = self._later(state)
            if later.faults >= 0:
                yield ("time passes",), later

    def _deliver(self, state: State, n: int) -> Iterator[tuple[Label, State]]:
        if state.runners[n] == IDLE and (self.ticks or all(late.runner != n for late in state.flying)):
            attempt = Attempt(self.runners[n], self._services[state.services].now)
            yield (n, "delivered"), state.turn(n, self._attempts.number(attempt))

    def _advance(self, state: State, n: int, attempt: int) -> Iterator[tuple[Label, State]]:
        position = self._position(attempt)
        if position.call is None:
            label = position.error.code if position.error else "done"
            yield (n, label), state.turn(n, IDLE if position.error else DONE)
            return
        answer, services = self._perform(state.services, self.runners[n], position.call)
        told = State(services, state.runners, state.flying, state.faults)
        yield (n, position.call), told.turn(n, self._told(told, attempt, answer))
        if state.faults:
            failing = State(state.services, state.runners, state.flying, state.faults - 1)
            yield from self._fail(failing, n, attempt, position.call)

    def _fail(self, state: State, n: int, attempt: int, call: Call) -> Iterator[tuple[Label, State]]:
        """The executor dies, or its call is refused; and if it is a write, it may still be on its way."""
        yield (n, "dies before", call), state.turn(n, IDLE)
        if not self.deaths:
            yield (n, "throttled", call), state.turn(n, self._told(state, attempt, _REFUSED))
        if call.name in WRITES:
            late = Flying(n, call, self._attempts[attempt].started + LIMIT)
            flying = State(state.services, state.runners, state.flying | {late}, state.faults)
            yield (n, "dies while this is under way", call), flying.turn(n, IDLE)
            if not self.deaths:
                yield (n, "the answer is lost", call), flying.turn(n, self._told(state, attempt, _UNKNOWN))

    def _later(self, state: State) -> State:
        """Whoever has reached the time limit is dead, which is a fault, and so is what was under way."""
        services = self._services[state.services]
        now = services.now + self.tick
        dead = [one >= 0 and self._attempts[one].started + LIMIT <= now for one in state.runners]
        return State(
            self._services.number(replace(services, now=now)),
            tuple(IDLE if gone else one for one, gone in zip(state.runners, dead, strict=True)),
            frozenset(late for late in state.flying if late.until > now),
            state.faults - sum(dead),
        )

    def _told(self, state: State, attempt: int, answer: Any) -> int:  # noqa: ANN401 - whatever the call answers
        before = self._attempts[attempt]
        answers = (*before.answers, (answer, self._services[state.services].now))
        return self._attempts.number(before._replace(answers=answers))

    def _perform(self, number: int, program: int, call: Call) -> tuple[Any, int]:
        found = self._performed.get((number, program, call))
        if found is None:
            services = self._services[number]
            answer, after = services.answer(call)
            finished = services.receipt(self.folder(program)) is not None
            late = call.name in EFFECTS and after != services and finished
            assert not late, f"{_named(call)} of a request that is finished"
            found = self._performed[number, program, call] = (answer, self._services.number(after))
        return found

    def _position(self, attempt: int) -> Position:
        found = self._positions.get(attempt)
        if found is None:
            found = self._positions[attempt] = self._run(self._attempts[attempt])
        return found

    def _run(self, attempt: Attempt) -> Position:
        remote = Remote(attempt.started, attempt.answers)
        try:
            self.programs[attempt.program](remote)
        except Beyond as beyond:
            return Position(beyond.call, remote.working)
        except ImAccessError as error:
            return Position(None, False, error)
        return Position(None, False)

    def _way(self, state: State) -> str:
        labels: list[str] = []
        while step := self._came[state]:
            labels.append(": ".join(_named(part) if isinstance(part, Call) else str(part) for part in step[1]))
            state = step[0]
        return "\n".join(reversed(labels))


def settled(services: Services, program: Program) -> Services:
    """What the services are once a program has run by itself. Raises what it raises."""
    answers: tuple[tuple[Any, int], ...] = ()
    while True:
        try:
            program(Remote(services.now, answers))
        except Beyond as beyond:
            answer, services = services.answer(beyond.call)
            answers = (*answers, (answer, services.now))
        else:
            return services


_REFUSED = Unavailable("throttled")
_UNKNOWN = OutcomeUnknown("a write", in_flight=True)


def _named(call: Call) -> str:
    return f"{call.name} {' '.join(str(one) for one in call.args if not isinstance(one, bytes))}"
