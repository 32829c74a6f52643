"""User groups: who is in them, what they give, and how all of it is listed."""

import pytest
from tencentcloud.cam.v20190116 import cam_client, models

from local.cloud import LocalCloud
from tests.unit.local.helpers import STRONG, Api, profile, refused, signer

READ, FULL = "QcloudIMReadOnlyAccess", "QcloudAVCFullAccess"


@pytest.fixture
def group(api: Api) -> int:
    """A group called support."""
    made = api("CreateGroup", GroupName="support", Remark="answers")["GroupId"]
    assert isinstance(made, int)
    return made


def rows(api: Api, uin: int, attach_type: int = 0) -> list[tuple[object, object]]:
    """The policies that a user has by ListAttachedUserAllPolicies, each with the names of the groups that give it."""
    given = {"TargetUin": uin, "Rp": 200, "Page": 1, "AttachType": attach_type}
    found = api.items("ListAttachedUserAllPolicies", "PolicyList", **given)
    named = ((row["PolicyName"], row["Groups"]) for row in found)
    return [(name, [one["GroupName"] for one in groups]) for name, groups in named if isinstance(groups, list)]


def test_groups_in_the_typed_sdk(cloud: LocalCloud, group: int) -> None:
    """Tencent's typed client fills and reads a group, its users, and the groups of a user."""
    client = cam_client.CamClient(signer(cloud.root), "", profile(cloud))
    make, add, remove = models.AddUserRequest(), models.AddUserToGroupRequest(), models.RemoveUserFromGroupRequest()
    make.Name, make.ConsoleLogin, make.Password, make.Email = "alice", 1, STRONG, "alice@example.com"
    alice = client.AddUser(make)
    pair = models.GroupIdOfUidInfo()
    pair.GroupId, pair.Uin = group, alice.Uin
    add.Info = remove.Info = [pair]
    client.AddUserToGroup(add)
    asked, whole, mine = models.ListUsersForGroupRequest(), models.GetGroupRequest(), models.ListGroupsForUserRequest()
    asked.GroupId = whole.GroupId = group
    mine.SubUin = alice.Uin
    (member,) = client.ListUsersForGroup(asked).UserInfo
    assert (member.Name, member.Uin, member.Uid, member.Email) == ("alice", alice.Uin, alice.Uid, "alice@example.com")
    found = client.GetGroup(whole)
    assert (found.GroupName, found.Remark, found.GroupNum, found.UserInfo[0].Name) == ("support", "answers", 1, "alice")
    listed = client.ListGroupsForUser(mine)
    assert (listed.TotalNum, listed.GroupInfo[0].GroupId, listed.GroupInfo[0].GroupName) == (1, group, "support")
    client.RemoveUserFromGroup(remove)
    assert client.ListGroupsForUser(mine).TotalNum == 0


def test_memberships_by_uid_many_at_once_and_again(api: Api, group: int) -> None:
    """Several memberships change in one call, by Uid or Uin; a repetition is a success, both ways."""
    alice, bob = api("AddUser", Name="alice"), api("AddUser", Name="bob")
    info = [{"GroupId": group, "Uid": alice["Uid"]}, {"GroupId": str(group), "Uin": bob["Uin"]}]
    for _ in range(2):
        api("AddUserToGroup", Info=info)
    assert [one["Name"] for one in api.items("ListUsersForGroup", "UserInfo", GroupId=group)] == ["alice", "bob"]
    assert api("ListGroupsForUser", Uid=alice["Uid"])["TotalNum"] == 1
    for _ in range(2):
        api("RemoveUserFromGroup", Info=info[:1])
    assert [one["Name"] for one in api.items("ListUsersForGroup", "UserInfo", GroupId=group)] == ["bob"]
    (one,) = api.items("ListUsersForGroup", "UserInfo", GroupId=group, Page=1, Rp=1)
    assert one["Name"] == "bob"
    assert api.items("ListUsersForGroup", "UserInfo", GroupId=group, Page=2, Rp=1) == []


def test_what_memberships_are_refused(cloud: LocalCloud, api: Api, group: int) -> None:
    """Unknown users and groups, nobody named, and one membership too many have their documented codes."""
    uins = [api.uin(name) for name in ("alice", "bob")]
    for info, code in (
        ([{"GroupId": group, "Uin": 5}], "ResourceNotFound.UserNotExist"),
        ([{"GroupId": group}], "InvalidParameter.UserUinAndUinNotAllNull"),
        ([{"GroupId": 99, "Uin": uins[0]}], "InvalidParameter.GroupNotExist"),
        ([], "InvalidParameter.ParamError"),
        (["x"], "InvalidParameter"),
        ([{"GroupId": group, "Name": 1}], "UnknownParameter"),
    ):
        with refused(code):
            api("AddUserToGroup", Info=info)
    cloud.cam.users_of_group_limit = 1
    api("AddUserToGroup", Info=[{"GroupId": group, "Uin": uins[0]}])
    with refused("InvalidParameter.GroupUserFull"):
        api("AddUserToGroup", Info=[{"GroupId": group, "Uin": uins[1]}])
    cloud.cam.groups_of_user_limit = 1
    other = api("CreateGroup", GroupName="other")["GroupId"]
    with refused("InvalidParameter.UserGroupFull"):
        api("AddUserToGroup", Info=[{"GroupId": other, "Uin": uins[0]}])
    assert api("ListGroupsForUser", SubUin=uins[0])["TotalNum"] == 1


def test_one_bad_membership_changes_nothing(api: Api, group: int) -> None:
    """Of several memberships in one call either all are made or none."""
    uin = api.uin("alice")
    with refused("InvalidParameter.GroupNotExist"):
        api("AddUserToGroup", Info=[{"GroupId": group, "Uin": uin}, {"GroupId": 99, "Uin": uin}])
    assert api("ListGroupsForUser", SubUin=uin)["TotalNum"] == 0


def test_groups_are_named_once_counted_and_listed(cloud: LocalCloud, api: Api, group: int) -> None:
    """A name belongs to one group; lists have pages and a keyword; the account has so many."""
    with refused("InvalidParameter.GroupNameInUse"):
        api("CreateGroup", GroupName="support")
    with refused("InvalidParameter.ParamError"):
        api("CreateGroup", GroupName="")
    api("CreateGroup", GroupName="sales")
    assert [one["GroupName"] for one in api.items("ListGroups", "GroupInfo", Keyword="SUPP")] == ["support"]
    assert [one["GroupName"] for one in api.items("ListGroups", "GroupInfo", Rp=1, Page=2)] == ["sales"]
    assert api("GetAccountSummary")["Group"] == 2
    cloud.cam.groups_limit = 2
    with refused("InvalidParameter.GroupFull"):
        api("CreateGroup", GroupName="third")
    for action in ("GetGroup", "ListUsersForGroup"):
        with refused("ResourceNotFound.GroupNotExist"):
            api(action, GroupId=group + 99)


def test_policies_by_group(cloud: LocalCloud, api: Api, group: int) -> None:
    """AttachType tells what is attached directly from what a group gives; a policy held both ways has one row."""
    uin, read, full = api.uin("alice"), cloud.cam.policy_id(READ), cloud.cam.policy_id(FULL)
    api("AddUserToGroup", Info=[{"GroupId": group, "Uin": uin}])
    api("AttachUserPolicy", PolicyId=read, AttachUin=uin)
    for policy in (read, full, full):
        api("AttachGroupPolicy", PolicyId=policy, AttachGroupId=group)
    assert rows(api, uin) == [(READ, ["support"]), (FULL, ["support"])]
    assert rows(api, uin, 1) == [(READ, [])]
    assert rows(api, uin, 2) == [(READ, ["support"]), (FULL, ["support"])]
    assert cloud.cam.attached("alice") == [READ]
    assert [one["PolicyName"] for one in api.items("ListAttachedUserPolicies", "List", TargetUin=uin)] == [READ]
    cloud.cam.two_rows = True
    assert rows(api, uin) == [(READ, []), (READ, ["support"]), (FULL, ["support"])]


def test_a_groups_own_policies(cloud: LocalCloud, api: Api, group: int) -> None:
    """A group's policies are attached, listed, found by the policy, and detached; each mistake has its code."""
    full = cloud.cam.policy_id(FULL)
    api("AttachGroupPolicy", PolicyId=full, AttachGroupId=group)
    (listed,) = api.items("ListAttachedGroupPolicies", "List", TargetGroupId=group, Keyword="avc")
    assert (listed["PolicyId"], listed["PolicyName"], listed["PolicyType"]) == (full, FULL, "QCS")
    (entity,) = api.items("ListEntitiesForPolicy", "List", PolicyId=full)
    assert (entity["Id"], entity["Name"], entity["RelatedType"], entity["Uin"]) == (str(group), "support", 2, 0)
    (policy,) = api.items("ListPolicies", "List", Keyword=FULL, Rp=1)
    assert (policy["Attachments"], policy["AttachEntityCount"]) == (0, 1)
    for _ in range(2):
        api("DetachGroupPolicy", PolicyId=full, DetachGroupId=group)
    assert api.items("ListAttachedGroupPolicies", "List", TargetGroupId=group) == []
    for action, params, code in (
        ("AttachGroupPolicy", {"PolicyId": full, "AttachGroupId": 99}, "ResourceNotFound.GroupNotExist"),
        ("DetachGroupPolicy", {"PolicyId": full, "DetachGroupId": 99}, "ResourceNotFound.GroupNotExist"),
        ("AttachGroupPolicy", {"PolicyId": 99, "AttachGroupId": group}, "ResourceNotFound.PolicyIdNotFound"),
        ("DetachGroupPolicy", {"PolicyId": 99, "DetachGroupId": group}, "InvalidParameter.PolicyIdNotExist"),
    ):
        with refused(code):
            api(action, **params)
    cloud.cam.attachments_limit = 0
    with refused("FailedOperation.PolicyFull"):
        api("AttachGroupPolicy", PolicyId=full, AttachGroupId=group)


def test_a_group_gives_and_takes_rights(cloud: LocalCloud, api: Api, group: int) -> None:
    """A user's key may what the group's policy allows, for as long as the user is in the group."""
    made = api("AddUser", Name="alice", UseApi=1)
    api("AttachGroupPolicy", PolicyId=cloud.cam.policy_id("QcloudCamReadOnlyAccess"), AttachGroupId=group)
    (key,) = cloud.cam.keys_of("alice")
    alice = Api(cloud, key.credentials())
    with refused("AuthFailure.UnauthorizedOperation"):
        alice("ListUsers")
    api("AddUserToGroup", Info=[{"GroupId": group, "Uin": made["Uin"]}])
    assert len(alice.items("ListUsers", "Data")) == 1
    api("RemoveUserFromGroup", Info=[{"GroupId": group, "Uin": made["Uin"]}])
    with refused("AuthFailure.UnauthorizedOperation"):
        alice("ListUsers")


@pytest.mark.parametrize("gone", ["group", "user", "policy"])
def test_nothing_is_left_behind(cloud: LocalCloud, api: Api, group: int, gone: str) -> None:
    """What belongs to a deleted group, user or policy goes with it."""
    uin = api.uin("alice")
    document = '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","resource":"*"}]}'
    policy = api("CreatePolicy", PolicyName="own", PolicyDocument=document)["PolicyId"]
    api("AddUserToGroup", Info=[{"GroupId": group, "Uin": uin}])
    api("AttachGroupPolicy", PolicyId=policy, AttachGroupId=group)
    if gone == "group":
        api("DeleteGroup", GroupId=group)
        with refused("ResourceNotFound.UserNotExist"):
            api("DeleteGroup", GroupId=group)
    elif gone == "user":
        api("DeleteUser", Name="alice")
    else:
        api("DeletePolicy", PolicyId=[policy])
    assert bool(cloud.cam.memberships) == (gone == "policy")
    assert bool(cloud.cam.group_attachments) == (gone == "user")


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("ListGroupsForUser", {"SubUin": 1}),
        ("RemoveUserFromGroup", {"Info": []}),
        ("ListPoliciesGrantingServiceAccess", {"TargetUin": 1}),
        ("GetSecurityLastUsed", {"SecretIdList": []}),
        ("ListAccounts", {}),
    ],
)
def test_a_role_needs_the_permission(cloud: LocalCloud, action: str, params: dict[str, object]) -> None:
    """A role is refused without the action in its document, and gets through to the parameters with it."""
    for allowed in ("ListUsers", action):
        statement = {"effect": "allow", "action": f"name/cam:{allowed}", "resource": "*"}
        role = Api(cloud, cloud.role_credentials(policy={"version": "2.0", "statement": [statement]}))
        if allowed == action and action in ("ListPoliciesGrantingServiceAccess", "ListAccounts"):
            role(action, **params)
            continue
        codes = {"GetSecurityLastUsed": "InvalidParameter", "RemoveUserFromGroup": "InvalidParameter.ParamError"}
        beyond = codes.get(action, "ResourceNotFound.UserNotExist")
        with refused(beyond if allowed == action else "AuthFailure.UnauthorizedOperation"):
            role(action, **params)


def test_reads_of_groups_lag(cloud: LocalCloud, api: Api, group: int) -> None:
    """With a lag, lists miss a membership just made and still show one just ended."""
    uin = api.uin("alice")
    cloud.clock.advance(10)
    cloud.cam.lag = 5.0
    info = [{"GroupId": group, "Uin": uin}]
    api("AddUserToGroup", Info=info)
    assert api("ListGroupsForUser", SubUin=uin)["TotalNum"] == 0
    cloud.clock.advance(10)
    api("RemoveUserFromGroup", Info=info)
    assert api("ListGroupsForUser", SubUin=uin)["TotalNum"] == 1
