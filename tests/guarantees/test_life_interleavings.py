"""A person's life, every interleaving: the real create, offboard, restore, reissue, grant and deletion together."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from shared.commands.command import Command
from shared.credentials.deliveries import Deliveries
from shared.credentials.pick_up_records import note_key
from shared.errors import Conflict, Rejected
from shared.idempotency.lease import Lease
from shared.idempotency.request import Request
from shared.idempotency.stored_attempts import open_key
from shared.idempotency.user_turns import Turns
from shared.operations import OPERATIONS
from shared.people.life import Lives
from shared.people.offboarding import Offboardings
from shared.policies.attachments import Attachments
from shared.policies.authorization import Authorization
from shared.policies.catalog import PolicyCatalog
from shared.policies.ledger import Ledger
from shared.policies.permissions_boundary import Boundary
from shared.ports import User
from shared.secret import Secret
from shared.use_cases.duties.delete_offboarded import DeleteOffboarded
from shared.use_cases.use_case import Services as UseCaseServices
from tests.guarantees.account import Account, AccountDirectory
from tests.guarantees.explorer import Explorer, Program, settled
from tests.guarantees.remote import Remote, in_turn
from tests.guarantees.services import Services
from tests.guarantees.test_interleavings import POLICY, START, _cache

CREATE, OFFBOARD, RESTORE, REISSUE = "create_user", "offboard_user", "restore_user", "reissue_credentials"
GRANT, REVOKE = "grant_policy", "revoke_policy"
LIVES = (CREATE, RESTORE, OFFBOARD)
"""By rank: at equal times the later one wins."""
GIVES = {"policies": [POLICY.name]}
COMMANDS: dict[str, dict[str, Any]] = {
    CREATE: GIVES, OFFBOARD: {"delete_after_days": 0}, RESTORE: GIVES, REISSUE: {}, GRANT: GIVES, REVOKE: GIVES,
}  # fmt: skip
PASSWORD = {"of": ""}
"""Whose passwords are made now: those of each attempt differ."""


@dataclass(frozen=True)
class Event:
    """What is asked for, and when it happened."""

    function: str
    time: int

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.function.partition('_')[0]}@{self.time}"

    def __call__(self, remote: Remote) -> None:
        """A delivery: the real use case under a lease. What is refused for good is noted, and no delivery follows."""
        number = remote.ask("lease", self.name)
        PASSWORD["of"] = f"{self.name} {number}"
        command: Command = OPERATIONS[self.function].command.parse({"user": "alice", **COMMANDS[self.function]})
        request = Request(self.function, ("cloudevents", "/tests", self.name), START + self.time, command)
        lease = Lease(number, (START + self.time) * 1_000_000, self.name, first_at=float(START))
        note = open_key(request.key) if self.function == CREATE else ""
        if note:
            remote.create(note, b"{}")
        if not number:
            remote.delete(note)
            return
        try:
            OPERATIONS[self.function].compose(_services(remote))(request, lease)
        except (Conflict, Rejected) as refused:
            # Who waits for a create that is open has its turn when all else is done.
            if refused.code == "in_progress" and "created" not in refused.detail:
                raise
            remote.ask("refuse", self.name)
        if note:
            remote.ask("finish", self.name)
            remote.delete(note)


@dataclass(frozen=True)
class People(Account):
    """An account, what was refused, and what has a receipt: a create has it before its note in open/ goes."""

    refused: frozenset[str] = frozenset()
    finished: frozenset[str] = frozenset()

    def _finish(self, name: str) -> tuple[None, People]:
        return None, replace(self, finished=self.finished | {name})

    def _lease(self, request: str) -> tuple[int, Account]:
        return (0, self) if request in self.finished else super()._lease(request)

    def _refuse(self, name: str) -> tuple[None, People]:
        return None, replace(self, refused=self.refused | {name})


def _services(remote: Remote) -> UseCaseServices:
    cam: Any = AccountDirectory(remote, POLICY)
    catalog = PolicyCatalog(cam, _cache(), remote)
    attachments = Attachments(cam, Ledger(remote), catalog, Authorization((POLICY.name,)), remote.deadline)
    boundary = Boundary(cam, catalog, None, remote.deadline)
    return UseCaseServices(cam, remote, attachments, boundary, lambda: "1", remote.deadline, lambda: 0)


def _turn(remote: Remote) -> Callable[[str], AbstractContextManager[float]]:
    return lambda name: Turns(remote, remote.deadline).turn(name, f"sweep {remote.started}")


def deletion(remote: Remote) -> None:
    """The sweep deletes whoever is due."""
    cam: Any = AccountDirectory(remote, POLICY)
    duty = DeleteOffboarded(
        cam,
        Authorization(()),
        Offboardings(remote),
        Lives(remote).rows,
        _turn(remote),
        lambda _due: None,
        Deliveries(remote).destroy,
        remote,
        9,
    )
    for item in duty.due(lambda: False):
        duty.do(item)


def expected(events: list[Event]) -> Event | None:
    """The model: the newest event of the life, None for somebody who is to have nothing."""
    lives = [event for event in events if event.function in LIVES]
    newest = max(lives, key=lambda event: (event.time, LIVES.index(event.function)), default=None)
    return None if newest is None or newest.function == OFFBOARD else newest


def check(events: list[Event]) -> Callable[[Services], None]:
    """What holds once all is done; and once more when what was refused has been redriven."""

    def ended(services: Services) -> None:
        assert isinstance(services, People)
        as_expected(services, [event for event in events if event.name not in services.refused])
        again = [event for event in events if event.name in services.refused and event.function != CREATE]
        for event in again:
            services = settled(replace(services, refused=services.refused - {event.name}), event)
            assert isinstance(services, People)
        if again:
            as_expected(services, [event for event in events if event.name not in services.refused])

    return ended


def as_expected(services: People, events: list[Event]) -> None:
    """No access at all; or what was given, and one set of credentials in one file."""
    life = expected(events)
    alice = next((user for user in services.users if user.name == "alice"), None)
    active = [key for _, key, enabled, _ in services.keys if enabled]
    files = [row.body.decode("utf-8-sig").splitlines()[-1] for name, row in services.objects if name[:4] == "cred"]
    if life is None:
        assert (active, services.logins, services.attached, files) == ([], (), frozenset(), []), "access is left"
        remembered(services, alice)
        return
    assert alice, "nobody is there"
    rows = [event for event in events if event.function in (GRANT, REVOKE) and event.time >= life.time]
    newest = max([life, *rows], key=lambda event: (event.time, event.function == REVOKE))
    assert ((alice.uin, POLICY.id) in services.attached) == (newest.function != REVOKE), "policies"
    assert len(active) == len(services.keys) == len(files) == len(services.logins) == 1, "sets of credentials"
    _, _, password, key, _ = files[0].split(",")
    assert (key, ("alice", password)) == (active[0], services.logins[0]), "stale credentials"
    remembered(services, alice, here=True)


def remembered(services: People, alice: User | None, *, here: bool = False) -> None:
    """What the bucket holds of somebody who is `here`, was closed, or is gone: no work that nobody needs, and none that
    is missing. The next sweep deletes whoever was closed, and leaves whoever is here.
    """
    held = {kind: keys(services, f"{kind}/") for kind in ("offboarded", "deletions", "deliveries", "open")}
    assert not held["open"], "a note of a create that has ended"
    files = {name.removeprefix("credentials/") for name in keys(services, "credentials/")}
    # All later attempts have the number of the second here, and so the name of a file that may have been closed.
    first = {note_key(f"credentials/{name}", "closed") for name in files if not name.endswith("-2.csv")}
    assert not first & set(keys(services, "unclaimed/")), "the sweep would leave a file alone that is there"
    settled(replace(services, now=services.now + 1000), free)
    noted = {name.rpartition("/")[2].removesuffix(".json") for name in held["deliveries"]}
    assert files <= noted if here else not noted, "files that an offboard would not find, or notes of none"
    if alice is None:
        assert not held["deletions"], "the deletion of somebody who is gone"
        return
    assert len(held["offboarded"]) == (not here), "watched or not"
    assert here or held["deletions"], "nobody deletes whoever was closed"
    swept = settled(replace(services, now=services.now + 1000), deletion)
    assert not keys(swept, "deletions/"), "a deletion that is never done"
    assert (alice in swept.users) == here, "deleted or not"


def free(remote: Remote) -> None:
    """The turn of the name can be taken: nobody holds it for longer than a lease. Raises Conflict."""
    with _turn(remote)("alice"):
        pass


def keys(services: Services, prefix: str) -> list[str]:
    """The objects below a prefix."""
    return [name for name, _ in services.objects if name.startswith(prefix)]


@pytest.fixture(autouse=True)
def _no_dice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is random makes no difference, but for passwords: each attempt has its own."""
    for module in (CREATE, RESTORE, REISSUE):
        monkeypatch.setattr(f"shared.use_cases.{module}.new_password", lambda: Secret(PASSWORD["of"]))
    monkeypatch.setattr("shared.concurrency.side_by_side", in_turn)


def lived(*events: Program) -> People:
    """What an account is a while after these."""
    services: Services = People()
    for event in events:
        services = settled(services, event)
    assert isinstance(services, People)
    return replace(services, now=services.now + 1000)


C1, O2, R3 = Event(CREATE, 1), Event(OFFBOARD, 2), Event(RESTORE, 3)
NOBODY: tuple[Event, ...] = ()
HERE, GONE = (C1,), (C1, O2)
MORTAL = [
    (GONE, [R3, Event(OFFBOARD, 4)]),
    (HERE, [O2, R3]),
    (HERE, [Event(OFFBOARD, 3), Event(RESTORE, 2)]),
]
TOGETHER = [
    (NOBODY, [C1, O2]),
    (NOBODY, [Event(CREATE, 2), Event(OFFBOARD, 1)]),
    (HERE, [O2, Event(REISSUE, 3)]),
    (HERE, [Event(REISSUE, 2), Event(REISSUE, 3)]),
    (GONE, [R3, Event(GRANT, 4)]),
    (GONE, [R3, Event(REVOKE, 4)]),
]


def named(value: object) -> str:
    """A scenario's name."""
    return "-".join(event.name for event in value) if isinstance(value, list | tuple) else ""


@pytest.mark.parametrize(("before", "events"), MORTAL, ids=named)
def test_two_turns_of_a_life_and_a_death(before: tuple[Event, ...], events: list[Event]) -> None:
    """Offboard and restore in either order of time, one of which may die at any call, with what it sends then coming
    late or never: whoever is newest is right, with one set of credentials or none at all.
    """
    Explorer(list(events), lived(*before), check([*before, *events]), faults=1, deaths=True, rest=40).explore()


@pytest.mark.parametrize(("before", "events"), TOGETHER, ids=named)
def test_events_of_a_life_together(before: tuple[Event, ...], events: list[Event]) -> None:
    """A create, a reissue, a grant or a revoke beside them, without a fault."""
    Explorer(list(events), lived(*before), check([*before, *events]), faults=0).explore()


def test_a_deletion_beside_a_restore_and_a_death() -> None:
    """Either the user is gone and the restore refused, or it is there and whole."""
    Explorer([deletion, R3], lived(*GONE), check([*GONE, R3]), faults=1, deaths=True, rest=40).explore()


THREE = [
    (NOBODY, [C1, O2, R3]),
    (GONE, [R3, Event(OFFBOARD, 4), Event(GRANT, 5)]),
    (HERE, [O2, Event(REISSUE, 3), Event(REVOKE, 4)]),
    (HERE, [O2, R3, Event(REISSUE, 4)]),
]


@pytest.mark.parametrize(("before", "events"), THREE, ids=named)
def test_three_events_of_a_life_together(before: tuple[Event, ...], events: list[Event]) -> None:
    """In every order, and wherever the others interrupt one or two of them."""
    Explorer(list(events), lived(*before), check([*before, *events]), faults=0, preemptions=2).explore()


@pytest.mark.parametrize("events", [[C1, O2], [Event(CREATE, 2), Event(OFFBOARD, 1)]], ids=named)
def test_a_create_that_dies_beside_an_offboard(events: list[Event]) -> None:
    """One of the two dies at any call, and what it sends then comes late or never; one is interrupted once."""
    Explorer(list(events), lived(), check(events), faults=1, deaths=True, rest=40, preemptions=1).explore()


DYING: list[tuple[tuple[Event, ...], list[Program], int | None]] = [
    (NOBODY, [C1, R3], None),
    (NOBODY, [C1, Event(REISSUE, 2)], None),
    (HERE, [O2, Event(REISSUE, 3)], None),
    (NOBODY, [C1, O2, R3], 0),
    (GONE, [R3, Event(OFFBOARD, 4), deletion], 0),
]


@pytest.mark.parametrize(
    ("before", "events", "switches"), DYING, ids=["restore", "reissue", "offboard", "three", "deletion"]
)
def test_several_events_of_a_life_and_a_death(
    before: tuple[Event, ...], events: list[Program], switches: int | None
) -> None:
    """One of them dies at any call, and what it sends then comes late or never; so many times, or any number of times
    another goes on in between.
    """
    check_end = check([*before, *(event for event in events if isinstance(event, Event))])
    Explorer(events, lived(*before), check_end, deaths=True, rest=40, preemptions=switches).explore()
