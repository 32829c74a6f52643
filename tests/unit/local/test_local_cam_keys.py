"""API keys, and what a sub-user may do with its own."""

from typing import cast

import pytest

from local.accounts import Credentials
from local.cloud import LocalCloud
from tests.unit.local.helpers import Api, error_code, refused
from tests.unit.local.helpers import tc3 as call


def created(api: Api, **params: object) -> Credentials:
    """A new key, ready to sign."""
    key = cast("dict[str, str]", api("CreateAccessKey", **params)["AccessKey"])
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def test_life_of_a_key(cloud: LocalCloud, api: Api) -> None:
    """A key is made, listed without its secret, disabled, enabled and deleted; it signs only while active."""
    uin = api.uin("alice")
    key = created(api, TargetUin=uin, Description="first")
    (listed,) = api.items("ListAccessKeys", "AccessKeys", TargetUin=uin)
    assert listed.items() >= {"AccessKeyId": key.secret_id, "Status": "Active", "Description": "first"}.items()
    assert "SecretAccessKey" not in listed
    assert error_code(call(cloud, "GetUserAppId", {}, key)) == ""
    api("UpdateAccessKey", AccessKeyId=key.secret_id, Status="Inactive", TargetUin=uin)
    assert error_code(call(cloud, "GetUserAppId", {}, key)) == "AuthFailure.SecretIdNotFound"
    api("UpdateAccessKey", AccessKeyId=key.secret_id, Status="Active", TargetUin=uin)
    assert error_code(call(cloud, "GetUserAppId", {}, key)) == ""
    api("DeleteAccessKey", AccessKeyId=key.secret_id, TargetUin=uin)
    assert error_code(call(cloud, "GetUserAppId", {}, key)) == "AuthFailure.SecretIdNotFound"


def test_two_keys_at_most(api: Api) -> None:
    """A third key is refused."""
    uin = api.uin("alice", UseApi=1)
    created(api, TargetUin=uin)
    with refused("OperationDenied.AccessKeyOverLimit"):
        created(api, TargetUin=uin)


def test_errors_of_keys(api: Api) -> None:
    """Unknown users and keys, another user's key, and impossible values."""
    alice, bob = api.uin("alice", UseApi=1), api.uin("bob")
    (key,) = api.items("ListAccessKeys", "AccessKeys", TargetUin=alice)
    with refused("InvalidParameter.UserNotExist"):
        created(api, TargetUin=5)
    with refused("ResourceNotFound.SecretNotExist"):
        api("DeleteAccessKey", AccessKeyId=key["AccessKeyId"], TargetUin=bob)
    with refused("InvalidParameter.ParamError"):
        api("UpdateAccessKey", AccessKeyId=key["AccessKeyId"], TargetUin=alice, Status="Off")
    with refused("InvalidParameter.ParamError"):
        created(api, TargetUin=bob, Description="a b")


def test_an_active_key_may_be_undeletable(cloud: LocalCloud, api: Api) -> None:
    """By setting a key is deleted only once it is inactive, as in the console."""
    uin = api.uin("alice")
    key = created(api, TargetUin=uin)
    cloud.cam.inactive_before_delete = True
    with refused("FailedOperation.Accesskey"):
        api("DeleteAccessKey", AccessKeyId=key.secret_id, TargetUin=uin)
    api("UpdateAccessKey", AccessKeyId=key.secret_id, Status="Inactive", TargetUin=uin)
    api("DeleteAccessKey", AccessKeyId=key.secret_id, TargetUin=uin)
    assert api.items("ListAccessKeys", "AccessKeys", TargetUin=uin) == []


def test_own_keys(cloud: LocalCloud, api: Api) -> None:
    """Without TargetUin the caller's own keys are meant, the main account's included."""
    key = created(api)
    assert [one["AccessKeyId"] for one in api.items("ListAccessKeys", "AccessKeys")] == [key.secret_id]
    assert Api(cloud, key, "sts")("GetCallerIdentity")["UserId"] == cloud.owner_uin
    with refused("InvalidParameter.UserNotExist"):
        Api(cloud, cloud.role_credentials())("ListAccessKeys")


def test_identities(cloud: LocalCloud, api: Api) -> None:
    """Main account, sub-user and role have shapes of their own; AccountId is the owner for all."""
    uin = api.uin("alice")
    key = created(api, TargetUin=uin)
    shapes = {
        "RootAccount": Api(cloud, cloud.root, "sts")("GetCallerIdentity"),
        "CAMUser": Api(cloud, key, "sts")("GetCallerIdentity"),
        "CAMRole": Api(cloud, cloud.role_credentials("worker"), "sts")("GetCallerIdentity"),
    }
    assert [name for name, one in shapes.items() if one["Type"] == name] == list(shapes)
    assert {one["AccountId"] for one in shapes.values()} == {cloud.owner_uin}
    assert shapes["CAMUser"]["Arn"] == f"qcs::cam:{cloud.owner_uin}:uin/{uin}"
    assert str(shapes["CAMRole"]["Arn"]).startswith(f"qcs::sts:{cloud.owner_uin}:assumed-role/")
    assert str(shapes["CAMRole"]["UserId"]).endswith(":worker")


def test_identity_needs_a_region(cloud: LocalCloud) -> None:
    """STS refuses a call without region."""
    with refused("MissingParameter"):
        Api(cloud, cloud.root, "sts", region="")("GetCallerIdentity")


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        (None, []),
        ("QcloudIMReadOnlyAccess", []),
        ("QcloudCamReadOnlyAccess", ["ListUsers"]),
        ("QcloudCamFullAccess", ["ListUsers", "AddUser"]),
        ("AdministratorAccess", ["ListUsers", "AddUser"]),
        ("QCloudResourceFullAccess", []),
        ("ReadOnlyAccess", ["ListUsers"]),
    ],
)
def test_rights_of_a_sub_user(cloud: LocalCloud, api: Api, policy: str | None, allowed: list[str]) -> None:
    """A sub-user may always ask who it is; all else follows from its policies."""
    uin = api.uin("alice")
    key = created(api, TargetUin=uin)
    if policy:
        api("AttachUserPolicy", PolicyId=cloud.cam.policy_id(policy), AttachUin=uin)
    attempts = {"GetUserAppId": {}, "ListUsers": {}, "AddUser": {"Name": "eve"}}
    codes = {action: error_code(call(cloud, action, params, key)) for action, params in attempts.items()}
    expected = dict.fromkeys(attempts, "AuthFailure.UnauthorizedOperation")
    assert codes == expected | dict.fromkeys(["GetUserAppId", *allowed], "")


def test_boundary_limits_rights(cloud: LocalCloud, api: Api) -> None:
    """What the boundary does not allow, no policy can give."""
    uin = api.uin("alice")
    key = created(api, TargetUin=uin)
    api("AttachUserPolicy", PolicyId=1, AttachUin=uin)
    api("PutUserPermissionsBoundary", PolicyId=cloud.cam.policy_id("QcloudCamReadOnlyAccess"), TargetUin=uin)
    assert error_code(call(cloud, "ListUsers", {}, key)) == ""
    assert error_code(call(cloud, "AddUser", {"Name": "eve"}, key)) == "AuthFailure.UnauthorizedOperation"


def test_key_actions_are_resource_level(cloud: LocalCloud, api: Api) -> None:
    """A policy can name the user whose keys may be made; other actions are granted by * alone."""
    alice, bob = api.uin("alice"), api.uin("bob")
    resource = f"qcs::cam::uin/{cloud.owner_uin}:uin/{alice}"
    statement = {"effect": "allow", "action": ["cam:CreateAccessKey", "cam:GetUser"], "resource": [resource]}
    role = Api(cloud, cloud.role_credentials(policy={"version": "2.0", "statement": [statement]}))
    created(role, TargetUin=alice)
    with refused("AuthFailure.UnauthorizedOperation"):
        created(role, TargetUin=bob)
    with refused("AuthFailure.UnauthorizedOperation"):
        role("GetUser", Name="alice")
