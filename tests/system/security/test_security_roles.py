"""Least privilege: each function can do what its document in docs/security says, and needs all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import roles
from local.cos.operations import OPERATIONS as COS_OPERATIONS
from local.journal import Call
from local.policy import Ask, Document
from local.policy_syntax import resource_pattern, wildcard
from shared.operations import FUNCTIONS, OPERATIONS
from tests.system.security.paths import STORIES
from tests.world import World

WHERE = ("ap-guangzhou", "im-access-1250000000")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "security.md"
BUCKET = "qcs::cos:ap-guangzhou:uid/1250000000:im-access-1250000000/"
PERMISSIONS = {operation.name: operation.permission for operation in COS_OPERATIONS.values()}
CREATE_ONLY = {"cos:x-cos-forbid-overwrite": "true"}

CARRIES_OUT = {"hr_events": ("create_user", "grant_policy", "revoke_policy", "offboard_user", "restore_user")}
"""Functions that do the work of commands, and so need what these need."""
ISSUING = ("create_user", "offboard_user", "restore_user", "reissue_credentials")
"""The commands that may delete credentials files."""


def statements(function: str) -> list[dict[str, Any]]:
    """The statements of a function's document, filled in."""
    document = roles.document(function, *WHERE)
    assert document is not None
    found: list[dict[str, Any]] = json.loads(json.dumps(document["statement"]))
    return found


def grants(function: str) -> Iterator[tuple[str, str]]:
    """Each action on each resource that a function's document allows."""
    for statement in statements(function):
        for action in statement["action"]:
            for resource in statement["resource"]:
                yield action, resource


def ask(call: Call) -> tuple[str, str]:
    """The action and resource that a call needs."""
    if call.service != "cos":
        return f"name/{call.service}:{call.action}", "*"
    return f"name/cos:{PERMISSIONS[call.action]}", BUCKET + call.target


@pytest.mark.usefixtures("in_process")
def test_each_function_has_a_document_and_needs_every_word_of_it(world: World) -> None:
    """All paths are walked with the documents enforced; a right that no call used is one too many."""
    used: dict[str, set[tuple[str, str]]] = {name: set() for name in FUNCTIONS}
    for story in STORIES:
        world.reset()
        story(world)
        for call in world.cloud.journal:
            kind, _, name = call.principal.partition("/")
            if kind == "role":
                used[name].add(ask(call))
    for function, commands in CARRIES_OUT.items():
        used[function] |= {one for command in commands for one in used[command]}
    for function in FUNCTIONS:
        unused = [grant for grant in grants(function) if not any(covers(grant, one) for one in used[function])]
        assert not unused, (
            f"no story of tests/system/security/paths.py uses what docs/security/{function}.json allows: {unused}"
        )


def covers(grant: tuple[str, str], needed: tuple[str, str]) -> bool:
    """Whether a right is the one that a call used."""
    return re.fullmatch(wildcard(grant[0]), needed[0]) is not None and bool(
        re.fullmatch(resource_pattern(grant[1]), needed[1])
    )


@pytest.mark.parametrize("function", OPERATIONS)
def test_every_write_into_the_bucket_is_create_only(function: str) -> None:
    """With its own credentials a function can overwrite nothing, and delete nothing but credentials files."""
    document = Document.parse(roles.document(function, *WHERE) or {})
    for prefix in ("requests/x", "ledger/x", "credentials/x", f"dead-letters/{function}/x"):
        resources = (BUCKET + prefix,)
        assert not document.allows(Ask("cos:PutObject", resources))
        assert not document.allows(Ask("cos:PutObject", resources, {"cos:x-cos-forbid-overwrite": "false"}))
        deletable = function in ISSUING and prefix.startswith("credentials/")
        assert document.allows(Ask("cos:DeleteObject", resources)) is deletable
    assert document.allows(Ask("cos:PutObject", (BUCKET + "requests/x",), CREATE_ONLY))


def test_the_page_and_the_sweep_touch_what_is_theirs() -> None:
    """The page makes nothing of the commands and knows no CAM; the sweep finishes commands, and no more than that."""
    page, sweep = (Document.parse(roles.document(name, *WHERE) or {}) for name in ("claim_credentials", "sweep"))
    for document in (page, sweep):
        for prefix in ("requests/x", "ledger/x", "dead-letters/x", "credentials/x"):
            assert not document.allows(Ask("cos:PutObject", (BUCKET + prefix,)))
            finishes = document is sweep and not prefix.startswith("dead-letters/")
            assert document.allows(Ask("cos:PutObject", (BUCKET + prefix,), CREATE_ONLY)) is finishes
        for prefix in ("opened/x", "housekeeping/x"):
            assert not document.allows(Ask("cos:PutObject", (BUCKET + prefix,)))
            assert document.allows(Ask("cos:PutObject", (BUCKET + prefix,), CREATE_ONLY))
        assert not document.allows(Ask("cos:DeleteObject", (BUCKET + "opened/x",)))
        made = [document.allows(Ask(f"cam:{action}")) for action in ("AddUser", "CreateAccessKey", "DeleteUser")]
        assert made == ([True] * 3 if document is sweep else [False] * 3)
    assert not page.allows(Ask("cos:PutObject", (BUCKET + "claims/x",), CREATE_ONLY))
    assert not any(page.allows(Ask(f"cam:{action}")) for action in ("GetUser", "UpdateUser", "UpdateAccessKey"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_page_says_what_a_stolen_role_could_change(function: str) -> None:
    """docs/security.md names each write in CAM that a role allows, and no other: nobody is to think it cannot."""
    allowed = {action.partition(":")[2] for action, _ in grants(function) if action.startswith("name/cam:")}
    writes = sorted(action for action in allowed if not action.startswith(("Get", "List", "Describe")))
    row = re.search(rf"^\| `{function}` \| (.+?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert row, f"add a row of {function} to the table of roles in docs/security.md"
    assert row[1] == (", ".join(f"`{action}`" for action in writes) or "none")


def test_what_is_written_once_is_deleted_by_no_role() -> None:
    """Neither a ledger entry, nor an event of life or the mark of an opened file; a dead letter, a request and a note
    by the sweep alone.
    """
    for function in FUNCTIONS:
        document = Document.parse(roles.document(function, *WHERE) or {})
        for prefix in ("ledger/x", "lives/x", "opened/x"):
            assert not document.allows(Ask("cos:DeleteObject", (BUCKET + prefix,)))
        for prefix in ("requests/x", f"dead-letters/{function}/x", "unclaimed/x"):
            assert document.allows(Ask("cos:DeleteObject", (BUCKET + prefix,))) is (function == "sweep")


@pytest.mark.parametrize("function", ["grant_policy", "revoke_policy"])
def test_only_create_user_comes_near_credentials(function: str) -> None:
    """The other functions can neither read nor write a credentials file, nor make a key or a user."""
    document = Document.parse(roles.document(function, *WHERE) or {})
    for action in ("GetObject", "PutObject", "HeadObject", "DeleteObject"):
        assert not document.allows(Ask(f"cos:{action}", (BUCKET + "credentials/x.csv",), CREATE_ONLY))
    for action in ("AddUser", "UpdateUser", "CreateAccessKey", "DeleteAccessKey"):
        assert not document.allows(Ask(f"cam:{action}"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_can_change_roles_policies_or_other_places(function: str) -> None:
    """What the functions never do, they may not do either; no action has a wildcard."""
    document = Document.parse(roles.document(function, *WHERE) or {})
    never = ["CreatePolicy", "UpdatePolicy", "AttachRolePolicy", "CreateRole", "AddUserToGroup"]
    never += ["DeleteUser"] if function != "sweep" else []
    assert not any(document.allows(Ask(f"cam:{action}")) for action in never)
    assert not document.allows(Ask("sts:AssumeRole"))
    assert not document.allows(Ask("cos:GetObject", (BUCKET + "elsewhere/x",)))
    assert not document.allows(
        Ask("cos:PutObject", (BUCKET.replace("im-access", "other") + "requests/x",), CREATE_ONLY)
    )
    assert not any("*" in action for statement in statements(function) for action in statement["action"])


def test_the_tool_prints_what_cam_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """A document for CreatePolicy: no placeholder left, within CAM's 6144 characters."""
    for function in FUNCTIONS:
        roles.main([function, "--region", "na-siliconvalley", "--bucket", "another-1300000001"])
        printed = capsys.readouterr().out.strip()
        assert json.loads(printed)["version"] == "2.0"
        assert "$" not in printed
        assert "qcs::cos:na-siliconvalley:uid/1300000001:another-1300000001/" in printed
        assert len(printed) <= roles.LIMIT


def test_a_right_that_is_missing_fails_the_test_that_needs_it(world: World) -> None:
    """The world notices a denied call even where the function gets along without it."""
    document = roles.document("grant_policy", *WHERE)
    assert document
    document["statement"] = [one for one in statements("grant_policy") if "GetBucketVersioning" not in str(one)]
    role = world.cloud.role_credentials("grant_policy", 1e9, document)
    world.roles["grant_policy"] |= {
        "TENCENTCLOUD_SECRETID": role.secret_id,
        "TENCENTCLOUD_SECRETKEY": role.secret_key,
        "TENCENTCLOUD_SESSIONTOKEN": role.token,
    }
    event = world.http("grant_policy", {"user": "nobody", "policies": ["QcloudAVCFullAccess"]}, id="1")
    assert world.invoke("grant_policy", event).status == 404
    assert {call.action for call in world.denied()} == {"GetBucketVersioning"}
    world.reset()
