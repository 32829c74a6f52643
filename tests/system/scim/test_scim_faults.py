"""A change that was begun is finished, after deaths, throttling, and whether or not the client comes again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pytest

from local.faults import Fault
from shared.bootstrap.container import Container
from shared.bootstrap.instance import Instance
from shared.entrypoints.redrive import redrive
from shared.event_sources.dead_letters import PREFIX as LETTERS
from shared.event_sources.dead_letters import SCIM_CHANGE, DeadLetter
from tests.system.delivery.test_sweep_report import metrics
from tests.system.scim.client import Provider
from tests.world import FULL, READ, World

Asked = tuple[str, str, object]


class Case(NamedTuple):
    """A change: how it is prepared and asked for, and what CAM has when it is done."""

    prepare: Callable[[Provider], Asked]
    check: Callable[[Provider], None]
    calls: int
    again: tuple[int, ...] = (200,)
    """What a repetition after a death may be answered."""


def alice(okta: Provider, *, groups: bool = True, active: bool = True) -> str:
    """A user who has been there for a while; its id."""
    made: str = okta.user("alice", externalId="1")["id"]
    if groups:
        okta.members(READ, "add", made)
    okta.world.clock.advance(120)
    if not active:
        okta.patch(f"/Users/{made}", {"op": "replace", "value": {"active": False}})
        okta.world.clock.advance(120)
    return made


def created(okta: Provider) -> None:
    """One user with one key, one password, one file."""
    state = okta.world.end_state("alice")
    assert list(okta.world.cloud.cam.users) == ["alice"]
    assert state.user is not None
    assert state.user.console_login
    assert [key.status for key in state.keys] == ["Active"]
    assert len(state.files) == 1
    assert okta.done("GET", "/Users")["totalResults"] == 1
    assert len(okta.named("alice")) == 1


def closed(okta: Provider) -> None:
    """Nothing works any more."""
    state = okta.world.end_state("alice")
    assert state.user is not None
    assert not state.user.console_login
    assert [key.status for key in state.keys] == ["Inactive"]
    assert (state.attached, state.files) == ([], {})


def opened(okta: Provider) -> None:
    """One set of credentials, and what the groups give."""
    created(okta)
    assert okta.world.cloud.cam.attached("alice") == [READ]


def value(okta: Provider, active: bool) -> Asked:
    """A PATCH of the state."""
    made = alice(okta, active=not active)
    return "PATCH", f"/Users/{made}", {"Operations": [{"op": "replace", "value": {"active": active}}]}


def member(okta: Provider, op: str) -> Asked:
    """A PATCH of the group."""
    made = alice(okta, groups=op == "remove")
    path = f"/Groups/{okta.group(READ)['id']}"
    return "PATCH", path, {"Operations": [{"op": op, "path": "members", "value": [{"value": made}]}]}


def has(*policies: str) -> Callable[[Provider], None]:
    """Alice has these policies."""

    def check(okta: Provider) -> None:
        assert okta.world.cloud.cam.attached("alice") == list(policies)

    return check


def finish(okta: Provider) -> None:
    """Let the sweep run until nothing is due."""
    for _ in range(6):
        if okta.due():
            okta.sweep()


CASES = {
    "post": Case(lambda _: ("POST", "/Users", {"userName": "alice", "externalId": "1"}), created, 32, (201, 409)),
    "off": Case(lambda okta: value(okta, active=False), closed, 44),
    "on": Case(lambda okta: value(okta, active=True), opened, 54),
    "delete": Case(lambda okta: ("DELETE", f"/Users/{alice(okta)}", None), closed, 46, (204, 404)),
    "add": Case(lambda okta: member(okta, "add"), has(READ), 36),
    "remove": Case(lambda okta: member(okta, "remove"), has(), 34),
}


@pytest.fixture
def okta(world: World) -> Provider:
    """A client with a name."""
    return Provider(world)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("name", CASES)
def test_killed_at_any_call(okta: Provider, name: str) -> None:
    """After every second call the client comes again, after the others the sweep goes on: the end is the same."""
    case, world = CASES[name], okta.world
    world.reset()
    method, path, body = case.prepare(okta)
    again = world.keep()
    # What the commands do is killed at every call elsewhere; here it is all before they begin, and some of theirs.
    for call in (*range(4, 16), *range(16, case.calls, 7), case.calls):
        again()
        world.kill(call=call, when="after")
        world.invoke("scim", world.scim(method, path, body))
        died = world.history[-1].killed
        world.clock.advance(10)
        if call % 2 or not died or not okta.due():
            # Before anything was written down the client alone can know of it.
            answer = okta.ask(method, path, body)
            for _ in range(10):
                if answer.status != 429:
                    break
                world.clock.advance(int(answer.headers["Retry-After"]))
                answer = okta.ask(method, path, body)
            assert answer.status in case.again, (call, answer)
        finish(okta)
        if not (call % 2) and died:
            okta.ask(method, path, body)
        case.check(okta)
        assert okta.due() == [], call
    assert not died, "the change makes more calls than are tried"


@pytest.mark.parametrize("name", CASES)
def test_throttled_it_is_answered_429_and_finished(okta: Provider, name: str) -> None:
    """Within four seconds, with whole seconds to wait; then by the client's repetition."""
    case, world = CASES[name], okta.world
    world.reset()
    method, path, body = case.prepare(okta)
    for action in ("AddUser", "UpdateUser", "CreateAccessKey", "AttachUserPolicy", "DetachUserPolicy"):
        world.cloud.faults.on(action, nth=None, do=Fault.THROTTLE)
    answer = okta.ask(method, path, body)
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) >= 1
    world.cloud.faults.clear()
    world.clock.advance(30)
    okta.done(method, path, body)
    case.check(okta)
    finish(okta)
    case.check(okta)
    assert okta.due() == []


def test_who_was_sent_away_is_told_201(okta: Provider) -> None:
    """A client that was answered 429 has made nobody yet: its repetition is the first that succeeds."""
    okta.world.reset()
    okta.world.cloud.faults.on("AddUser", nth=None, do=Fault.THROTTLE)
    body = {"userName": "alice", "externalId": "1"}
    assert okta.ask("POST", "/Users", body).status == 429
    okta.world.cloud.faults.clear()
    # Whose client may still be at work is left to it.
    assert okta.world.invoke("sweep", okta.world.timer()).body["scim"] == {"done": 0, "failed": 0, "left": 0}
    okta.world.clock.advance(20)
    answer = okta.ask("POST", "/Users", body)
    assert answer.status == 201
    assert okta.ask("POST", "/Users", body).status == 409


@pytest.mark.usefixtures("in_process")
def test_who_was_sent_away_at_the_last_moment_is_told_201_too(okta: Provider) -> None:
    """A command that takes all its time leaves enough to note that the client was told to come again."""
    world = okta.world
    world.reset()
    world.cloud.faults.on("AddUser", nth=None, do=Fault.THROTTLE)
    began, body = world.clock.now(), {"userName": "alice", "externalId": "1"}
    # The last moment at which a call may begin is 3.4 seconds after the request came.
    world.at(lambda _process, _sent: world.clock.advance(began + 3.392 - world.clock.now()), action="AddUser")
    assert okta.ask("POST", "/Users", body).status == 429
    world.cloud.faults.clear()
    world.clock.advance(20)
    assert okta.ask("POST", "/Users", body).status == 201


def test_the_quota_of_a_day(okta: Provider) -> None:
    """An account that may create no more users today says so once an hour, and goes on the next day."""
    okta.world.reset()
    okta.world.cloud.faults.on("AddUser", nth=None, do=Fault.CODE, code="RequestLimitExceeded.CreateUser")
    body = {"userName": "alice", "externalId": "1"}
    answer = okta.ask("POST", "/Users", body)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "3600")
    assert okta.sweep()["failed"] == 1
    okta.world.cloud.faults.clear()
    okta.world.clock.advance(86_400)
    assert okta.sweep()["done"] >= 1
    created(okta)
    assert okta.due() == []


def test_a_death_between_two_lives(okta: Provider) -> None:
    """Off and on again while nothing could be done: in the end the person is as the client has it."""
    okta.world.reset()
    made = alice(okta)
    okta.world.cloud.faults.on("UpdateAccessKey", nth=None, do=Fault.THROTTLE)
    off = {"Operations": [{"op": "replace", "value": {"active": False}}]}
    assert okta.ask("PATCH", f"/Users/{made}", off).status == 429
    on = {"Operations": [{"op": "replace", "value": {"active": True}}]}
    okta.ask("PATCH", f"/Users/{made}", on)
    okta.world.cloud.faults.clear()
    finish(okta)
    opened(okta)
    assert okta.due() == []


def test_without_anybody_to_tell_nobody_is_made(okta: Provider) -> None:
    """Credentials that could reach nobody are not made: the client learns that at once."""
    okta.world.reset()
    for name in ("IM_ACCESS_NOTIFY_URL", "IM_ACCESS_NOTIFY_SECRET"):
        del okta.world.env[name]
    assert okta.ask("POST", "/Users", {"userName": "alice"}).status == 500
    assert okta.world.cloud.cam.users == {}
    assert okta.due() == []


def test_a_record_of_another_version_stays_as_it_is(okta: Provider) -> None:
    """It is answered with an error, and nothing is written over it."""
    okta.world.reset()
    made = alice(okta)
    objects = okta.world.cloud.cos.objects.data
    [key] = [key for key in objects if key.startswith(f"scim/users/{made}/")]
    before = objects[key].body.replace(b'"v":1', b'"v":2')
    objects[key] = replace(objects[key], body=before)
    for method, body in (("GET", None), ("PUT", {"userName": "alice"}), ("DELETE", None)):
        assert okta.ask(method, f"/Users/{made}", body).status == 500
    assert objects[key].body == before
    assert FULL not in okta.world.cloud.cam.attached("alice")


def test_what_can_never_be_done_is_a_letter_after_a_week(okta: Provider) -> None:
    """A change that fails for seven days is measured, given up, and told to a person, who may have it done again."""
    world = okta.world
    world.reset()
    world.cloud.faults.on("AddUser", nth=None, do=Fault.CODE, code="InvalidParameter.Whatever")
    assert okta.ask("POST", "/Users", {"userName": "alice"}).status == 502
    assert okta.sweep()["failed"] == 1
    world.clock.advance(7000)
    line = metrics(world)
    assert line["scim_waiting"] == 1
    assert line["scim_oldest_seconds"] >= 7000
    world.clock.advance(8 * 86_400)
    okta.sweep()
    assert okta.due() == []
    rows = [DeadLetter.load(row.body) for key, row in world.cloud.cos.objects.data.items() if key.startswith(LETTERS)]
    [letter] = [row for row in rows if row.source == SCIM_CHANGE]
    env = world.env | world.role("sweep")
    container = Container("sweep", {"time_limit_in_ms": 60_000}, env, Instance(), world.clock)
    assert (letter.code, redrive(letter, container), len(okta.due())) == ("cloud_error", "cloud_error", 1)
    world.cloud.faults.clear()
    assert redrive(letter, container) == "applied"
    created(okta)
    assert okta.due() == []
    assert letter.key not in world.cloud.cos.objects.data
