"""The actions that show sub-users: GetUser, ListUsers, ListAccounts, DescribeSubAccounts."""

from collections.abc import Mapping

from local.actions import Numbers, Params
from local.api_errors import InvalidParameter
from local.cam import exceptions as errors
from local.cam.models import CamBackend
from local.cam.records import User
from local.cam.service import CAM
from local.cam.users import existing
from local.clock import china_time

SUB_USER = 2
LOOKUP_LIMIT, ACCOUNTS_LIMIT = 50, 100
USER_TYPES = ("Owner", "SubUser", "CICUser", "WechatCorpUser", "AgentIdentity", "Collaborator", "MessageReceiver")


@CAM.action("GetUser", 20, "Name", Name=str)
def get_user(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """One sub-user, by name."""
    user = existing(cam, params.text("Name"), cam.lag)
    ip, moment = last_login(cam, user.uin)
    return {**described(user), "RecentlyLoginIP": ip, "RecentlyLoginTime": moment}


def described(user: User) -> dict[str, object]:
    """The fields of a user that GetUser and ListUsers share."""
    return {
        "Uin": user.uin,
        "Name": user.name,
        "Uid": user.uid,
        "Remark": user.remark,
        "ConsoleLogin": int(user.console_login),
        "PhoneNum": user.phone,
        "CountryCode": user.country_code,
        "Email": user.email,
    }


def made(user: User) -> dict[str, object]:
    """When a user was created."""
    return {"CreateTime": china_time(user.created_at)}


def last_login(cam: CamBackend, uin: int) -> tuple[str, str]:
    """From where and when a user last logged in to the console; empty texts if it never did."""
    login = cam.logins.get(uin)
    return (login.ip, china_time(login.at)) if login else ("", "")


@CAM.action("ListUsers", 20)
def list_users(cam: CamBackend, _params: Params) -> Mapping[str, object]:
    """All sub-users at once: there is neither paging nor filter."""
    users = cam.users.lagging(cam.lag).values()
    return {"Data": [{**described(user), **made(user), "NickName": user.name} for user in users]}


@CAM.action("DescribeSubAccounts", 20, "FilterSubAccountUin", FilterSubAccountUin=Numbers)
def describe_sub_accounts(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Sub-users by uin, at most 50; unknown ones are left out."""
    wanted = params.numbers("FilterSubAccountUin")
    if not 1 <= len(wanted) <= LOOKUP_LIMIT:
        raise InvalidParameter(f"FilterSubAccountUin has 1 to {LOOKUP_LIMIT} items.")
    found = [user for user in (cam.find_user(uin, cam.lag) for uin in dict.fromkeys(wanted)) if user]
    return {"SubAccounts": [sub_account(cam, user) for user in found]}


def sub_account(cam: CamBackend, user: User) -> dict[str, object]:
    """A sub-user as DescribeSubAccounts shows it."""
    ip, moment = last_login(cam, user.uin)
    return {
        "Uin": user.uin,
        "Name": user.name,
        "Uid": user.uid,
        "Remark": user.remark,
        "CreateTime": china_time(user.created_at),
        "UserType": SUB_USER,
        "LastLoginIp": ip,
        "LastLoginTime": moment,
    }


@CAM.action("ListAccounts", 20, MaxItems=int, Marker=str, UserType=str)
def list_accounts(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Accounts by uin, page by page. There are only sub-users here: another UserType has none.

    Source: https://cloud.tencent.com/document/product/598/133082; phone and mail are masked in its sample, so here too.
    """
    size, marker, wanted = (
        params.number("MaxItems", ACCOUNTS_LIMIT),
        params.text("Marker", "0"),
        params.text("UserType"),
    )
    if not 1 <= size <= ACCOUNTS_LIMIT or wanted not in ("", *USER_TYPES):
        raise InvalidParameter(f"MaxItems is 1 to {ACCOUNTS_LIMIT}, UserType one of {', '.join(USER_TYPES)}.")
    if not marker.isdecimal():
        raise errors.PaginationTokenInvalid
    users = cam.users.lagging(cam.lag).values() if wanted in ("", "SubUser") else ()
    found = sorted((user for user in users if user.uin > int(marker)), key=lambda user: user.uin)
    rows = [account(user) for user in found[:size]]
    if len(found) <= size:
        return {"Users": rows, "Marker": "", "IsTruncated": False}
    return {"Users": rows, "Marker": str(found[size - 1].uin), "IsTruncated": True}


def account(user: User) -> dict[str, object]:
    """A sub-user as ListAccounts shows it."""
    hidden = {"PhoneNum": masked(user.phone), "Email": masked(user.email)}
    return {**described(user), **hidden, **made(user), "UserType": "SubUser"}


def masked(text: str) -> str:
    """A phone number or mail address of which the middle is hidden."""
    return f"{text[:3]}****{text[-4:]}" if text else ""
