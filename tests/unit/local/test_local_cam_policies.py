"""Policies and their attachments."""

import json

import pytest

from local.cloud import LocalCloud
from tests.unit.local.helpers import Api, refused

DOCUMENT = json.dumps(
    {"version": "2.0", "statement": [{"effect": "allow", "action": "name/im:*", "resource": "qcs::im::uin/1:a/*"}]}
)


def test_all_presets_need_paging(api: Api) -> None:
    """The presets fill more than two of the largest pages, each once."""
    total = api("ListPolicies", Scope="QCS")["TotalNum"]
    pages = [api.items("ListPolicies", "List", Scope="QCS", Rp=200, Page=page) for page in (1, 2, 3, 4)]
    ids = [one["PolicyId"] for page in pages for one in page]
    assert isinstance(total, int)
    assert total > 450
    assert len(set(ids)) == len(ids) == total
    assert [len(page) for page in pages][:2] == [200, 200]
    assert len(api.items("ListPolicies", "List")) == 20


@pytest.mark.parametrize(
    ("name", "policy_id"),
    [
        ("AdministratorAccess", 1),
        ("QCloudResourceFullAccess", 2),
        ("QCloudFinanceFullAccess", 3),
        ("ReadOnlyAccess", 400411),
        ("QcloudAVCFullAccess", 524252),
        ("QcloudIMReadOnlyAccess", None),
        ("QcloudIMSFullAccess", None),
        ("QcloudCamFullAccess", None),
        ("QcloudTRTCFullAccess", None),
        ("QcloudTRTCReadonlyAccess", None),
    ],
)
def test_known_presets(api: Api, name: str, policy_id: int | None) -> None:
    """These presets are there, of type 2, with a readable document; documented ids are right."""
    (found,) = [one for one in api.items("ListPolicies", "List", Keyword=name, Rp=200) if one["PolicyName"] == name]
    assert found["Type"] == 2
    assert policy_id in (None, found["PolicyId"])
    policy = api("GetPolicy", PolicyId=found["PolicyId"])
    assert policy["PolicyName"] == name
    assert json.loads(str(policy["PolicyDocument"]))["version"] == "2.0"


@pytest.mark.parametrize("name", ["QcloudAVCFullAccess", "QcloudIMReadOnlyAccess"])
def test_keyword_finds_neighbours(api: Api, name: str) -> None:
    """A keyword is part of the name, so that the wanted name brings others with it."""
    names = [str(one["PolicyName"]) for one in api.items("ListPolicies", "List", Scope="QCS", Keyword=name)]
    assert name in names
    assert len(names) > 1


def test_list_arguments(api: Api) -> None:
    """Pages hold 1 to 200, and Scope is one of three."""
    for wrong in ({"Rp": 0}, {"Rp": 201}, {"Page": 0}, {"Page": 201}):
        with refused("InvalidParameter.ParamError"):
            api("ListPolicies", **wrong)
    with refused("InvalidParameter.ScopeError"):
        api("ListPolicies", Scope="Mine")


def test_custom_policy(cloud: LocalCloud, api: Api) -> None:
    """A custom policy is of type 1; single actions and resources become lists; slashes are escaped."""
    policy_id = api("CreatePolicy", PolicyName="app", PolicyDocument=DOCUMENT, Description="d")["PolicyId"]
    policy = api("GetPolicy", PolicyId=policy_id)
    assert policy["Type"] == 1
    assert r"name\/im:*" in str(policy["PolicyDocument"])
    assert json.loads(str(policy["PolicyDocument"]))["statement"][0]["action"] == ["name/im:*"]
    assert [one["PolicyName"] for one in api.items("ListPolicies", "List", Scope="Local")] == ["app"]
    assert cloud.cam.policy_id("app") == policy_id


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PolicyName": "QcloudAVCFullAccess"}, "FailedOperation.PolicyNameInUse"),
        ({"PolicyName": "a b"}, "InvalidParameter.PolicyNameError"),
        ({"PolicyDocument": "{"}, "InvalidParameter.PolicyDocumentError"),
        ({"PolicyDocument": '{"version":"2.0","statement":[]}'}, "InvalidParameter.PolicyDocumentError"),
        ({"PolicyDocument": DOCUMENT + " " * 6144}, "InvalidParameter.PolicyDocumentLengthOverLimit"),
        ({"Description": "x" * 301}, "InvalidParameter.DescriptionLengthOverlimit"),
    ],
)
def test_bad_custom_policy(api: Api, change: dict[str, str], code: str) -> None:
    """Each mistake has its code."""
    with refused(code):
        api("CreatePolicy", **{"PolicyName": "app", "PolicyDocument": DOCUMENT, **change})


def test_update_and_delete_policy(cloud: LocalCloud, api: Api) -> None:
    """A custom policy can be changed and deleted, a preset cannot; deleting detaches it."""
    policy_id = api("CreatePolicy", PolicyName="app", PolicyDocument=DOCUMENT)["PolicyId"]
    uin = api.uin("alice")
    api("AttachUserPolicy", PolicyId=policy_id, AttachUin=uin)
    api("UpdatePolicy", PolicyId=policy_id, Description="new", PolicyDocument=DOCUMENT.replace("im:", "avc:"))
    assert api("GetPolicy", PolicyId=policy_id)["Description"] == "new"
    api("DeletePolicy", PolicyId=[policy_id])
    assert cloud.cam.attached("alice") == []
    for action, params in (("UpdatePolicy", {"PolicyId": 1}), ("DeletePolicy", {"PolicyId": [1]})):
        with refused("ResourceNotFound.PolicyIdNotFound"):
            api(action, **params)
    with refused("ResourceNotFound.PolicyIdNotFound"):
        api("GetPolicy", PolicyId=policy_id)


def test_attach_and_detach(cloud: LocalCloud, api: Api) -> None:
    """Attach and detach may be repeated; the lists show the id as a number and as a text."""
    uin = api.uin("alice")
    for _ in range(2):
        api("AttachUserPolicy", PolicyId=524252, AttachUin=uin)
    (listed,) = api.items("ListAttachedUserPolicies", "List", TargetUin=uin)
    assert (listed["PolicyId"], listed["PolicyName"], listed["PolicyType"]) == (524252, "QcloudAVCFullAccess", "QCS")
    (held,) = api.items("ListAttachedUserAllPolicies", "PolicyList", TargetUin=uin, Rp=20, Page=1, AttachType=0)
    assert (held["PolicyId"], held["StrategyType"], held["Groups"]) == ("524252", "2", [])
    (entity,) = api.items("ListEntitiesForPolicy", "List", PolicyId=524252)
    assert (entity["Id"], entity["Uin"], entity["Name"], entity["RelatedType"]) == (str(uin), uin, "alice", 1)
    for _ in range(2):
        api("DetachUserPolicy", PolicyId=524252, DetachUin=uin)
    assert cloud.cam.attached("alice") == []
    cloud.cam.strict_detach = True
    with refused("ResourceNotFound.PolicyIdNotFound"):
        api("DetachUserPolicy", PolicyId=524252, DetachUin=uin)


def test_filters_of_attachments(api: Api) -> None:
    """By group there is nothing, by kind and keyword only what matches."""
    uin = api.uin("alice")
    api("AttachUserPolicy", PolicyId=1, AttachUin=uin)

    def names(**params: object) -> list[object]:
        given = {"TargetUin": uin, "Rp": 20, "Page": 1, "AttachType": 0, **params}
        return [one["PolicyName"] for one in api.items("ListAttachedUserAllPolicies", "PolicyList", **given)]

    assert names(StrategyType=2) == names(Keyword="admin") == names(AttachType=1) == ["AdministratorAccess"]
    assert names(StrategyType=1) == names(Keyword="x!") == names(AttachType=2) == []
    with refused("InvalidParameter.ParamError"):
        names(AttachType=3)
    assert api.items("ListEntitiesForPolicy", "List", PolicyId=1, EntityFilter="Role") == []
    with refused("InvalidParameter.EntityFilterError"):
        api("ListEntitiesForPolicy", PolicyId=1, EntityFilter="Robot")


@pytest.mark.parametrize(
    ("spelling", "policy_code"),
    [("ResourceNotFound", "PolicyIdNotFound"), ("InvalidParameter", "PolicyIdNotExist")],
)
@pytest.mark.parametrize(("action", "field"), [("AttachUserPolicy", "AttachUin"), ("DetachUserPolicy", "DetachUin")])
def test_not_found_has_two_spellings(
    cloud: LocalCloud, api: Api, spelling: str, policy_code: str, action: str, field: str
) -> None:
    """Unknown users and policies are spelled as set."""
    cloud.cam.spelling = spelling
    uin = api.uin("alice")
    with refused(f"{spelling}.UserNotExist"):
        api(action, PolicyId=1, **{field: 5})
    with refused(f"{spelling}.{policy_code}"):
        api(action, PolicyId=99, **{field: uin})


def test_attachment_quota(cloud: LocalCloud, api: Api) -> None:
    """One policy too many is PolicyFull."""
    cloud.cam.attachments_limit = 1
    uin = api.uin("alice")
    api("AttachUserPolicy", PolicyId=1, AttachUin=uin)
    with refused("FailedOperation.PolicyFull"):
        api("AttachUserPolicy", PolicyId=2, AttachUin=uin)


def test_boundary(api: Api) -> None:
    """A boundary is put, read and deleted; without one everything is null."""
    uin = api.uin("alice")
    assert api("GetUserPermissionBoundary", TargetUin=uin)["PolicyId"] is None
    api("PutUserPermissionsBoundary", TargetUin=uin, PolicyId=524252)
    assert api("GetUserPermissionBoundary", TargetUin=uin)["PolicyName"] == "QcloudAVCFullAccess"
    (found,) = api.items("ListPolicies", "List", Keyword="QcloudAVCFullAccess", Rp=1)
    assert found["AttachEntityBoundaryCount"] == 1
    for _ in range(2):
        api("DeleteUserPermissionsBoundary", TargetUin=uin)
    with refused("InvalidParameter.PolicyIdNotExist"):
        api("PutUserPermissionsBoundary", TargetUin=uin, PolicyId=99)
    with refused("InvalidParameter.UserNotExist"):
        api("GetUserPermissionBoundary", TargetUin=5)
