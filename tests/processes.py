"""Processes that can be killed at any remote call, on a clock that only moves when somebody waits.

A process stands for what the platform calls an instance: an `Instance` and its connections. All its calls pass through
here, so a test can stop it before or after any call; no thread of a dead process sends anything more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

from local.clock import FrozenClock
from shared.bootstrap.instance import Instance
from shared.deadline import Deadline
from shared.tencent.http import Answer, Call, Http, Limits, NoAnswer
from tests.wire import Wire

_begun = threading.local()
"""`at`: when this thread's call was let through, though other threads may have moved the clock since; `patience`: how
long it waits for its answer; `holds`: whether the call is held back."""


Send = Callable[[Call, Limits], Answer]


class Killed(SystemExit):
    """The process is dead. No code under test catches this exception, just as none catches SIGKILL."""


class WorldClock(FrozenClock):
    """The clock of functions and cloud: it stands still, and sleeping moves it forward."""

    def __init__(self, at: float) -> None:
        super().__init__(at)
        self._lock = threading.Lock()

    def advance(self, seconds: float) -> None:
        """Move the clock forward, from any thread."""
        with self._lock:
            super().advance(seconds)

    def reach(self, moment: float) -> None:
        """Move the clock to a moment, unless it is past that moment already."""
        with self._lock:
            super().advance(max(0.0, moment - self.now()))

    def sleep(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self.advance(max(0.0, seconds))

    def time(self) -> float:
        """What Tencent's SDK asks of the module `time`, in whose place the clock stands."""
        return self.now()


@dataclass(frozen=True)
class Sent:
    """A remote call: its number among all calls of the process and among those of its action, and what it is."""

    n: int
    m: int
    action: str
    target: str


@dataclass
class Plan:
    """What happens once, at the n-th call of all or of an action."""

    do: Callable[[Process, Sent], object]
    when: str
    call: int
    action: str | None = None

    def due(self, sent: Sent, when: str) -> bool:
        """Whether this is the call."""
        number = sent.n if self.action is None else sent.m if self.action == sent.action else 0
        return when == self.when and number == self.call


@dataclass(eq=False)
class Process:
    """An instance of a function, for one invocation or several."""

    clock: WorldClock
    call_takes: float
    plans: list[Plan] = field(default_factory=list)
    wire: Wire | None = None
    sent: list[Sent] = field(default_factory=list)
    dead: bool = False
    held: Call | None = None

    def __post_init__(self) -> None:
        self.instance = Instance(_Http(self))
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close its sockets; a process that goes on afterwards opens new ones."""
        self.instance.http.close()

    def give_up_after(self, seconds: float) -> None:
        """Let only the call that is about to be sent wait no longer than this, in real time."""
        _begun.patience = seconds

    def give_up(self, _sent: Sent) -> None:
        """Let the call that is about to be sent get no answer; it is held back."""
        _begun.holds = True

    def die(self, _sent: Sent | None = None) -> None:
        """Send nothing more."""
        self.dead = True

    def send(self, send: Send, call: Call, limits: Limits) -> Answer:
        """Send a remote call, with what is planned before and after it. Raises Killed."""
        with self._lock:
            self._breathe()
            action, target = _described(call)
            before = [sent.action for sent in self.sent]
            sent = Sent(len(before) + 1, before.count(action) + 1, action, target)
            self.sent.append(sent)
        self._strike(sent, "before")
        # Calls that are under way together take their time together.
        self.clock.reach(getattr(_begun, "at", self.clock.now()) + self.call_takes)
        patience, _begun.patience = getattr(_begun, "patience", None), None
        if getattr(_begun, "holds", False):
            _begun.holds, self.held = False, call
            raise NoAnswer(call.action, "time")
        if self.wire and patience is None and self.wire.open:
            answer = self.wire.send(call)
        else:
            answer = send(call, limits if patience is None else limits._replace(total=patience))
        self._strike(sent, "after")
        return answer

    def _strike(self, sent: Sent, when: str) -> None:
        with self._lock:
            due = [plan for plan in self.plans if plan.due(sent, when)]
        for plan in due:
            plan.do(self, sent)
        self._breathe()

    def _breathe(self) -> None:
        if self.dead:
            raise Killed


class _Http(Http):
    """The client of a process, which says whose it is."""

    def __init__(self, process: Process) -> None:
        super().__init__()
        self.process = process


def _described(call: Call) -> tuple[str, str]:
    """The action, and what it is about."""
    parts = urlsplit(call.url)
    key = parts.path.strip("/")
    if "X-TC-Action" in call.headers:
        return call.action, ""
    return call.action, unquote(key) or parse_qs(parts.query).get("prefix", [""])[0]


class Guard:
    """Wraps `Http.send`, and checks that every call of a running invocation belongs to a process."""

    def __init__(self) -> None:
        self.running = 0
        self._send = Http.send
        self._spend = Deadline.spend
        self._lock = threading.Lock()

    def install(self) -> None:
        """Begin to watch."""
        guard = self

        def spend(deadline: Deadline, call: str) -> None:
            _begun.at = deadline.clock.now()
            guard._spend(deadline, call)

        def send(http: Http, call: Call, limits: Limits) -> Answer:
            if isinstance(http, _Http):
                return http.process.send(partial(guard._send, http), call, limits)
            assert not guard.running, f"a remote call past the processes: {call.method}"
            return guard._send(http, call, limits)

        Http.send = send  # type: ignore[method-assign,assignment]
        Deadline.spend = spend  # type: ignore[method-assign,assignment]

    def remove(self) -> None:
        """Leave."""
        Http.send = self._send  # type: ignore[method-assign]
        Deadline.spend = self._spend  # type: ignore[method-assign]

    def __enter__(self) -> None:
        with self._lock:
            self.running += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.running -= 1
