"""Commands of the tests of the guard, and what somebody does by hand in CAM."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from local.cloud import LocalCloud
from tests.answers import Answer
from tests.system.security.commands import command
from tests.world import FULL, READ, World

IM_ONLY = {"effect": "allow", "action": ["name/im:*"], "resource": ["*"]}
ADMINISTRATION = (
    "AdministratorAccess",
    "QCloudResourceFullAccess",
    "QCloudFinanceFullAccess",
    "QcloudCamFullAccess",
    "QcloudCamSubaccountsAuthorizeRoleFullAccess",
    "QcloudCollApiKeyManageAccess",
    "QcloudOrganizationFullAccess",
    "QcloudBillingFullAccess",
)


def allow(world: World, *names: str) -> None:
    """Put names on the allow-list beside the two presets."""
    world.env["IM_ACCESS_POLICIES"] = ",".join((FULL, READ, *names))


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"version": "2.0", "statement": list(statements)})


def attempt(world: World, function: str, *policies: str, user: str = "alice", id: str = "1") -> Answer:
    """One command."""
    return world.invoke(function, world.http(function, command(user, *policies), id=id))


def existing(world: World, user: str = "alice") -> int:
    """A user that somebody has made by hand; its uin."""
    assert attempt(world, "create_user", READ, user=user, id=f"made {user}").status == 201
    return world.cloud.cam.users[user].uin


def make_administrator(world: World, uin: int) -> None:
    """Somebody attaches AdministratorAccess by hand."""
    attachments = world.cloud.cam.attachments
    attachments[uin, 1] = replace(attachments[uin, world.cloud.cam.policy_id(READ)], policy_id=1)


def rewrite(world: World, policy_id: int, *statements: dict[str, Any]) -> None:
    """Somebody changes a policy's document."""
    policies = world.cloud.cam.policies
    policies[policy_id] = replace(policies[policy_id], document=document(*statements))


def assert_no_trace(cloud: LocalCloud) -> None:
    """No user, and nothing in the ledger: the ordering knows nothing of a refused request."""
    assert not cloud.cam.users
    assert not [key for key in cloud.cos.objects if key.startswith(("ledger/", "credentials/"))]
