"""User groups: CreateGroup, GetGroup, DeleteGroup, ListGroups.

The error codes are those in the reference of each action, such as
https://cloud.tencent.com/document/product/598/34580.
"""

from collections.abc import Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.models import CamBackend
from local.cam.records import Group, User
from local.cam.service import CAM, page
from local.clock import china_time

NAME_LIMIT = 64


@CAM.action("CreateGroup", 20, "GroupName", GroupName=str, Remark=str)
def create_group(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """A new group without users and policies."""
    name = params.text("GroupName")
    if not 1 <= len(name) <= NAME_LIMIT:
        raise errors.ParamError("GroupName is illegal.")
    if name in {group.name for group in cam.groups.values()}:
        raise errors.GroupNameInUse
    if len(cam.groups) >= cam.groups_limit:
        raise errors.GroupFull
    group = Group(cam.next_group_id(), name, cam.clock.now(), params.text("Remark"))
    cam.groups[group.group_id] = group
    return {"GroupId": group.group_id}


def existing(cam: CamBackend, group_id: int, lag: float = 0.0) -> Group:
    """The group of this id; raises GroupNotExist."""
    group = cam.groups.seen(group_id, lag)
    if group is None:
        raise errors.GroupNotExist
    return group


@CAM.action("DeleteGroup", 20, "GroupId", GroupId=int)
def delete_group(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Delete a group with its memberships; for an unknown one the only code documented is UserNotExist."""
    group_id = params.number("GroupId")
    if group_id not in cam.groups:
        raise errors.UserNotExist
    for membership in [one for one in cam.memberships if one[0] == group_id]:
        del cam.memberships[membership]
    for attachment in cam.group_attachments.of(group_id):
        del cam.group_attachments[group_id, attachment.policy_id]
    del cam.groups[group_id]
    return {}


@CAM.action("GetGroup", 20, "GroupId", GroupId=int)
def get_group(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """One group with all its users."""
    group = existing(cam, params.number("GroupId"), cam.lag)
    users = users_of(cam, group.group_id)
    return {**described(group), "GroupNum": len(users), "UserInfo": [member(user) for user in users]}


def users_of(cam: CamBackend, group_id: int) -> list[User]:
    """The users of a group, in the order of joining, as a reader sees them."""
    joined = [one.uin for one in cam.memberships.lagging(cam.lag).values() if one.group_id == group_id]
    return [user for user in (cam.find_user(uin, cam.lag) for uin in joined) if user]


def described(group: Group) -> dict[str, object]:
    """A group as every list shows it."""
    return {
        "GroupId": group.group_id,
        "GroupName": group.name,
        "CreateTime": china_time(group.created_at),
        "Remark": group.remark,
    }


def member(user: User) -> dict[str, object]:
    """A user as GetGroup and ListUsersForGroup show it; phone and mail count as not verified (0)."""
    return {
        "Uid": user.uid,
        "Uin": user.uin,
        "Name": user.name,
        "PhoneNum": user.phone,
        "CountryCode": user.country_code,
        "PhoneFlag": 0,
        "Email": user.email,
        "EmailFlag": 0,
        "UserType": 0,
        "CreateTime": china_time(user.created_at),
        "IsReceiverOwner": 0,
        "Remark": user.remark,
    }


@CAM.action("ListGroups", 20, Page=int, Rp=int, Keyword=str)
def list_groups(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """All groups, page by page; the keyword is a part of the name, whatever its case."""
    keyword = params.text("Keyword").lower()
    found = [group for group in cam.groups.lagging(cam.lag).values() if keyword in group.name.lower()]
    return {"TotalNum": len(found), "GroupInfo": [described(group) for group in page(found, params)]}
