"""Processes that can be killed at any remote call, on a clock that only moves when somebody waits.

A process is what the platform calls an instance: an `Instance` and its connections. All that it sends passes here, so a
test can stop it before or after any call; a dead process sends nothing more, from whichever of its threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests

from local.clock import FrozenClock
from shared.deadline import Deadline
from shared.instance import Instance
from shared.tencent.session import Connections

_COS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}


_begun = threading.local()
"""`at`: when this thread's call was let through, though other threads may have moved the clock since; `patience`: how
long it waits for its answer."""


class Killed(BaseException):
    """The process is dead. No `except Exception` of the code under test catches it, as none catches SIGKILL."""


class WorldClock(FrozenClock):
    """The one time of functions and cloud: it stands still, and sleeping moves it."""

    def __init__(self, at: float) -> None:
        super().__init__(at)
        self._lock = threading.Lock()

    def advance(self, seconds: float) -> None:
        """Move it, from any thread."""
        with self._lock:
            super().advance(seconds)

    def reach(self, moment: float) -> None:
        """Move it there, if it is not past that moment already."""
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
    """A remote call as its process knows it: the n-th of all and the m-th of its action, and what it is."""

    n: int
    m: int
    action: str
    target: str


@dataclass
class Plan:
    """What happens at one call: the n-th of all, or the n-th of an action; once."""

    do: Callable[[Process, Sent], object]
    when: str
    call: int
    action: str | None = None

    def due(self, sent: Sent, when: str) -> bool:
        """Whether the call is the one."""
        number = sent.n if self.action is None else sent.m if self.action == sent.action else 0
        return when == self.when and number == self.call


@dataclass(eq=False)
class Process:
    """An instance of a function, for one invocation or several."""

    clock: WorldClock
    call_takes: float
    plans: list[Plan] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    dead: bool = False

    def __post_init__(self) -> None:
        self.instance = Instance()
        self.instance.connections = _Connections(self)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give its sockets back; a process that goes on afterwards opens new ones."""
        connections = self.instance.connections
        for client in connections._clients.values():
            client.request.conn._session.close()
        if connections._http is not None:
            connections._http.close()

    def give_up_after(self, seconds: float) -> None:
        """Let the call that is about to be sent, and no other beside it, wait no longer than this; in real time."""
        _begun.patience = seconds

    def die(self, _sent: Sent | None = None) -> None:
        """Stop sending."""
        self.dead = True

    def send(self, send: Callable[..., requests.Response], request: requests.PreparedRequest) -> requests.Response:
        """One remote call with what is planned before and after it. Raises Killed."""
        with self._lock:
            self._breathe()
            action, target = _described(request)
            before = [sent.action for sent in self.sent]
            sent = Sent(len(before) + 1, before.count(action) + 1, action, target)
            self.sent.append(sent)
        self._strike(sent, "before")
        # Calls that are under way together take their time together.
        self.clock.reach(getattr(_begun, "at", self.clock.now()) + self.call_takes)
        patience, _begun.patience = getattr(_begun, "patience", None), None
        response = send() if patience is None else send(timeout=patience)
        try:
            self._strike(sent, "after")
        except Killed:
            response.close()
            raise
        return response

    def _strike(self, sent: Sent, when: str) -> None:
        with self._lock:
            due = [plan for plan in self.plans if plan.due(sent, when)]
        for plan in due:
            plan.do(self, sent)
        self._breathe()

    def _breathe(self) -> None:
        if self.dead:
            raise Killed


class _Connections(Connections):
    """Connections that say whose they are."""

    def __init__(self, process: Process) -> None:
        super().__init__()
        self._process = process

    def http(self) -> requests.Session:
        session = super().http()
        session.process = self._process  # type: ignore[attr-defined]
        return session

    def client(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the original
        client = super().client(*args, **kwargs)
        client.request.conn._session.process = self._process
        return client


def _described(request: requests.PreparedRequest) -> tuple[str, str]:
    parts = urlsplit(request.url or "")
    action = request.headers.get("X-TC-Action")
    if action:
        return action, ""
    key = parts.path.strip("/")
    if request.method == "POST":
        return "Notify", key
    if not key:
        prefix = parse_qs(parts.query).get("prefix", [""])[0]
        return ("GetBucketVersioning" if "versioning" in parts.query else "ListObjects"), prefix
    return _COS[request.method or ""], unquote(key)


class Guard:
    """Stands before `requests.Session.send`: every call of a running invocation must belong to a process."""

    def __init__(self) -> None:
        self.running = 0
        self._send = requests.Session.send
        self._spend = Deadline.spend
        self._lock = threading.Lock()

    def install(self) -> None:
        """Begin to watch."""
        guard = self

        def spend(deadline: Deadline, call: str) -> None:
            _begun.at = deadline.clock.now()
            guard._spend(deadline, call)

        def send(session: requests.Session, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # noqa: ANN401
            process = getattr(session, "process", None)
            if process is not None:
                answer: requests.Response = process.send(partial(guard._send, session, request, **how), request)
                return answer
            assert not guard.running, f"a remote call past the connections: {request.method}"
            return guard._send(session, request, **how)

        requests.Session.send = send  # type: ignore[method-assign,assignment]
        Deadline.spend = spend  # type: ignore[method-assign,assignment]

    def remove(self) -> None:
        """Leave."""
        requests.Session.send = self._send  # type: ignore[method-assign]
        Deadline.spend = self._spend  # type: ignore[method-assign]

    def __enter__(self) -> None:
        with self._lock:
            self.running += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.running -= 1
