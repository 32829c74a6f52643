"""A whole world for a test: the cloud, the functions as processes that can be killed, a receiver, and one clock.

    answer = world.invoke("create_user", world.http("create_user", {"user": "alice", "policies": [...]}, id="1"))
    world.kill(call=7, when="after")            # the next invocation dies after its 7th remote call
    world.cloud.faults.on(call=7, do=Fault.DROP_AFTER)
    answer = world.redeliver_until_answer("create_user", event)
    state = world.end_state("alice")

Nothing sleeps: waiting moves the clock. Everything else is real: HTTP and its signatures.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from types import TracebackType
from typing import Any

from local import roles
from local.cam.records import Attachment, Policy, User
from local.cloud import LocalCloud
from local.faults import Fault
from local.journal import Call
from shared.operations import FUNCTIONS, OPERATIONS, given
from tests.answers import Answer, told
from tests.events import OTHER_TOKEN, SCIM_TOKEN, START, Events
from tests.fakes import invoke
from tests.moments import Moment
from tests.processes import Guard, Killed, Plan, Process, Sent, WorldClock
from tests.receiver import Receiver, signature
from tests.states import State, end_state
from tests.wire import Wire

LIMIT_MS = 30_000
CALL_TAKES = 0.01
SECRET = "whsec_" + base64.b64encode(b"a key of exactly 32 bytes, truly").decode()
NOTIFY_SECRET = "whsec_" + base64.b64encode(b"what the receiver's secret is made of").decode()
FULL, READ = "QcloudAVCFullAccess", "QcloudIMReadOnlyAccess"


class Late:
    """A call whose sender has given up."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._released = Event()
        self._call: Call | None = None

    def hold(self, call: Call) -> None:
        """Hold the call back."""
        self._call = call
        self._released.wait(60)

    def arrive(self) -> None:
        """Let the call take effect now; returns when it has. Does nothing if it was never sent."""
        self._released.set()
        deadline = time.monotonic() + 10
        while self._call is not None and not self._call.status and time.monotonic() < deadline:
            time.sleep(0.001)


class World(Events):
    """The whole world of a test. Use it as a context manager, or take the fixture `world`."""

    def __init__(self) -> None:
        super().__init__(WorldClock(START))
        self.cloud = LocalCloud(clock=self.clock, seed=1)
        self.receiver = Receiver(self.clock, NOTIFY_SECRET)
        self.env: dict[str, str] = {}
        self.roles: dict[str, dict[str, str]] = {}
        self._roles: dict[str, dict[str, str]] = {}
        self.history: list[Answer] = []
        self.processes: list[Process] = []
        self._plans: list[Plan] = []
        self._first_call = 0
        self._guard = Guard()
        self._wire: Wire | None = None
        self.in_process = False

    def reset(self) -> None:
        """Make a new world on the same ports: no users, no files, no faults. The clock goes on."""
        self.cloud.reset()
        self.receiver.taken.clear()
        self.receiver.down = False
        self.receiver.refuses = lambda _event: False
        self._plans.clear()
        self.history.clear()
        self.processes.clear()
        self._first_call = 0
        self.env = {
            "IM_ACCESS_BUCKET": self.cloud.bucket,
            "IM_ACCESS_REGION": self.cloud.region,
            "IM_ACCESS_API_ENDPOINT": self.cloud.api_url,
            "IM_ACCESS_COS_ENDPOINT": self.cloud.cos_url,
            "IM_ACCESS_WEBHOOK_SECRETS": SECRET,
            "IM_ACCESS_NOTIFY_URL": self.receiver.url,
            "IM_ACCESS_NOTIFY_SECRET": NOTIFY_SECRET,
            "IM_ACCESS_SCIM_TOKENS": " ".join(
                f"{name}=sha256:{hashlib.sha256(token.encode()).hexdigest()}"
                for name, token in (("okta", SCIM_TOKEN), ("other", OTHER_TOKEN))
            ),
            "IM_ACCESS_LOG_LEVEL": "CRITICAL",
        }
        self.roles = {name: dict(role) for name, role in self._roles.items()}
        self.clock.advance(60)  # what is there has been there for a while: no read misses it

    def keep(self) -> Callable[[], None]:
        """Save the present state of this world, so that it can be restored later."""
        return Moment(self).back

    def role(self, function: str, *, lifetime: float = 1e9) -> dict[str, str]:
        """Credentials of a function's role, as the platform gives them; the role may do what docs/security says."""
        policy = roles.document(function, self.cloud.region, self.cloud.bucket)
        role = self.cloud.role_credentials(function, lifetime, policy)
        return {
            "TENCENTCLOUD_SECRETID": role.secret_id,
            "TENCENTCLOUD_SECRETKEY": role.secret_key,
            "TENCENTCLOUD_SESSIONTOKEN": role.token,
        }

    def add_policies(self, *names: str) -> list[str]:
        """Add custom policies, which may be given like the two presets."""
        for name in names:
            policy_id = self.cloud.cam.next_policy_id()
            self.cloud.cam.policies[policy_id] = Policy(policy_id, name, '{"version":"2.0","statement":[]}')
        self.env["IM_ACCESS_POLICIES"] = ",".join((FULL, READ, *names))
        return list(names)

    def add_user(self, name: str, *attached: str) -> int:
        """Add a sub-user that existed before, with policies attached; returns its UIN."""
        cam, now = self.cloud.cam, self.clock.now()
        uin = cam.next_uin(name)
        cam.users[name] = User(uin, uin, name, now)
        for policy in attached:
            cam.attachments[uin, cam.policy_id(policy)] = Attachment(uin, cam.policy_id(policy), now, "1")
        self.clock.advance(60)
        return uin

    # what goes wrong

    def at(
        self, do: Callable[[Process, Sent], object], *, call: int = 1, action: str | None = None, when: str = "before"
    ) -> None:
        """Do something at the n-th remote call (of an action, if one is given) of the next invocation."""
        self._plans.append(Plan(do, when, call, action))

    def kill(self, call: int = 1, when: str = "before", action: str | None = None) -> None:
        """Kill the process of the next invocation at that call; what the service has committed stays."""
        self.at(Process.die, call=call, action=action, when=when)

    def late(self, call: int, *, committed: bool = False) -> Late:
        """Let the next invocation give up on its n-th call, which stays under way until it `arrive()`s.

        `committed`: the service has committed it already, and only the answer is late.
        """

        late = Late(self)

        def give_up(process: Process, sent: Sent) -> None:
            # By what it is, not by its number: of calls that are sent side by side either can come first.
            process.give_up_after(0.03)
            kind = Fault.CALL_AFTER if committed else Fault.CALL_BEFORE
            self.cloud.faults.on(sent.action, target=sent.target, do=kind, callback=late.hold)
            self.cloud.faults._rules.insert(0, self.cloud.faults._rules.pop())

        self.at(give_up, call=call)
        return late

    def postpone(self, call: int) -> Callable[[], None]:
        """Let the next invocation give up on its n-th call at once. The call takes effect when the returned function is
        called, if it was sent. Like `late`, but without sockets.
        """
        process: list[Process] = []

        def give_up(one: Process, sent: Sent) -> None:
            process.append(one)
            one.give_up(sent)

        self.at(give_up, call=call)

        def arrive() -> None:
            assert self._wire
            for one in process:
                assert one.held
                self._wire.send(one.held)

        return arrive

    # invocations

    def process(self) -> Process:
        """A new process, with what is planned for the next one."""
        plans, self._plans = self._plans, []
        self.processes.append(Process(self.clock, CALL_TAKES, plans, self._wire if self.in_process else None))
        return self.processes[-1]

    def invoke(
        self, function: str, event: dict[str, Any], *, limit_ms: int = LIMIT_MS, process: Process | None = None
    ) -> Answer:
        """Run one invocation, in a new process unless one is given. Raises nothing but failed assertions."""
        process = process or self.process()
        self._first_call = len(self.cloud.journal)
        context = {"time_limit_in_ms": limit_ms, "request_id": "platform"}
        try:
            with self._guard:
                answer = told(self._run(function, event, context, process))
        except AssertionError:
            raise
        except (Exception, Killed) as error:  # noqa: BLE001 - what the platform would see
            answer = Answer(error=error)
        finally:
            process.close()
        self.history.append(answer)
        return answer

    def redeliver_until_answer(
        self, function: str, event: dict[str, Any], *, limit_ms: int = LIMIT_MS, tries: int = 40
    ) -> Answer:
        """Deliver an event until an answer is final, each time in a new process and after the pause that the answer
        asks for.

        After a death the pause is the one that the contract promises to be enough: the time limit and 5 seconds.
        """
        for _ in range(tries):
            answer = self.invoke(function, event, limit_ms=limit_ms)
            if answer.final:
                return answer
            self.clock.advance(limit_ms / 1000 + 5 if answer.killed else answer.pause)
        raise AssertionError(f"no final answer after {tries} deliveries: {self.history[-3:]}")

    def together(self, deliveries: Sequence[tuple[str, dict[str, Any]]], *, limit_ms: int = LIMIT_MS) -> list[Answer]:
        """Run several invocations at once, each in a new process; returns the answers in the order given."""
        start = Barrier(len(deliveries))
        # Over connections, whose waits are where threads overtake each other.
        before, self.in_process = self.in_process, False

        def one(delivery: tuple[str, dict[str, Any]]) -> Answer:
            start.wait()
            return self.invoke(*delivery, limit_ms=limit_ms)

        try:
            with ThreadPoolExecutor(len(deliveries)) as pool:
                return list(pool.map(one, deliveries))
        finally:
            self.in_process = before

    @property
    def calls(self) -> list[Call]:
        """The remote calls of the last invocation as the services received them, in order."""
        return self.cloud.journal[self._first_call :]

    def denied(self) -> list[Call]:
        """The calls that a function's role was not allowed to make, even if the function went on without them."""
        codes = ("AuthFailure.UnauthorizedOperation", "AccessDenied")
        calls = [call for call in self.cloud.journal if call.code in codes and not call.fault]
        return [call for call in calls if call.principal.startswith("role/")]

    # the end

    def sweep_outbox(self) -> None:
        """Let the sweep send everything in the outbox; nothing may be left there."""
        for _ in range(3):
            if any(key.startswith("outbox/") for key in self.cloud.cos.objects.data):
                self.clock.advance(121)
                self.invoke("sweep", self.timer())
        assert not [key for key in self.cloud.cos.objects.data if key.startswith("outbox/")]

    def end_state(self, user: str) -> State:
        """The final state of a user."""
        return end_state(self.cloud, self.receiver, user)

    # inside

    def _run(self, function: str, event: dict[str, Any], context: dict[str, Any], process: Process) -> dict[str, Any]:
        env = self.roles[function] | {name: value for name, value in self.env.items() if given(function, name)}
        signed = self._signed(event) if function in OPERATIONS else event
        return invoke(function, signed, context, env, process.instance, self.clock)

    def _signed(self, event: dict[str, Any]) -> dict[str, Any]:
        headers = event.get("headers", {})
        if "webhook-id" not in headers:
            return event
        now = str(int(self.clock.now()))
        signed = signature(SECRET, headers["webhook-id"], now, event["body"].encode())
        return event | {"headers": headers | {"webhook-timestamp": now, "webhook-signature": signed}}

    def __enter__(self) -> World:
        self.cloud.start()
        assert self.cloud._server
        self.receiver.url = f"http://127.0.0.1:{self.cloud._server.listen(self.receiver, 0)}/hook"
        self._wire = Wire(self.cloud)
        self._wire.add(self.receiver.url, self.receiver)
        self._guard.install()
        # Once: the cloud keeps credentials when it is reset, and their documents take a while to compile.
        self._roles = {name: self.role(name) for name in FUNCTIONS}
        self.reset()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._guard.remove()
        self.cloud.stop()


@contextmanager
def impatient(seconds: float = 0.1) -> Iterator[None]:
    """Clients that wait no longer than this for an answer, in real time."""
    from shared.tencent import http

    before, http.CALL_TIME = http.CALL_TIME, seconds
    try:
        yield
    finally:
        http.CALL_TIME = before
