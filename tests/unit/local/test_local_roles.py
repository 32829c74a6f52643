"""Roles, and what SCF lists: read by Tencent's SDK as it is."""

import json

import pytest
from tencentcloud.cam.v20190116 import cam_client, models

from local.cloud import LocalCloud
from local.scf_api import Trigger
from tests.unit.local.helpers import Api, profile, refused, signer

TRUST = (
    '{"version":"2.0","statement":[{"effect":"allow","action":"sts:AssumeRole","principal":{"service":["scf/x.com"]}}]}'
)


def test_a_role_and_its_policies_in_the_typed_sdk(cloud: LocalCloud) -> None:
    """The typed client reads the role, its trust policy, and what is attached."""
    cloud.cam.add_role("worker", TRUST, "QcloudIMReadOnlyAccess")
    client = cam_client.CamClient(signer(cloud.root), "", profile(cloud))
    one, several = models.GetRoleRequest(), models.ListAttachedRolePoliciesRequest()
    one.RoleName = several.RoleName = "worker"
    several.Page, several.Rp = 1, 20
    role, policies = client.GetRole(one).RoleInfo, client.ListAttachedRolePolicies(several)
    assert (role.RoleName, json.loads(role.PolicyDocument)) == ("worker", json.loads(TRUST))
    assert [(row.PolicyName, row.PolicyType) for row in policies.List] == [("QcloudIMReadOnlyAccess", "QCS")]
    assert client.GetAccountSummary(models.GetAccountSummaryRequest()).Roles == 1


def test_a_role_by_id_and_none_at_all(cloud: LocalCloud, api: Api) -> None:
    """Found by id; an unknown name is RoleNotExist; without either the parameters are wrong."""
    role = cloud.cam.add_role("worker", TRUST)
    assert api.items("ListAttachedRolePolicies", "List", RoleId=role.role_id, Page=1, Rp=10) == []
    with refused("InvalidParameter.RoleNotExist"):
        api("GetRole", RoleName="nobody")
    for action, params in (("GetRole", {}), ("ListAttachedRolePolicies", {"Page": 1, "Rp": 1, "PolicyType": "x"})):
        with refused("InvalidParameter.ParamError"):
            api(action, **params)


def test_what_is_deployed(cloud: LocalCloud) -> None:
    """Functions by part of their names, page by page; triggers with their state; an unknown function is an error."""
    cloud.deployed.update({f"shop-{n}": [] for n in range(3)}, other=[Trigger("timer", "t", enabled=False)])
    scf = Api(cloud, cloud.root, "scf")
    found = scf("ListFunctions", SearchKey="SHOP", Offset=1, Limit=1)
    assert found["TotalCount"] == 3
    assert [one["FunctionName"] for one in scf.items("ListFunctions", "Functions", SearchKey="shop", Offset=1)] == [
        "shop-1",
        "shop-2",
    ]
    assert scf.items("ListFunctions", "Functions", Namespace="elsewhere") == []
    (row,) = scf.items("ListTriggers", "Triggers", FunctionName="other")
    assert (row["Type"], row["TriggerName"], row["Enable"]) == ("timer", "t", 0)
    with refused("ResourceNotFound.Function"):
        scf("ListTriggers", FunctionName="nobody")


@pytest.mark.parametrize(("service", "action"), [("cam", "GetRole"), ("scf", "ListFunctions")])
def test_a_right_is_needed(cloud: LocalCloud, service: str, action: str) -> None:
    """Without the right nothing is shown."""
    statement = {"effect": "allow", "action": ["cam:GetUser"], "resource": "*"}
    keys = cloud.role_credentials("bare", policy={"version": "2.0", "statement": [statement]})
    with refused("AuthFailure.UnauthorizedOperation"):
        Api(cloud, keys, service)(action)
    cloud.reset()
    assert not cloud.deployed
    assert not cloud.cam.roles
