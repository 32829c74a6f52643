"""Sub-users as the API shows them: shapes, errors, passwords, quotas."""

import pytest

from local.cloud import LocalCloud
from tests.unit.local.helpers import STRONG, Api, refused


def test_user_without_anything(api: Api) -> None:
    """What was not asked for comes back as an empty text, not as null."""
    answer = api("AddUser", Name="alice")
    assert (answer["Password"], answer["SecretId"], answer["SecretKey"]) == ("", "", "")
    assert isinstance(answer["Uin"], int)
    assert isinstance(answer["Uid"], int)


def test_generated_password(cloud: LocalCloud, api: Api) -> None:
    """Console login without a password makes one of 32 characters, which is shown and lets the user in."""
    password = str(api("AddUser", Name="alice", ConsoleLogin=1)["Password"])
    assert len(password) == 32
    assert cloud.cam.login(cloud.owner_uin, "alice", password)
    assert not cloud.cam.login(cloud.owner_uin, "alice", "other")
    assert not cloud.cam.login("100000000009", "alice", password)


@pytest.mark.parametrize("echo", [False, True])
def test_supplied_password(cloud: LocalCloud, api: Api, echo: bool) -> None:
    """A supplied password lets the user in; whether it is shown is a setting, since nobody documents it."""
    cloud.cam.echo_password = echo
    assert api("AddUser", Name="alice", ConsoleLogin=1, Password=STRONG)["Password"] == (STRONG if echo else "")
    assert cloud.cam.login(cloud.owner_uin, "alice", STRONG)


def test_password_without_console_login(cloud: LocalCloud, api: Api) -> None:
    """Without console login the password is ignored, its rules too."""
    api("AddUser", Name="alice", Password="weak")
    assert not cloud.cam.login(cloud.owner_uin, "alice", "weak")


@pytest.mark.parametrize("password", ["Aa1!aaa", "aa1!aaaa", "AA1!AAAA", "Aa!aaaaa", "Aa1aaaaa"])
def test_weak_password(api: Api, password: str) -> None:
    """At least eight characters with upper, lower, digit and special."""
    with refused("InvalidParameter.PasswordViolatedRules"):
        api("AddUser", Name="alice", ConsoleLogin=1, Password=password)


def test_api_key_signs(cloud: LocalCloud, api: Api) -> None:
    """The key of UseApi signs calls."""
    answer = api("AddUser", Name="alice", UseApi=1)
    (key,) = cloud.cam.keys_of("alice")
    assert (answer["SecretId"], answer["SecretKey"]) == (key.access_key_id, key.secret_key)
    identity = Api(cloud, key.credentials(), "sts")("GetCallerIdentity")
    assert identity["UserId"] == str(answer["Uin"])


def test_taken_name(cloud: LocalCloud, api: Api) -> None:
    """A second AddUser of a name is refused and changes nothing; names differ by case."""
    api("AddUser", Name="alice", Remark="first")
    with refused("InvalidParameter.SubUserNameInUse"):
        api("AddUser", Name="alice", Remark="second")
    api("AddUser", Name="Alice")
    assert cloud.cam.users["alice"].remark == "first"


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "a/b", "a\n"])
def test_illegal_name(api: Api, name: str) -> None:
    """Names have 1 to 64 letters, digits, Chinese characters and some signs."""
    with refused("InvalidParameter.UserNameIllegal"):
        api("AddUser", Name=name)


@pytest.mark.parametrize("name", ["a.b@c-d_e", "张三", "x" * 64])
def test_legal_name(api: Api, name: str) -> None:
    """All of these can be created and found."""
    api("AddUser", Name=name)
    assert api("GetUser", Name=name)["Name"] == name


def test_get_user(api: Api) -> None:
    """GetUser shows the profile, and misses an unknown name."""
    uin = api.uin("alice", Remark="r", PhoneNum="123", CountryCode="86", Email="a@b.c")
    found = api("GetUser", Name="alice")
    assert {name: found[name] for name in ("Uin", "Remark", "PhoneNum", "CountryCode", "Email", "ConsoleLogin")} == {
        "Uin": uin,
        "Remark": "r",
        "PhoneNum": "123",
        "CountryCode": "86",
        "Email": "a@b.c",
        "ConsoleLogin": 0,
    }
    with refused("ResourceNotFound.UserNotExist"):
        api("GetUser", Name="bob")


def test_update_user(cloud: LocalCloud, api: Api) -> None:
    """UpdateUser changes what is given and keeps the rest."""
    api("AddUser", Name="alice", Remark="r", Email="a@b.c", ConsoleLogin=1, Password=STRONG, NeedResetPassword=1)
    api("UpdateUser", Name="alice", Remark="new")
    user = cloud.cam.users["alice"]
    assert (user.remark, user.email, user.need_reset_password) == ("new", "a@b.c", True)
    assert cloud.cam.login(cloud.owner_uin, "alice", STRONG)
    with refused("ResourceNotFound.UserNotExist"):
        api("UpdateUser", Name="bob")


def test_update_password(cloud: LocalCloud, api: Api) -> None:
    """UpdateUser sets a password; ConsoleLogin=1 without one rotates to one that nobody is told; 0 closes login."""
    api("AddUser", Name="alice", ConsoleLogin=1, Password=STRONG)
    api("UpdateUser", Name="alice", ConsoleLogin=1, Password="Bb2?bbbb")
    assert cloud.cam.login(cloud.owner_uin, "alice", "Bb2?bbbb")
    assert set(api("UpdateUser", Name="alice", ConsoleLogin=1)) == {"RequestId"}
    assert not cloud.cam.login(cloud.owner_uin, "alice", "Bb2?bbbb")
    password = cloud.cam.users["alice"].password
    api("UpdateUser", Name="alice", ConsoleLogin=0)
    assert not cloud.cam.login(cloud.owner_uin, "alice", password)


def test_delete_user(cloud: LocalCloud, api: Api) -> None:
    """A user with keys is deleted only by Force, with all that hangs on it; the name is free again."""
    uin = api.uin("alice", UseApi=1)
    api("AttachUserPolicy", PolicyId=1, AttachUin=uin)
    api("PutUserPermissionsBoundary", PolicyId=1, TargetUin=uin)
    with refused("OperationDenied.HaveKeys"):
        api("DeleteUser", Name="alice")
    api("DeleteUser", Name="alice", Force=1)
    assert not cloud.cam.users
    assert not cloud.cam.keys
    assert not cloud.cam.attachments
    assert not cloud.cam.boundaries
    with refused("ResourceNotFound.UserNotExist"):
        api("DeleteUser", Name="alice")
    assert api.uin("alice") != uin


def test_delete_user_needs_the_right_to_delete_keys(cloud: LocalCloud, api: Api) -> None:
    """Force needs cam:DeleteApiKey when there are keys."""
    statement = {"effect": "allow", "action": "cam:DeleteUser", "resource": "*"}
    role = cloud.role_credentials(policy={"version": "2.0", "statement": [statement]})
    api("AddUser", Name="alice", UseApi=1)
    api("AddUser", Name="bob")
    with refused("UnauthorizedOperation.DeleteApiKey"):
        Api(cloud, role)("DeleteUser", Name="alice", Force=1)
    Api(cloud, role)("DeleteUser", Name="bob", Force=1)


def test_lists(api: Api) -> None:
    """ListUsers has everybody; DescribeSubAccounts finds by uin and leaves out who is unknown."""
    uins = [api.uin(name) for name in ("alice", "bob")]
    assert [one["Name"] for one in api.items("ListUsers", "Data")] == ["alice", "bob"]
    found = api.items("DescribeSubAccounts", "SubAccounts", FilterSubAccountUin=[uins[1], 5])
    assert [(one["Name"], one["UserType"]) for one in found] == [("bob", 2)]
    for wrong in ([], [1] * 51):
        with refused("InvalidParameter"):
            api("DescribeSubAccounts", FilterSubAccountUin=wrong)


def test_quotas(cloud: LocalCloud, api: Api) -> None:
    """An account has so many users, and on demand so many creations in 24 hours."""
    cloud.cam.creations_per_day = 2
    api("AddUser", Name="a")
    api("AddUser", Name="b")
    with refused("RequestLimitExceeded.CreateUser"):
        api("AddUser", Name="c")
    cloud.cam.creations_per_day = None
    cloud.cam.users_limit = 2
    with refused("InvalidParameter.SubUserFull"):
        api("AddUser", Name="c")


def test_creations_are_free_again_after_a_day(cloud: LocalCloud) -> None:
    """The window of creations slides with the cloud's clock."""
    cloud.cam.creations_per_day = 1
    cloud.cam.creations.append(cloud.clock.now() - 86_401)
    Api(cloud, cloud.root)("AddUser", Name="a")
    with refused("RequestLimitExceeded.CreateUser"):
        Api(cloud, cloud.root)("AddUser", Name="b")


def test_account(cloud: LocalCloud, api: Api) -> None:
    """The account's number, summary and password rules are answered."""
    api("AddUser", Name="a")
    answer = api("GetUserAppId")
    assert (answer["Uin"], answer["OwnerUin"], answer["AppId"]) == (cloud.owner_uin, cloud.owner_uin, int(cloud.appid))
    assert api("GetAccountSummary")["User"] == 1
    rules = api("GetPasswordRules")["Rules"]
    assert isinstance(rules, dict)
    assert rules["MinimumLength"] == 8
