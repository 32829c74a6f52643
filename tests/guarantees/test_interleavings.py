"""Two executors, every interleaving: the ledger and the claims, with crashes, lost answers and late writes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pytest

from shared.commands.changed import Changed
from shared.commands.result import Result, UserRef
from shared.errors import Conflict
from shared.idempotency.execute import Execution, execute
from shared.idempotency.lease import Lease
from shared.idempotency.lease_store import LeaseStore
from shared.idempotency.request import Request
from shared.operations import OPERATIONS
from shared.people.life import Life, LifeEffect
from shared.policies.attachments import Attachments
from shared.policies.authorization import Authorization
from shared.policies.catalog import PolicyCache, PolicyCatalog, RememberedPolicy
from shared.policies.ledger import Effect, Ledger
from shared.policies.permissions_boundary import Boundary
from shared.policies.sub_users import FoundUser
from shared.ports import Policy, User
from shared.use_cases.use_case import Services as UseCaseServices
from tests.guarantees.explorer import Explorer, Program
from tests.guarantees.remote import LIMIT, Remote, directory, in_turn
from tests.guarantees.services import Services

DOCUMENT = '{"version":"2.0","statement":[{"effect":"allow","action":"name/im:Get*","resource":"*"}]}'
POLICY = Policy(7, "QcloudIMReadOnlyAccess", True, DOCUMENT)
START = 1_790_000_000
"""What the times of events count from."""
ALICE = User("alice", 100, "")
NOBODY, FREE = Services(), Services(users=(ALICE,))
HELD = Services(users=(ALICE,), attached=frozenset({(ALICE.uin, POLICY.id)}))


@dataclass(frozen=True)
class Event:
    """What somebody wants, and when it happened."""

    function: str
    time: int
    id: str = "1"
    origin: Literal["http", "queue"] = "http"

    @cached_property
    def request(self) -> Request[Any]:
        """The request of this event."""
        fields = {"user": "alice", "policies": [POLICY.name]} | (
            {"api_access": False} if self.function == "create_user" else {}
        )
        command = OPERATIONS[self.function].command.parse(fields)
        return Request(self.function, ("cloudevents", "/tests", self.id), START + self.time, command, self.origin)

    @property
    def folder(self) -> str:
        """Where its receipt comes to be."""
        return f"requests/{self.request.key}/"

    @property
    def rank(self) -> tuple[int, bool, str]:
        """The newest has the greatest: the later; a revoke before a grant of the same time; the greater hash."""
        return (self.time, self.function == "revoke_policy", self.request.key)

    def deliver(self, remote: Remote) -> None:
        """One delivery, as the function carries it out."""
        attachments, requests = _attachments(remote), LeaseStore(remote, remote, remote.started + LIMIT)

        cam = directory(remote, POLICY)
        boundary = Boundary(cam, PolicyCatalog(cam, _cache(), remote), None, remote.deadline)
        services = UseCaseServices(cam, remote, attachments, boundary, lambda: "1", remote.deadline, lambda: 30)
        operation = OPERATIONS[self.function]
        use_case = operation.compose(services)

        def work(request: Request[Any], lease: Lease) -> Result:
            remote.working = True
            result: Result = use_case(request, lease)
            return result

        execute(self.request, Execution(requests, work, operation.result, _nobody_is_told, remote.deadline))

    def attempt(self, remote: Remote) -> None:
        """One attempt of the use case, without claim and receipt; a grant that meets nobody is parked for good."""
        cam = directory(remote, POLICY)
        boundary = Boundary(cam, PolicyCatalog(cam, _cache(), remote), None, remote.deadline)
        services = UseCaseServices(
            cam, remote, _attachments(remote), boundary, lambda: "1", remote.deadline, lambda: 30
        )
        lease = Lease(2, (START + self.time) * 1_000_000, f"{self.function}{self.id}")
        try:
            OPERATIONS[self.function].compose(services)(self.request, lease)
        except Conflict as nobody:
            if nobody.code not in ("user_not_found", "user_offboarded"):
                raise

    def live(self, remote: Remote) -> None:
        """An offboard or a restore, as far as its policies go: recorded, then everything looked at."""
        effect: LifeEffect = "restore" if self.function == RESTORE else "offboard"
        life = Life("alice", ALICE.uin, effect, (START + self.time) * 1_000_000, self.request_key)
        attachments = _attachments(remote)
        attachments.record_life(life, [POLICY.name] if effect == "restore" else [])
        attachments.give_initial_policies(life, [POLICY.name])

    @property
    def request_key(self) -> str:
        """The identity's hash of a life event."""
        return hashlib.sha256(f"{self.function}{self.id}".encode()).hexdigest()

    def follow(self, remote: Remote) -> None:
        """One delivery without claim and receipt: only what the ledger does."""
        effect: Effect = "revoke" if self.function == "revoke_policy" else "grant"
        _attachments(remote).change(
            effect, FoundUser(ALICE, ()), [POLICY.name], time=(START + self.time) * 1_000_000, request=self.request.key
        )


def _attachments(remote: Remote) -> Attachments:
    cam = directory(remote, POLICY)
    known = PolicyCatalog(cam, _cache(), remote)
    return Attachments(cam, Ledger(remote), known, Authorization((POLICY.name,)), remote.deadline)


def _cache() -> PolicyCache:
    cache = PolicyCache()
    cache.rows[POLICY.name] = RememberedPolicy(POLICY, float("inf"), confirmed=True)
    return cache


def _nobody_is_told(_request: object, _result: object, _receipt: object) -> None:
    """No notification."""


def cam_is_newest(events: list[Event]) -> Callable[[Services], None]:
    """What must hold in the end."""
    newest = max(events, key=lambda event: event.rank)

    def check(services: Services) -> None:
        held = (ALICE.uin, POLICY.id) in services.attached
        assert held == (newest.function != "revoke_policy"), f"attached: {held}"
        receipt = services.receipt(newest.folder)
        if receipt:
            rows = receipt["result"]["policies"]
            assert rows, "the newest event's policy is not told"
            assert "superseded" not in str(rows), "the newest event is told to be superseded"

    return check


@pytest.fixture(autouse=True)
def _no_dice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is random in a claim makes no difference here, and would make equal states differ."""
    monkeypatch.setattr("shared.idempotency.lease_store.secrets.token_hex", lambda _: "nonce")
    monkeypatch.setattr("shared.concurrency.side_by_side", in_turn)
    monkeypatch.setattr("shared.idempotency.lease_store.secrets.token_urlsafe", lambda _: "file")


GRANT, REVOKE, CREATE = "grant_policy", "revoke_policy", "create_user"
OFFBOARD, RESTORE = "offboard_user", "restore_user"
PAIRS = [
    [Event(GRANT, 1), Event(REVOKE, 2)],
    [Event(GRANT, 2), Event(REVOKE, 1)],
    [Event(GRANT, 1), Event(REVOKE, 1)],
    [Event(GRANT, 1, "a"), Event(GRANT, 1, "b")],
    [Event(REVOKE, 1, "a"), Event(REVOKE, 1, "b")],
]


def named(events: list[Event]) -> str:
    """A scenario's name."""
    return "-".join(f"{event.function.split('_')[0]}@{event.time}" for event in events)


@pytest.mark.parametrize("start", [FREE, HELD], ids=["free", "held"])
@pytest.mark.parametrize("events", PAIRS, ids=named)
def test_the_ledger_follows_the_newest(events: list[Event], start: Services) -> None:
    """Two executors over the ledger, with up to three crashes, lost answers or late writes: CAM ends at the newest."""
    Explorer([event.follow for event in events], start, cam_is_newest(events), faults=3).explore()


@pytest.mark.parametrize("last", [GRANT, REVOKE])
def test_the_ledger_follows_the_newest_of_three(last: str) -> None:
    """Three executors in every order, one of which may fail anywhere."""
    events = [Event(GRANT, 2), Event(REVOKE, 1), Event(last, 3, "2")]
    Explorer([event.follow for event in events], FREE, cam_is_newest(events), faults=0).explore()


STRANGERS = [
    ([Event(CREATE, 1), Event(REVOKE, 2)], 1),
    ([Event(CREATE, 2), Event(REVOKE, 1)], 1),
    ([Event(CREATE, 1), Event(GRANT, 2, origin="queue")], 0),
]


@pytest.mark.parametrize("lagging", [False, True], ids=["", "lag"])
@pytest.mark.parametrize(
    ("events", "faults"), STRANGERS, ids=lambda value: named(value) if isinstance(value, list) else ""
)
def test_what_comes_for_nobody_meets_its_create(events: list[Event], faults: int, lagging: bool) -> None:
    """A revoke, and a grant that is parked for good when it finds nobody, race the create of their user, whom CAM may
    show at any later moment: in every interleaving CAM ends at the newest event.
    """
    start = Services(lagging=lagging)
    Explorer(
        [event.attempt for event in events], start, cam_is_newest(events), faults=0 if lagging else faults
    ).explore()


LIVED = [
    [Event(GRANT, 1), Event(OFFBOARD, 2)],
    [Event(GRANT, 2), Event(OFFBOARD, 1)],
    [Event(REVOKE, 1), Event(RESTORE, 2)],
    [Event(REVOKE, 2), Event(RESTORE, 1)],
    [Event(OFFBOARD, 1), Event(RESTORE, 2)],
    [Event(OFFBOARD, 2), Event(RESTORE, 1)],
    [Event(OFFBOARD, 1), Event(RESTORE, 2), Event(GRANT, 3)],
    [Event(OFFBOARD, 3), Event(RESTORE, 2), Event(GRANT, 1)],
]


def should_hold(events: list[Event]) -> bool:
    """The contract's sentence: the newest policy event no older than the newest of life, else what that one gives;
    nothing while that is an offboard.
    """
    lives = [event for event in events if event.function in (OFFBOARD, RESTORE)]
    life = max(lives, key=lambda event: event.time)
    if life.function == OFFBOARD:
        return False
    policies = [event for event in events if event not in lives and event.time >= life.time]
    newest = max([*policies, life], key=lambda event: event.time)
    return newest.function in (GRANT, RESTORE)


@pytest.mark.parametrize("events", LIVED, ids=named)
def test_policies_follow_the_life(events: list[Event]) -> None:
    """Offboards and restores against grants and revokes, two with a fault anywhere or three without, in every
    interleaving: no policy survives an offboard that is newer, and none that is newer is lost.
    """

    def check(services: Services) -> None:
        assert ((ALICE.uin, POLICY.id) in services.attached) == should_hold(events)

    programs: list[Program] = [
        event.live if event.function in (OFFBOARD, RESTORE) else event.attempt for event in events
    ]
    Explorer(programs, HELD, check, faults=3 - len(events)).explore()


def claimed(event: Event) -> Program:
    """A delivery whose work is one call."""

    def run(remote: Remote) -> None:
        def work(_request: Request[Any], _lease: Lease) -> Changed:
            remote.working = True
            remote.ask("work")
            return Changed(status="granted", user=UserRef(name="alice", uin=ALICE.uin), policies=[])

        requests = LeaseStore(remote, remote, remote.started + LIMIT)
        execute(event.request, Execution(requests, work, Changed, _nobody_is_told, remote.deadline))

    return run


@pytest.mark.parametrize(("faults", "ticks"), [(0, 3), (1, 3)])
def test_one_claim_one_receipt(faults: int, ticks: int) -> None:
    """The same message twice at once, while time passes and one attempt fails anywhere: one holds the claim at a time,
    nothing is done after the receipt, and nobody is stuck.
    """
    event = Event(GRANT, 1)

    def check(services: Services) -> None:
        assert services.receipt(event.folder)
        assert services.worked

    Explorer([claimed(event)], FREE, check, lambda _: event.folder, [0, 0], faults, ticks, tick=20).explore()


WHOLE = [
    *((events, FREE) for events in PAIRS[:3]),
    ([Event(CREATE, 1), Event(REVOKE, 2)], NOBODY),
    ([Event(CREATE, 2), Event(REVOKE, 1)], NOBODY),
    ([Event(CREATE, 1), Event(REVOKE, 1)], NOBODY),
]


@pytest.mark.parametrize(("events", "start"), WHOLE, ids=lambda value: named(value) if isinstance(value, list) else "")
def test_whole_requests_together(events: list[Event], start: Services) -> None:
    """Whole requests with claims, ledger and receipts, one of which may fail anywhere and is delivered again: CAM is at
    the newest, its receipt says so, and nothing of a finished request takes effect afterwards.
    """
    explorer = Explorer([event.deliver for event in events], start, cam_is_newest(events), faults=1, ticks=2, tick=40)
    explorer.folder = lambda n: events[n].folder
    explorer.explore()
