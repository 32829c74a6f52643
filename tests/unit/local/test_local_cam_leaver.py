"""A leaver's way through CAM, by Tencent's typed SDK: every call that cuts off, each of them repeatable."""

import pytest
from tencentcloud.cam.v20190116 import cam_client, models

from local.clock import FrozenClock
from local.cloud import LocalCloud
from tests.unit.local.helpers import STRONG, Api, error_code, profile, refused, signer, tc3

START = 1_790_000_000.0
FULL = "QcloudAVCFullAccess"
ROLE = {
    "version": "2.0",
    "statement": [
        {
            "effect": "allow",
            "action": [
                "name/cam:UpdateUser",
                "name/cam:DetachUserPolicy",
                "name/cam:ListAttachedUserAllPolicies",
                "name/cam:ListGroupsForUser",
                "name/cam:RemoveUserFromGroup",
                "name/cam:DeleteUser",
                "name/cam:*AccessKey*",
            ],
            "resource": "*",
        }
    ],
}


@pytest.fixture
def uin(cloud: LocalCloud, api: Api) -> int:
    """Alice, with a login, a key, a policy, and a group that gives another."""
    group, found = api("CreateGroup", GroupName="support")["GroupId"], api.uin("alice", ConsoleLogin=1, Password=STRONG)
    api("CreateAccessKey", TargetUin=found)
    api("AttachUserPolicy", PolicyId=cloud.cam.policy_id(FULL), AttachUin=found)
    api("AttachGroupPolicy", PolicyId=cloud.cam.policy_id("QcloudCamReadOnlyAccess"), AttachGroupId=group)
    api("AddUserToGroup", Info=[{"GroupId": group, "Uin": found}])
    return found


@pytest.fixture
def client(cloud: LocalCloud) -> cam_client.CamClient:
    """The typed client with a role that may do just this."""
    return cam_client.CamClient(signer(cloud.role_credentials(policy=dict(ROLE))), "", profile(cloud))


def filled(request: object, **fields: object) -> object:
    """A request of the SDK with its fields."""
    for name, value in fields.items():
        setattr(request, name, value)
    return request


def close(client: cam_client.CamClient, uin: int) -> None:
    """Cut a user off: keys, login, policies, groups."""
    keys = client.ListAccessKeys(filled(models.ListAccessKeysRequest(), TargetUin=uin)).AccessKeys
    for key in keys:
        request = filled(models.UpdateAccessKeyRequest(), AccessKeyId=key.AccessKeyId, Status="Inactive", TargetUin=uin)
        client.UpdateAccessKey(request)
    client.UpdateUser(filled(models.UpdateUserRequest(), Name="alice", ConsoleLogin=0))
    asked = filled(models.ListAttachedUserAllPoliciesRequest(), TargetUin=uin, Rp=200, Page=1, AttachType=1)
    for policy in client.ListAttachedUserAllPolicies(asked).PolicyList:
        request = filled(models.DetachUserPolicyRequest(), PolicyId=int(policy.PolicyId), DetachUin=uin)
        client.DetachUserPolicy(request)
    for group in client.ListGroupsForUser(filled(models.ListGroupsForUserRequest(), SubUin=uin)).GroupInfo:
        pair = filled(models.GroupIdOfUidInfo(), GroupId=group.GroupId, Uin=uin)
        client.RemoveUserFromGroup(filled(models.RemoveUserFromGroupRequest(), Info=[pair]))


def test_a_leaver_is_cut_off(cloud: LocalCloud, uin: int, client: cam_client.CamClient) -> None:
    """Keys, login, policies and groups end, each at once; all of it again changes nothing."""
    (key,) = cloud.cam.keys_of("alice")
    assert Api(cloud, key.credentials())("ListUsers")
    for _ in range(2):
        close(client, uin)
    with refused("AuthFailure.SecretIdNotFound"):
        Api(cloud, key.credentials())("ListUsers")
    assert not cloud.cam.login(cloud.owner_uin, "alice", STRONG)
    assert (cloud.cam.attached("alice"), cloud.cam.groups_of(uin)) == ([], [])
    assert (
        client.ListAttachedUserAllPolicies(
            filled(models.ListAttachedUserAllPoliciesRequest(), TargetUin=uin, Rp=200, Page=1, AttachType=0)
        ).PolicyList
        == []
    )


def test_a_leaver_is_deleted_keys_first(cloud: LocalCloud, uin: int, client: cam_client.CamClient) -> None:
    """Without Force a user with a key stays; after its keys it goes, and a repetition says that it is gone."""
    gone = filled(models.DeleteUserRequest(), Name="alice", Force=0)
    with refused("OperationDenied.HaveKeys"):
        client.DeleteUser(gone)
    (key,) = cloud.cam.keys_of("alice")
    last = filled(models.DeleteAccessKeyRequest(), AccessKeyId=key.access_key_id, TargetUin=uin)
    client.DeleteAccessKey(last)
    with refused("ResourceNotFound.SecretNotExist"):
        client.DeleteAccessKey(last)
    client.DeleteUser(gone)
    with refused("ResourceNotFound.UserNotExist"):
        client.DeleteUser(gone)
    with refused("ResourceNotFound.UserNotExist"):
        client.ListGroupsForUser(filled(models.ListGroupsForUserRequest(), SubUin=uin))


@pytest.mark.parametrize(
    ("action", "rate", "params"),
    [
        ("UpdateAccessKey", 5, {"AccessKeyId": "x", "Status": "Inactive"}),
        ("ListAttachedUserAllPolicies", 5, {"TargetUin": 1, "Rp": 1, "Page": 1, "AttachType": 0}),
        ("DetachUserPolicy", 10, {"PolicyId": 1, "DetachUin": 1}),
        ("DeletePolicy", 10, {"PolicyId": [1]}),
        ("RemoveUserFromGroup", 20, {"Info": []}),
        ("GetSecurityLastUsed", 20, {"SecretIdList": []}),
    ],
)
def test_the_rates_of_a_leaver(action: str, rate: int, params: dict[str, object]) -> None:
    """Each action is answered so often in a second of the account, and throttled beyond it."""
    with LocalCloud(FrozenClock(START), seed=1) as cloud:
        cloud.cam.enforce_rates = True
        codes = [error_code(tc3(cloud, action, params, at=START)) for _ in range(rate + 1)]
        assert [code == "RequestLimitExceeded" for code in codes] == [False] * rate + [True]
