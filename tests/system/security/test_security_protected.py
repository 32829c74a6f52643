"""The guard: users who are never touched, by name, by UIN, and the main account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.operations import OPERATIONS
from tests.system.security.commands import asked, command
from tests.system.security.guarded import (
    attempt,
    existing,
    make_administrator,
)
from tests.world import FULL, READ, World


@pytest.mark.parametrize("function", OPERATIONS)
@pytest.mark.parametrize("protected", ["alice", "ALICE", "bob, Alice"])
def test_a_protected_name_is_never_touched(world: World, function: str, protected: str) -> None:
    """A command for a protected name is refused before any call, in upper and lower case."""
    world.env["IM_ACCESS_PROTECTED_USERS"] = protected
    answer = world.invoke(function, world.http(function, asked(function, "alice"), id="1"))
    assert (answer.status, answer.body["code"]) == (403, "user_protected")
    assert not world.calls


@pytest.mark.parametrize("function", ["grant_policy", "revoke_policy"])
def test_a_protected_uin_is_never_touched(world: World, function: str) -> None:
    """The user's name does not tell: it is refused as soon as its UIN is known, and nothing is recorded."""
    world.env["IM_ACCESS_PROTECTED_USERS"] = str(existing(world))
    before = set(world.cloud.cos.objects)
    answer = attempt(world, function, READ)
    assert (answer.status, answer.body["code"]) == (403, "user_protected")
    assert not [key for key in set(world.cloud.cos.objects) - before if key.startswith("ledger/")]
    assert world.cloud.cam.attached("alice") == [READ]


@pytest.mark.parametrize("known", ["IM_ACCESS_OWNER_UIN", "TENCENTCLOUD_UIN"])
def test_the_main_account_is_never_touched(world: World, known: str) -> None:
    """Neither under its UIN as a name, nor where CAM answers with it."""
    existing(world)
    world.cloud.cam.users["alice"] = replace(world.cloud.cam.users["alice"], uin=int(world.cloud.owner_uin))
    world.env[known] = world.cloud.owner_uin
    for user in ("alice", world.cloud.owner_uin):
        answer = attempt(world, "grant_policy", READ, user=user)
        assert (answer.status, answer.body["code"]) == (403, "user_protected")


def test_the_functions_own_user_is_never_touched(world: World) -> None:
    """With permanent keys the function is a user itself; STS says which, once for an instance."""
    uin = existing(world, "robot")
    existing(world)
    key = world.cloud.cam.keys_of("robot")[0]
    make_administrator(world, uin)
    world.env |= {
        "TENCENTCLOUD_SECRETID": key.access_key_id,
        "TENCENTCLOUD_SECRETKEY": key.secret_key,
        "TENCENTCLOUD_SESSIONTOKEN": "",
    }
    process = world.process()
    for number, (user, status) in enumerate((("robot", 403), ("alice", 200), ("robot", 403))):
        event = world.http("grant_policy", command(user, FULL), id=f"own {number}")
        assert world.invoke("grant_policy", event, process=process).status == status
    assert [call.action for call in world.cloud.journal if call.principal == "user/robot"].count(
        "GetCallerIdentity"
    ) == 1
    assert world.cloud.cam.attached("robot") == ["AdministratorAccess", READ]


def test_a_role_asks_nobody_who_it_is(world: World) -> None:
    """With a session token there is no user that the function could be: STS is not asked."""
    existing(world)
    assert attempt(world, "grant_policy", FULL).status == 200
    assert "GetCallerIdentity" not in [call.action for call in world.calls]
