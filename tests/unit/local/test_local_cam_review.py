"""What a review of access reads: last logins and uses of keys, access by service, accounts page by page."""

import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from tencentcloud.cam.v20190116 import cam_client, models

from local.cam.records import AccessKey
from local.clock import FrozenClock, china_time
from local.cloud import LocalCloud
from tests.unit.local.helpers import STRONG, Api, Bucket, error_code, profile, refused, signer, tc3

DAY = 86_400


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """A cloud whose clock stands at the present moment."""
    with LocalCloud(FrozenClock(time.time()), seed=1) as started:
        yield started


def test_a_login_is_seen(cloud: LocalCloud) -> None:
    """A login that the console lets in is the last one; one that it refuses is not."""
    client = cam_client.CamClient(signer(cloud.root), "", profile(cloud))
    make, one, several = models.AddUserRequest(), models.GetUserRequest(), models.DescribeSubAccountsRequest()
    make.Name, make.ConsoleLogin, make.Password = "alice", 1, STRONG
    one.Name, several.FilterSubAccountUin = "alice", [client.AddUser(make).Uin]
    assert not cloud.cam.login(cloud.owner_uin, "alice", "wrong")
    assert client.DescribeSubAccounts(several).SubAccounts[0].LastLoginTime == ""
    assert cloud.cam.login(cloud.owner_uin, "alice", STRONG, ip="203.0.113.7")
    found = client.DescribeSubAccounts(several).SubAccounts[0]
    assert (found.LastLoginIp, found.LastLoginTime) == ("203.0.113.7", china_time(cloud.clock.now()))
    user = client.GetUser(one)
    assert (user.RecentlyLoginIP, user.RecentlyLoginTime) == (found.LastLoginIp, found.LastLoginTime)


def test_login_closed_and_opened(cloud: LocalCloud) -> None:
    """ConsoleLogin 0 shuts the console and every list says so; 1 with a password opens it for that password alone."""
    api = Api(cloud, cloud.root)
    api("AddUser", Name="alice", ConsoleLogin=1, Password=STRONG)
    for value, password in ((0, STRONG), (1, "Bb2?bbbb")):
        api("UpdateUser", Name="alice", ConsoleLogin=value, **({"Password": password} if value else {}))
        assert cloud.cam.login(cloud.owner_uin, "alice", password) == bool(value)
        assert [one["ConsoleLogin"] for one in api.items("ListUsers", "Data")] == [value]
        assert [one["ConsoleLogin"] for one in api.items("ListAccounts", "Users")] == [value]
    assert not cloud.cam.login(cloud.owner_uin, "alice", STRONG)


def last_uses(cloud: LocalCloud, *keys: AccessKey) -> list[tuple[object, object]]:
    """What GetSecurityLastUsed says of keys at the cloud's time: the day, the milliseconds."""
    params = {"SecretIdList": [key.access_key_id for key in keys]}
    answer = tc3(cloud, "GetSecurityLastUsed", params, at=cloud.clock.now())
    rows = cast("list[dict[str, Any]]", answer["SecretIdLastUsedRows"])
    assert [row["SecretId"] for row in rows] == params["SecretIdList"]
    return [(row["LastUsedDate"], row["LastSecretUsedDate"]) for row in rows]


def test_a_signed_call_is_a_use_of_the_key(cloud: LocalCloud) -> None:
    """A call to CAM or to the bucket is the key's last use at once, by its day from the next day on."""
    api, now = Api(cloud, cloud.root), cloud.clock.now()
    for name in ("alice", "bob", "carol"):
        api("AddUser", Name=name, UseApi=1)
    alice, bob, carol = (cloud.cam.keys_of(name)[0] for name in ("alice", "bob", "carol"))
    with refused("AuthFailure.UnauthorizedOperation"):
        Api(cloud, alice.credentials())("ListUsers")
    with pytest.raises(Exception, match="AccessDenied"):
        Bucket(cloud, bob.credentials()).get("x")
    used = int(now * 1000)
    assert last_uses(cloud, alice, bob, carol) == [(None, used), (None, used), (None, None)]
    cloud.clock.advance(DAY)
    assert error_code(tc3(cloud, "ListUsers", {}, alice.credentials(), at=cloud.clock.now()))
    day, later = china_time(now)[:10], int(cloud.clock.now() * 1000)
    assert last_uses(cloud, alice, bob, carol) == [(day, later), (day, used), (None, None)]


def test_last_use_in_the_typed_sdk(cloud: LocalCloud) -> None:
    """Tencent's typed client reads the last use of a key that its own calls made."""
    api = Api(cloud, cloud.root)
    api("AttachUserPolicy", PolicyId=cloud.cam.policy_id("QcloudCamReadOnlyAccess"), AttachUin=api.uin("a", UseApi=1))
    (key,) = cloud.cam.keys_of("a")
    asked = models.GetSecurityLastUsedRequest()
    asked.SecretIdList = [key.access_key_id]
    client = cam_client.CamClient(signer(key.credentials()), "", profile(cloud))
    (row,) = client.GetSecurityLastUsed(asked).SecretIdLastUsedRows
    assert (row.SecretId, row.LastUsedDate) == (key.access_key_id, None)
    assert row.LastSecretUsedDate == int(cloud.clock.now() * 1000)


def test_a_forged_call_is_no_use(cloud: LocalCloud) -> None:
    """A call whose signature does not hold leaves no trace on the key."""
    api = Api(cloud, cloud.root)
    made = api("AddUser", Name="alice", UseApi=1)
    (key,) = cloud.cam.keys_of("alice")
    forged = type(key.credentials())(key.access_key_id, "wrong")
    with refused("AuthFailure.SignatureFailure"):
        Api(cloud, forged)("ListUsers")
    (row,) = api.items("GetSecurityLastUsed", "SecretIdLastUsedRows", SecretIdList=[made["SecretId"]])
    assert row["LastSecretUsedDate"] is None


def test_at_most_ten_keys(cloud: LocalCloud) -> None:
    """Ten keys can be asked for at once, known or not; none, eleven, and what is no text are refused."""
    api = Api(cloud, cloud.root)
    assert len(api.items("GetSecurityLastUsed", "SecretIdLastUsedRows", SecretIdList=["a"] * 10)) == 10
    for wrong in ([], ["a"] * 11, [1]):
        with refused("InvalidParameter"):
            api("GetSecurityLastUsed", SecretIdList=wrong)


def test_access_by_service(cloud: LocalCloud) -> None:
    """Every policy that allows some of a service is named, of the user itself and of its groups; a denial is not."""
    api, client = Api(cloud, cloud.root), cam_client.CamClient(signer(cloud.root), "", profile(cloud))
    uin, group = api.uin("alice"), api("CreateGroup", GroupName="support")["GroupId"]
    deny = '{"version":"2.0","statement":[{"effect":"deny","action":"im:*","resource":"*"}]}'
    api("CreatePolicy", PolicyName="no-im", PolicyDocument=deny)
    for name in ("QcloudIMReadOnlyAccess", "QcloudCOSFullAccess", "no-im"):
        api("AttachUserPolicy", PolicyId=cloud.cam.policy_id(name), AttachUin=uin)
    api("AttachGroupPolicy", PolicyId=cloud.cam.policy_id("QcloudAVCFullAccess"), AttachGroupId=group)
    api("AddUserToGroup", Info=[{"GroupId": group, "Uin": uin}])
    asked = models.ListPoliciesGrantingServiceAccessRequest()
    asked.TargetUin = uin
    services = [one.Service.ServiceType for one in client.ListPoliciesGrantingServiceAccess(asked).List]
    assert services == ["avc", "cos", "im"]
    asked.ServiceType = "im"
    (found,) = client.ListPoliciesGrantingServiceAccess(asked).List
    assert [(one.PolicyName, one.PolicyType) for one in found.Policy] == [
        ("QcloudIMReadOnlyAccess", "Presetting"),
        ("QcloudAVCFullAccess", "Presetting"),
    ]
    assert [one.PolicyId for one in found.Policy][1] == "524252"


def test_access_of_groups_roles_and_administrators(cloud: LocalCloud) -> None:
    """Groups and roles are asked for by id; whoever may everything may every service; one target is needed."""
    api = Api(cloud, cloud.root)
    group = api("CreateGroup", GroupName="admins")["GroupId"]
    api("AttachGroupPolicy", PolicyId=1, AttachGroupId=group)
    role = cloud.cam.add_role("worker", "{}", "QcloudIMReadOnlyAccess")
    assert len(api.items("ListPoliciesGrantingServiceAccess", "List", GroupId=group)) > 100
    (found,) = api.items("ListPoliciesGrantingServiceAccess", "List", RoleId=int(role.role_id))
    assert found["Service"] == {"ServiceType": "im", "ServiceName": "IM"}
    for wrong in ({}, {"GroupId": group, "TargetUin": 1}):
        with refused("InvalidParameter.ParamError"):
            api("ListPoliciesGrantingServiceAccess", **wrong)


def test_accounts_page_by_page(cloud: LocalCloud) -> None:
    """ListAccounts gives each sub-user once over its pages, phone and mail masked, and no other kind of account."""
    api, client = Api(cloud, cloud.root), cam_client.CamClient(signer(cloud.root), "", profile(cloud))
    for number in range(5):
        api("AddUser", Name=f"u{number}", Email="someone@example.com")
    asked, names = models.ListAccountsRequest(), []
    asked.MaxItems = 2
    while True:
        page = client.ListAccounts(asked)
        names += [user.Name for user in page.Users]
        assert {user.Email for user in page.Users} == {"som****.com"}
        if not page.IsTruncated:
            break
        asked.Marker = page.Marker
    assert names == [f"u{number}" for number in range(5)]
    assert api("ListAccounts", UserType="Owner")["Users"] == []
    for wrong, code in (
        ({"MaxItems": 0}, "InvalidParameter"),
        ({"MaxItems": 101}, "InvalidParameter"),
        ({"UserType": "Robot"}, "InvalidParameter"),
        ({"Marker": "x"}, "InvalidParameter.PaginationTokenInvalid"),
    ):
        with refused(code):
            api("ListAccounts", **wrong)
