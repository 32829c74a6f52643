"""Commands that the product itself decides on are executed like every request."""

from __future__ import annotations

from typing import Any

import pytest

from shared.bootstrap.container import Container
from shared.bootstrap.instance import instance
from shared.commands.command import Command
from shared.commands.create_user import CreateUser
from shared.commands.grant_policy import GrantPolicy
from shared.commands.offboard_user import OffboardUser
from shared.entrypoints.run_own_command import run_own_command
from shared.errors import Conflict, ImAccessError, Rejected
from shared.idempotency.cause import Cause
from shared.idempotency.request import Finished
from shared.operations import CREATE_USER, GRANT_POLICY, OFFBOARD_USER, Operation
from tests.world import FULL, READ, World

WHY = Cause(("scim", "alice", "1"), caller="okta")


def do(world: World, operation: Operation[Any, Any], command: Command, cause: Cause = WHY) -> Finished[Any]:
    """What came of it in an invocation of the sweep, whose role may call whatever the commands call."""
    environment = {**world.env, **world.roles["sweep"]}
    container = Container("sweep", {"time_limit_in_ms": 30_000}, environment, instance(), world.clock)
    return run_own_command(container, operation, command, cause)


def test_it_is_done_once(world: World) -> None:
    """The same decision again is a repetition, and the person is told once for each of its keys."""
    command = CreateUser(user="alice", policies=[READ])
    assert not do(world, CREATE_USER, command).replayed
    assert do(world, CREATE_USER, command).replayed
    state = world.end_state("alice")
    state.assert_access()
    assert state.attached == [READ]
    assert {body["type"] for _, body in state.notifications} == {"imaccess.user.created"}


def test_it_passes_the_same_guard(world: World) -> None:
    """A policy that may not be given is refused before anything is called."""
    with pytest.raises(Rejected) as caught:
        do(world, GRANT_POLICY, GrantPolicy(user="alice", policies=["AdministratorAccess"]))
    assert caught.value.code == "policy_not_allowed"


def test_what_cannot_be_done_is_told(world: World) -> None:
    """As an HTTP caller is told; a grant for nobody leaves nothing behind."""
    with pytest.raises(Conflict) as caught:
        do(world, GRANT_POLICY, GrantPolicy(user="nobody", policies=[FULL]))
    assert caught.value.code == "user_not_found"


def test_credentials_that_reach_nobody_are_not_made(world: World) -> None:
    """There is no HTTP answer that could carry them."""
    world.env.pop("IM_ACCESS_NOTIFY_URL")
    with pytest.raises(ImAccessError) as caught:
        do(world, CREATE_USER, CreateUser(user="alice", policies=[READ]))
    assert caught.value.code == "no_recipient"
    assert "alice" not in world.cloud.cam.users


def test_somebody_may_be_made_without_policies(world: World) -> None:
    """Which a caller may not ask for: a user of whom groups decide later."""
    with pytest.raises(Rejected, match="policies: List should have at least 1 item"):
        CreateUser.parse({"user": "alice", "policies": []})
    do(world, CREATE_USER, CreateUser.inside({"user": "alice", "policies": []}))
    state = world.end_state("alice")
    state.assert_access()
    assert state.attached == []


def test_somebody_may_be_closed_and_kept(world: World) -> None:
    """Which a caller may not ask for either: an earlier order to delete the user holds no longer, a later one does."""
    with pytest.raises(Rejected, match="keep: Extra inputs are not permitted"):
        OffboardUser.parse({"user": "alice", "keep": True})
    do(world, CREATE_USER, CreateUser(user="alice", policies=[READ]), WHY._replace(time=world.clock.now()))
    for days, keep in ((1, False), (None, True)):
        world.clock.advance(60)
        command = OffboardUser.inside({"user": "alice", "delete_after_days": days, "keep": keep})
        told = do(world, OFFBOARD_USER, command, Cause(("scim", "alice", str(keep)), world.clock.now())).result
        assert (told.delete_at is None) == keep
    world.clock.advance(2 * 86_400)
    assert world.invoke("sweep", world.timer()).body["deletions"] == {"done": 1, "failed": 0, "left": 0}
    assert "alice" in world.cloud.cam.users, "it was looked at, and is kept"
