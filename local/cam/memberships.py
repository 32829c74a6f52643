"""The members of groups: AddUserToGroup, RemoveUserFromGroup, ListUsersForGroup, ListGroupsForUser."""

from collections.abc import Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.groups import described, existing, member, users_of
from local.cam.models import CamBackend
from local.cam.records import Membership
from local.cam.service import CAM, page
from local.cam.users import FIRST_UID

Pair = tuple[int, int]


def pairs(cam: CamBackend, params: Params) -> list[Pair]:
    """Each group id and uin that Info names, by Uin or by Uid; raises ParamError, UserNotNamed and UserNotExist."""
    asked = params.numbers_of("Info", ("GroupId", "Uid", "Uin"))
    if not asked:
        raise errors.ParamError("Info is empty.")
    return [(one.get("GroupId", 0), uin_of(cam, one.get("Uin", 0), one.get("Uid", 0))) for one in asked]


def uin_of(cam: CamBackend, uin: int, uid: int, lag: float = 0.0) -> int:
    """The uin of an existing user, who is given by uin or by uid; raises UserNotNamed and UserNotExist."""
    if not uin and not uid:
        raise errors.UserNotNamed
    wanted = uin or uid - FIRST_UID + int(cam.accounts.owner_uin)
    if cam.find_user(wanted, lag) is None:
        raise errors.UserNotExist
    return wanted


@CAM.action("AddUserToGroup", 20, "Info", Info=list)
def add_user_to_group(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Put users into groups: all of the pairs, or none where one fails. Whoever is a member already stays one.

    Source: https://www.tencentcloud.com/document/product/598/32264.
    """
    joining = dict.fromkeys(pairs(cam, params))
    for group_id, uin in joining:
        admit(cam, group_id, uin)
    for group_id, uin in joining:
        if (group_id, uin) not in cam.memberships:
            cam.memberships[group_id, uin] = Membership(group_id, uin, cam.clock.now())
    return {}


def admit(cam: CamBackend, group_id: int, uin: int) -> None:
    """Raise unless the group exists, and it and the user have room."""
    if group_id not in cam.groups:
        raise errors.GroupNotExist(code="InvalidParameter.GroupNotExist")
    if (group_id, uin) in cam.memberships:
        return
    if sum(held == group_id for held, _ in cam.memberships) >= cam.users_of_group_limit:
        raise errors.GroupUserFull
    if len(cam.memberships.of(uin)) >= cam.groups_of_user_limit:
        raise errors.UserGroupFull


@CAM.action("RemoveUserFromGroup", 20, "Info", Info=list)
def remove_user_from_group(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Take users out of groups. One who is no member is skipped, as no error is documented for that."""
    for pair in pairs(cam, params):
        if pair in cam.memberships:
            del cam.memberships[pair]
    return {}


@CAM.action("ListUsersForGroup", 20, "GroupId", GroupId=int, Page=int, Rp=int)
def list_users_for_group(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The users of a group, page by page."""
    users = users_of(cam, existing(cam, params.number("GroupId"), cam.lag).group_id)
    return {"TotalNum": len(users), "UserInfo": [member(user) for user in page(users, params)]}


@CAM.action("ListGroupsForUser", 20, Uid=int, SubUin=int, Page=int, Rp=int)
def list_groups_for_user(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The groups of a user, page by page; the user is given by SubUin or Uid."""
    groups = cam.groups_of(uin_of(cam, params.number("SubUin"), params.number("Uid"), cam.lag), cam.lag)
    return {"TotalNum": len(groups), "GroupInfo": [described(group) for group in page(groups, params)]}
