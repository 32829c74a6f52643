"""The doctor and the functions' roles: there, trusted to SCF alone, and allowed what their documents say."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from doctor import roles as doctor_roles
from doctor.roles import CARRIER, DOCUMENTS, ROLES
from local import roles
from local.cloud import LocalCloud
from tests.system.doctor.test_doctor import add_policy, deploy, examine, keys, trust

SERVERLESS = DOCUMENTS.parents[1] / "serverless.yml"
ROLE = "im-access-create-user"
FORBID = {"string_equal": {"cos:x-cos-forbid-overwrite": "true"}}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """A cloud in which everything is as it should be."""
    with LocalCloud() as started:
        deploy(started)
        yield started


def document(cloud: LocalCloud) -> dict[str, Any]:
    """A copy of what the role of create_user should allow."""
    return copy.deepcopy(roles.document("create_user", cloud.region, cloud.bucket) or {})


def about(cloud: LocalCloud, **env: str) -> tuple[str, str]:
    """The one line about the role of create_user: whoever else is there is well."""
    code, found = examine(cloud, **env)
    (line,) = [line for line in found["roles"] if line[1].startswith(ROLE)]
    assert [result for result, text in found["roles"] if not text.startswith(ROLE)] == ["ok"] * (len(ROLES) - 1)
    assert code == (line[0] == "failure")
    return line


def test_the_roles_are_those_of_the_deployment() -> None:
    """The names and functions of serverless.yml, and a document for each."""
    functions = yaml.safe_load(SERVERLESS.read_text("utf-8"))["inputs"]["functions"]
    assert {name: function["role"] for name, function in functions.items()} == ROLES
    assert {path.stem for path in DOCUMENTS.glob("*.json")} == set(ROLES)


def test_a_role_that_does_not_exist_fails(cloud: LocalCloud) -> None:
    """An administrator, too, is told that the function has no role."""
    del cloud.cam.roles[ROLE]
    assert about(cloud, **keys(cloud.root)) == ("failure", f"{ROLE}: there is no such role")


def test_a_right_that_is_missing_fails(cloud: LocalCloud) -> None:
    """A role that lacks a right is a failure that names the right in few words."""
    less = document(cloud)
    less["statement"][0]["action"].remove("name/cam:AttachUserPolicy")
    less["statement"] = [one for one in less["statement"] if one["action"] != ["name/cos:DeleteObject"]]
    add_policy(cloud, ROLE, less)
    where = [f"cos:DeleteObject on {cloud.bucket}/{folder}/*" for folder in ("credentials", "open", "deliveries")]
    lacks = ", ".join([f"{ROLE}: lacks cam:AttachUserPolicy", *where])
    assert about(cloud) == ("failure", f"{lacks} and 1 more")
    cloud.cam.add_role(ROLE, trust(CARRIER))
    result, text = about(cloud)
    assert result == "failure"
    assert "lacks cam:AddUser, " in text
    assert text.endswith(" more")


def test_the_documents_of_another_bucket_do_not_do(cloud: LocalCloud) -> None:
    """The policy is compared with this bucket and region filled in."""
    add_policy(cloud, ROLE, roles.document("create_user", cloud.region, "other-1250000000"))
    _, found = examine(cloud)
    assert [result for result, text in found["roles"] if text.startswith(ROLE)] == ["failure", "warning"]


def test_more_than_needed_warns(cloud: LocalCloud) -> None:
    """A wider action, an administrator's preset, and a write that may overwrite."""
    more = document(cloud)
    more["statement"].append({"effect": "allow", "action": "cam:*", "resource": "*"})
    add_policy(cloud, ROLE, more)
    assert about(cloud) == ("warning", f"{ROLE}: allows more than needed: cam:*")
    add_policy(cloud, ROLE, document(cloud))
    cloud.cam.add_role(ROLE, trust(CARRIER), ROLE, "AdministratorAccess")
    assert about(cloud) == ("warning", f"{ROLE}: allows more than needed: *")
    lax = document(cloud)
    del next(one for one in lax["statement"] if "condition" in one)["condition"]
    add_policy(cloud, ROLE, lax)
    cloud.cam.add_role(ROLE, trust(CARRIER), ROLE)
    result, text = about(cloud)
    assert result == "warning"
    assert f"cos:PutObject on {cloud.bucket}/requests/* without the document's condition" in text


def test_the_union_of_several_policies_counts_by_meaning(cloud: LocalCloud) -> None:
    """A role's rights in several policies, written in other forms, count as the document."""
    names = []
    for number, statement in enumerate(document(cloud)["statement"]):
        one = {**statement, "effect": "Allow", "action": [a.removeprefix("name/") for a in statement["action"]]}
        if one["resource"] == ["*"]:
            one["resource"] = "*"
        elif len(one["resource"]) == 1:
            one["resource"] = one["resource"][0].replace("uid/1250000000", "")
        names.append(add_policy(cloud, f"part-{number}", {"version": "2.0", "statement": one}))
    cloud.cam.add_role(ROLE, trust(CARRIER), *reversed(names))
    assert about(cloud)[0] == "ok"


@pytest.mark.parametrize(
    ("extra", "result", "text"),
    [
        ({"effect": "deny", "action": "cam:A*"}, "failure", "lacks cam:AddUser, cam:AttachUserPolicy"),
        ({"effect": "deny", "action": "cam:DeleteUser"}, "ok", ""),
        (
            {"effect": "deny", "action": "cam:AddUser", "condition": {"ip_not_equal": {"qcs:ip": "10.0.0.0/8"}}},
            "warning",
            "only under further conditions: cam:AddUser",
        ),
    ],
)
def test_what_is_denied_is_not_allowed(cloud: LocalCloud, extra: dict[str, Any], result: str, text: str) -> None:
    """A deny takes away what it meets; under a condition nobody can say."""
    denying = add_policy(cloud, "denying", {"version": "2.0", "statement": [{"resource": "*", **extra}]})
    cloud.cam.add_role(ROLE, trust(CARRIER), ROLE, denying)
    found = about(cloud)
    assert found[0] == result
    assert text in found[1]


def test_a_condition_of_ones_own_warns_and_one_against_the_document_fails(cloud: LocalCloud) -> None:
    """An address range may be met; the opposite of the document's condition cannot."""
    ranged, opposite = document(cloud), document(cloud)
    ranged["statement"][0]["condition"] = {"ip_equal": {"qcs:ip": ["10.0.0.0/8"]}}
    add_policy(cloud, ROLE, ranged)
    result, text = about(cloud)
    assert (result, "only under further conditions: cam:AddUser" in text) == ("warning", True)
    opposite["statement"][1]["condition"] = {"string_equal": {"cos:x-cos-forbid-overwrite": "false"}}
    add_policy(cloud, ROLE, opposite)
    _, found = examine(cloud)
    assert [result for result, text in found["roles"] if text.startswith(ROLE)] == ["failure", "warning"]


def test_an_unknown_form_is_not_judged(cloud: LocalCloud) -> None:
    """A document with members that nobody here knows warns by its name."""
    odd = add_policy(cloud, "odd", {"version": "2.0", "statement": [{"effect": "allow", "notaction": ["*"]}]})
    cloud.cam.add_role(ROLE, trust(CARRIER), ROLE, odd)
    assert about(cloud) == ("warning", f"{ROLE}: odd is of a form that is not understood")


@pytest.mark.parametrize(
    ("services", "result", "text"),
    [
        (("cvm.qcloud.com",), "failure", "its carrier is cvm.qcloud.com, not scf.qcloud.com"),
        ((), "failure", "its carrier is nobody, not scf.qcloud.com"),
        ((CARRIER, "cvm.qcloud.com"), "warning", "also trusts cvm.qcloud.com"),
    ],
)
def test_the_carrier_is_scf_alone(cloud: LocalCloud, services: tuple[str, ...], result: str, text: str) -> None:
    """SCF cannot take on a role of another service, and another service should not take on this one."""
    cloud.cam.add_role(ROLE, trust(*services), ROLE)
    assert about(cloud) == (result, f"{ROLE}: {text}")


def test_a_caller_who_may_not_read_roles_is_told_what_is_missing(cloud: LocalCloud) -> None:
    """That is the caller's lack, told once, and no failure of the account; the rest is looked at."""
    everything = {"effect": "allow", "action": "*", "resource": "*"}
    for lacking in ("cam:GetRole", "cam:GetPolicy"):
        denial = {"effect": "deny", "action": [lacking], "resource": "*"}
        caller = cloud.role_credentials("half", policy={"version": "2.0", "statement": [everything, denial]})
        _, found = examine(cloud, **keys(caller))
        assert [line for line in found["roles"] if line[0] != "ok"] == [
            ("warning", f"not all was looked at: the caller lacks {lacking}")
        ]
        assert len(found["roles"]) == len(ROLES) + 1


def test_without_the_documents_it_says_so(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Installed without the repository, roles and carriers are still looked at."""
    monkeypatch.setattr(doctor_roles, "DOCUMENTS", tmp_path / "security")
    del cloud.cam.roles[ROLE]
    _, found = examine(cloud)
    assert ("failure", f"{ROLE}: there is no such role") in found["roles"]
    assert ("ok", "im-access-sweep: trusts scf.qcloud.com") in found["roles"]
    assert found["roles"][-1] == ("warning", "what the roles allow was not compared: docs/security is not here")
