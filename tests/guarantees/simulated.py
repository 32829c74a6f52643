"""The functions on simulated time: many threads, one of which runs at a time, and a clock that moves when all sleep.

Calls go to the local cloud without a network: each waits half its latency, is answered at once, and waits the other
half. So minutes of a throttled batch take as long as its computations do, and give the same numbers each time.
"""

from __future__ import annotations

import base64
import heapq
import itertools
import json
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from local.accounts import Credentials
from local.api import ApiEndpoint
from local.cam.records import User
from local.cam.responses import CAM
from local.clock import Clock
from local.cloud import LocalCloud
from local.cos.responses import CosEndpoint
from local.request_handler import Endpoint
from local.sts.responses import STS
from shared.bootstrap.instance import Instance
from shared.tencent.concurrency_limit import ConcurrencyLimiter
from shared.tencent.http import Answer as HttpAnswer
from shared.tencent.http import Call, Http, Limits
from shared.tencent.rate_limit import RateLimiter
from tests.fakes import invoke
from tests.receiver import Receiver
from tests.wire import exchanged

START = 1_790_000_000.0
API, COS, HOOK = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"
LATENCY = {API: 0.040, COS: 0.015}
S = TypeVar("S")
T = TypeVar("T")


class SimulatedClock(Clock):
    """Time that threads share: whoever sleeps hands over to the next who is to wake, and only one runs at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._now = START
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, threading.Event]] = []

    def now(self) -> float:
        """The simulated moment."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let the others run until then."""
        woken = self.wake_at(self._now + max(0.0, seconds))
        self.hand_over()
        woken.wait()

    def wake_at(self, moment: float) -> threading.Event:
        """An event that is set when it is the turn of whoever waits for it."""
        event = threading.Event()
        heapq.heappush(self._sleepers, (moment, next(self._order), event))
        return event

    def hand_over(self) -> None:
        """Wake the next: time moves on to its moment."""
        moment, _, event = heapq.heappop(self._sleepers)
        self._now = max(self._now, moment)
        event.set()


class SimulatedThreads:
    """In place of `side_by_side`: its threads live on the simulated clock."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock = clock

    def __call__(self, work: Callable[[S], T], items: Sequence[S], workers: int) -> list[T]:
        """The results in order; the first error is raised after all have ended."""
        waiting, results, errors = iter(enumerate(items)), dict[int, T](), list[BaseException]()
        finished, running = threading.Event(), workers

        def run(turn: threading.Event) -> None:
            nonlocal running
            turn.wait()
            for n, item in waiting:
                try:
                    results[n] = work(item)
                except BaseException as error:  # noqa: BLE001 - raised in the caller's thread
                    errors.append(error)
            running -= 1
            if not running:
                heapq.heappush(self.clock._sleepers, (self.clock.now(), next(self.clock._order), finished))
            self.clock.hand_over()

        threads = [
            threading.Thread(target=run, args=(self.clock.wake_at(self.clock.now()),), daemon=True)
            for _ in range(running)
        ]
        for thread in threads:
            thread.start()
        self.clock.hand_over()
        finished.wait()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return [results[n] for n in range(len(items))]


class _Wire:
    """The way to one service, without a network."""

    def __init__(self, cloud: LocalCloud, endpoint: Endpoint, clock: SimulatedClock, latency: float) -> None:
        self._cloud, self._door, self._clock, self.latency = cloud, endpoint, clock, latency

    def send(self, call: Call) -> HttpAnswer:
        """One call."""
        self._clock.sleep(self.latency / 2)
        answer = exchanged(self._cloud, self._door, call)
        assert answer, "nothing is dropped here"
        self._clock.sleep(self.latency / 2)
        return answer


class _Serial(_Wire):
    """The way to a cloud that does one thing after the other, whichever service is asked and however many ask."""

    def __init__(self, wire: _Wire, latency: float, busy_until: list[float]) -> None:
        super().__init__(wire._cloud, wire._door, wire._clock, 0.0)
        self._takes, self._busy_until = latency, busy_until

    def send(self, call: Call) -> HttpAnswer:
        """One call, when its turn has come."""
        done = max(self._clock.now(), self._busy_until[0]) + self._takes
        self._busy_until[0] = done
        self._clock.sleep(done - self._clock.now())
        return super().send(call)


class _Wired(Http):
    """The client of an instance, connected to the simulated services."""

    def __init__(self, wires: dict[str, _Wire]) -> None:
        super().__init__()
        self._wires = wires

    def send(self, call: Call, limits: Limits) -> HttpAnswer:  # noqa: ARG002 - nothing is late here
        """One call."""
        return next(wire for url, wire in self._wires.items() if call.url.startswith(url)).send(call)


@dataclass(frozen=True)
class Run:
    """One invocation: what it returned or raised, and the simulated seconds that it took."""

    returned: dict[str, int] | None
    error: Exception | None
    seconds: float


class Simulation:
    """The cloud, one warm instance, and the time."""

    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.cloud = LocalCloud(clock=self.clock, seed=1)
        cam = ApiEndpoint(self.cloud._accounts, self.clock, self.cloud.cam, (CAM, STS))
        cos = CosEndpoint(self.cloud._accounts, self.clock, self.cloud.cos)
        self.wires = {
            API: _Wire(self.cloud, cam, self.clock, LATENCY[API]),
            COS: _Wire(self.cloud, cos, self.clock, LATENCY[COS]),
        }
        self.instance = self.another()
        role: Credentials = self.cloud.role_credentials(lifetime=1e9)
        self.env = {
            "IM_ACCESS_BUCKET": self.cloud.bucket,
            "IM_ACCESS_REGION": self.cloud.region,
            "IM_ACCESS_API_ENDPOINT": API,
            "IM_ACCESS_COS_ENDPOINT": COS,
            "IM_ACCESS_HTTP_AUTH": "platform",
            "IM_ACCESS_OWNER_UIN": self.cloud.owner_uin,
            "IM_ACCESS_LOG_LEVEL": "CRITICAL",
            "TENCENTCLOUD_SECRETID": role.secret_id,
            "TENCENTCLOUD_SECRETKEY": role.secret_key,
            "TENCENTCLOUD_SESSIONTOKEN": role.token,
        }

    def notify(self) -> None:
        """Let somebody be told, without whom no create comes from a queue."""
        secret = "whsec_" + base64.b64encode(b"what the receiver checks against").decode()
        self.wires[HOOK] = _Wire(self.cloud, Receiver(self.clock, secret), self.clock, LATENCY[COS])
        self.env |= {"IM_ACCESS_NOTIFY_URL": HOOK, "IM_ACCESS_NOTIFY_SECRET": secret}

    def serialise(self, latency: float) -> None:
        """Let the cloud do one call after the other, each of which takes so long."""
        busy_until = [0.0]
        for url, wire in self.wires.items():
            self.wires[url] = _Serial(wire, latency, busy_until)

    def another(self) -> Instance:
        """A fresh instance, which has looked at its bucket already: that is done under a lock."""
        made = Instance(_Wired(self.wires))
        made.rate_limiter = RateLimiter(random.Random(7))  # noqa: S311 - loaded dice
        made.bucket_checked = True
        return made

    def add_users(self, names: Sequence[str]) -> None:
        """Users who exist already."""
        cam = self.cloud.cam
        for name in names:
            uin = cam.next_uin(name)
            cam.users[name] = User(uin, uin, name, self.clock.now())

    def invoke(
        self, function: str, event: dict[str, Any], *, limit: float = 30, instance: Instance | None = None
    ) -> Run:
        """One invocation in the calling thread."""
        started = self.clock.now()
        context = {"time_limit_in_ms": int(limit * 1000)}
        try:
            returned = invoke(function, event, context, self.env, instance or self.instance, self.clock)
        except Exception as error:  # noqa: BLE001 - what the platform would see
            return Run(None, error, self.clock.now() - started)
        return Run(returned, None, self.clock.now() - started)

    def share_throttled(self, action: str | None = None) -> float:
        """Of CAM's calls, or of one action's."""
        calls = self.cloud.journal.calls(action, service="cam")
        return sum(call.code.startswith("RequestLimitExceeded") for call in calls) / max(1, len(calls))


def batch(type_: str, users: Sequence[str], policies: Sequence[str] | None) -> dict[str, Any]:
    """A CKafka event with one message for each user; without policies, of a command that names none."""
    place = {"topic": "im-access", "partition": 0, "msgKey": "None"}
    return {
        "Records": [
            {"Ckafka": {**place, "offset": n, "msgBody": json.dumps(_envelope(type_, user, policies))}}
            for n, user in enumerate(users)
        ]
    }


def _envelope(type_: str, user: str, policies: Sequence[str] | None) -> dict[str, Any]:
    data = {"user": user} if policies is None else {"user": user, "policies": list(policies)}
    return {"specversion": "1.0", "type": type_, "source": "/tests", "id": f"{type_}-{user}", "data": data}


def _pause(slots: ConcurrencyLimiter, clock: SimulatedClock) -> None:
    """Let others in while waiting for slots, as the condition does."""
    slots._changed.release()
    clock.sleep(0.05)
    slots._changed.acquire()


def simulation(monkeypatch: Any) -> Iterator[Simulation]:  # noqa: ANN401 - pytest's
    """A simulation with the dice loaded and the threads simulated; for a fixture."""
    made = Simulation()
    monkeypatch.setattr("shared.concurrency.side_by_side", SimulatedThreads(made.clock))
    monkeypatch.setattr(
        "shared.tencent.concurrency_limit.ConcurrencyLimiter.pause", lambda slots: _pause(slots, made.clock)
    )
    monkeypatch.setattr("shared.tencent.retry.random", random.Random(7))  # noqa: S311 - loaded dice
    yield made
