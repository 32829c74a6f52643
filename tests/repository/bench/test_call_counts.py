"""How many remote calls each operation makes on a warm instance, which is what its users wait for: exactly these."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from local.faults import Fault
from tests.processes import Process
from tests.world import FULL, READ, World

LISTS = ("ListObjects", "ListObjects")
"""The lives of the name, and the ledger of the UIN."""
CREATE = [
    ("PutObject",),  # the lease
    ("PutObject",),  # the note that it is open
    ("ListObjects",),  # what has come for the name already: an offboard, revokes
    ("AddUser",),
    ("PutObject",),  # the life
    ("AttachUserPolicy",),
    ("CreateAccessKey",),
    ("PutObject",),  # the note of the file, by UIN
    ("PutObject",),  # the credentials
    LISTS,  # what has come meanwhile
    ("PutObject",),  # the receipt
    ("DeleteObject",),  # the note
]
GRANT = [
    ("PutObject",),
    ("PutObject",),
    ("ListAttachedUserPolicies", "ListObjects"),
    ("PutObject",),  # the ledger
    ("ListObjects",),
    ("AttachUserPolicy",),
    LISTS,
    ("PutObject",),
    ("DeleteObject",),
]
REVOKE = [*GRANT[:5], ("DetachUserPolicy",), *GRANT[6:]]


@pytest.fixture
def quiet(world: World) -> World:
    """The world with a receiver that nobody notifies, and a log that tells."""
    del world.env["IM_ACCESS_NOTIFY_URL"], world.env["IM_ACCESS_NOTIFY_SECRET"]
    world.env["IM_ACCESS_LOG_LEVEL"] = "INFO"
    return world


def actions(world: World, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the services were asked by the last invocation, which its log line must count."""
    line: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["calls"] == len(world.calls)
    return [call.action for call in world.calls]


def taken(steps: list[tuple[str, ...]], told: list[str]) -> list[tuple[str, ...]]:
    """The calls in as many steps: what is asked side by side can come in either order."""
    rest = iter(told)
    found = [tuple(sorted(action for _, action in zip(step, rest, strict=False))) for step in steps]
    return [*found, *((action,) for action in rest)]


def deliver(world: World, function: str, process: Process, id: str, policy: str, user: str = "alice") -> None:
    """One request over HTTP, long after the one before it."""
    world.clock.advance(60)
    answer = world.invoke(function, world.http(function, {"user": user, "policies": [policy]}, id=id), process=process)
    assert answer.status in (200, 201), answer


def test_create_makes_thirteen_calls(quiet: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Policies and the main account's UIN are remembered; nothing is asked that AddUser itself tells."""
    process = quiet.process()
    deliver(quiet, "create_user", process, "1", READ, "bob")
    deliver(quiet, "create_user", process, "2", READ)
    assert taken(CREATE, actions(quiet, capsys)) == CREATE


def test_grant_makes_nine_calls(quiet: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A user that the instance knows and that has policies is not looked up again, nor is a preset."""
    process = quiet.process()
    deliver(quiet, "create_user", quiet.process(), "1", READ)
    deliver(quiet, "grant_policy", process, "2", READ)
    deliver(quiet, "grant_policy", process, "3", FULL)
    deliver(quiet, "grant_policy", process, "4", READ)
    assert taken(GRANT, actions(quiet, capsys)) == GRANT


def test_whoever_made_a_user_knows_it(quiet: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Where one process serves several functions, what one has learnt serves the others."""
    process = quiet.process()
    deliver(quiet, "create_user", process, "1", FULL, "bob")
    deliver(quiet, "create_user", process, "2", READ)
    deliver(quiet, "grant_policy", process, "3", FULL)
    assert taken(GRANT, actions(quiet, capsys)) == GRANT
    deliver(quiet, "revoke_policy", process, "4", READ)
    assert taken(REVOKE, actions(quiet, capsys)) == REVOKE


def test_revoke_makes_nine_calls(quiet: World, capsys: pytest.CaptureFixture[str]) -> None:
    """As a grant, but what is taken away need not be confirmed."""
    process = quiet.process()
    deliver(quiet, "create_user", quiet.process(), "1", READ)
    deliver(quiet, "grant_policy", quiet.process(), "2", FULL)
    deliver(quiet, "revoke_policy", process, "3", READ)
    deliver(quiet, "grant_policy", quiet.process(), "4", READ)
    deliver(quiet, "revoke_policy", process, "5", READ)
    assert taken(REVOKE, actions(quiet, capsys)) == REVOKE


def test_a_user_without_policies_is_looked_up(quiet: World, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty list may mean that the user is gone, so GetUser is asked, and the list is not fetched twice."""
    process = quiet.process()
    deliver(quiet, "create_user", quiet.process(), "1", READ)
    deliver(quiet, "revoke_policy", process, "2", READ)
    deliver(quiet, "revoke_policy", process, "3", READ)
    told = actions(quiet, capsys)
    assert sorted(told[2:5]) == ["GetUser", "ListAttachedUserPolicies", "ListObjects"]
    assert taken(REVOKE[3:], told[5:]) == REVOKE[3:]


def test_a_user_made_anew_is_found(quiet: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The name of a deleted user may come back with another UIN: the grant reaches the new one."""
    process = quiet.process()
    deliver(quiet, "create_user", quiet.process(), "1", READ)
    deliver(quiet, "grant_policy", process, "2", READ)
    cam = quiet.cloud.cam
    former = cam.users.pop("alice").uin
    for key in [key for key in cam.attachments if key[0] == former]:
        del cam.attachments[key]
    deliver(quiet, "create_user", quiet.process(), "3", READ)
    deliver(quiet, "grant_policy", process, "4", FULL)
    assert actions(quiet, capsys).count("GetUser") == 1
    assert cam.users["alice"].uin != former
    assert FULL in cam.attached("alice")


@pytest.mark.parametrize("policies", [1, 2, 5, 20])
def test_more_policies_cost_no_more_than_their_own_calls(
    quiet: World, policies: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim, user, lives and receipt are shared: each further policy costs five calls."""
    names = quiet.add_policies(*(f"p{n}" for n in range(policies)))
    quiet.env["IM_ACCESS_ALLOW_FOREIGN_POLICIES"] = ",".join(names)
    process = quiet.process()
    deliver(quiet, "create_user", quiet.process(), "1", READ)
    for id in ("2", "3"):
        quiet.clock.advance(60)
        event = quiet.http("grant_policy", {"user": "alice", "policies": names}, id=id)
        assert quiet.invoke("grant_policy", event, process=process).status == 200
    assert len(actions(quiet, capsys)) == 7 + 5 * policies


@pytest.mark.parametrize(
    ("function", "pair"),
    [
        ("create_user", ("GetCallerIdentity", "ListPolicies")),
        ("grant_policy", ("ListPolicies", "GetUser")),
        ("revoke_policy", ("ListPolicies", "GetUser")),
    ],
)
def test_a_cold_instance_looks_up_side_by_side(world: World, function: str, pair: tuple[str, str]) -> None:
    """What does not need each other is asked at once: each of the two waits here until both are under way."""
    together = threading.Barrier(2, timeout=20)
    if function != "create_user":
        world.add_user("alice")
    for action in pair:
        world.cloud.faults.on(action, do=Fault.CALL_BEFORE, callback=lambda _call: together.wait())
    deliver(world, function, world.process(), "1", READ)
    assert not together.broken
