"""The guard: the permissions boundary of new users."""

from __future__ import annotations

from typing import Any

import pytest

from tests.system.security.commands import BOUNDARY, command, custom
from tests.system.security.guarded import (
    IM_ONLY,
    assert_no_trace,
    attempt,
    document,
    existing,
)
from tests.world import READ, World


def test_a_boundary_is_set_before_anything_is_attached(world: World) -> None:
    """PutUserPermissionsBoundary comes right after AddUser."""
    custom(world, BOUNDARY, document(IM_ONLY))
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    uin = existing(world)
    actions = [call.action for call in world.calls if call.service == "cam"]
    assert actions[actions.index("AddUser") + 1] == "PutUserPermissionsBoundary"
    assert world.cloud.cam.boundaries[uin] == world.cloud.cam.policy_id(BOUNDARY)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_boundary_survives_a_crash(world: World, when: str) -> None:
    """The attempt that takes over sets it, before it attaches."""
    custom(world, BOUNDARY, document(IM_ONLY))
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    event = world.http("create_user", command("alice"), id="1")
    world.kill(action="PutUserPermissionsBoundary", when=when)
    world.invoke("create_user", event)
    assert not world.cloud.cam.attached("alice")
    assert world.redeliver_until_answer("create_user", event).status == 201
    assert world.cloud.cam.boundaries[world.cloud.cam.users["alice"].uin] == world.cloud.cam.policy_id(BOUNDARY)


def test_a_missing_boundary_stops_a_create_before_there_is_a_user(world: World) -> None:
    """policy_missing, as for any policy that the settings name and CAM does not have."""
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    answer = attempt(world, "create_user", READ)
    assert (answer.status, answer.body["code"]) == (500, "policy_missing")
    assert_no_trace(world.cloud)


@pytest.mark.parametrize(
    "statement",
    [
        {**IM_ONLY, "action": "*"},
        {**IM_ONLY, "action": ["name/im:*", "name/cam:PassRole"]},
        {**IM_ONLY, "action": "*:Get*"},
        {**IM_ONLY, "action": ["im:*", "permid/1"]},
        {"effect": "allow", "notAction": "cam:*", "resource": "*"},
    ],
)
def test_a_boundary_with_administration_is_none(world: World, statement: dict[str, Any]) -> None:
    """The operator's mistake, found before there is a user: 500 over HTTP, and nothing is taken off a queue."""
    custom(world, BOUNDARY, document(IM_ONLY, statement))
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    answer = attempt(world, "create_user", READ)
    assert (answer.status, answer.body["code"]) == (500, "misconfigured")
    assert answer.body["detail"].startswith("IM_ACCESS_BOUNDARY_POLICY ")
    assert world.invoke("create_user", world.kafka(world.envelope("create_user", command("bob"), id="2"))).error
    assert_no_trace(world.cloud)


@pytest.mark.parametrize("name", ["AdministratorAccess", "QCloudResourceFullAccess", "QcloudCamFullAccess"])
def test_a_preset_of_administration_is_no_boundary(world: World, name: str) -> None:
    """A preset policy of administration is refused as a boundary, as it would bound nothing."""
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = name
    assert attempt(world, "create_user", READ).body["code"] == "misconfigured"
    assert_no_trace(world.cloud)


def test_a_boundary_may_leave_room_for_other_products(world: World) -> None:
    """It says what people can do at most, and is given to nobody."""
    custom(world, BOUNDARY, document(IM_ONLY, {**IM_ONLY, "action": ["cos:*", "cam:Get*"]}))
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    assert attempt(world, "create_user", READ).status == 201
