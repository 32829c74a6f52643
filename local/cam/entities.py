"""The users and groups that have a policy: ListEntitiesForPolicy."""

from collections.abc import Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.models import CamBackend
from local.cam.service import CAM, page
from local.clock import china_time

RELATED_USER, RELATED_GROUP = 1, 2


@CAM.action("ListEntitiesForPolicy", 20, "PolicyId", PolicyId=int, Page=int, Rp=int, EntityFilter=str)
def list_entities_for_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The sub-users and groups that have a policy; roles are left out."""
    wanted = params.text("EntityFilter", "All")
    if wanted not in ("All", "User", "Group", "Role"):
        raise errors.EntityFilterError
    policy_id = params.number("PolicyId")
    if policy_id not in cam.policies:
        raise errors.PolicyIdNotFound(code="InvalidParameter.PolicyIdError")
    users = users_with(cam, policy_id) if wanted in ("All", "User") else []
    groups = groups_with(cam, policy_id) if wanted in ("All", "Group") else []
    return {"TotalNum": len(users) + len(groups), "List": page([*users, *groups], params)}


def users_with(cam: CamBackend, policy_id: int) -> list[dict[str, object]]:
    """The sub-users to which a policy is attached directly."""
    held = [one for one in cam.attachments.lagging(cam.lag).values() if one.policy_id == policy_id]
    users = ((one, cam.find_user(one.uin)) for one in held)
    return [entity(one.uin, user.name if user else "", RELATED_USER, one.attached_at) for one, user in users]


def groups_with(cam: CamBackend, policy_id: int) -> list[dict[str, object]]:
    """The groups to which a policy is attached; they have no uin."""
    held = [one for one in cam.group_attachments.lagging(cam.lag).values() if one.policy_id == policy_id]
    groups = ((one, cam.groups.get(one.group_id)) for one in held)
    return [
        {**entity(one.group_id, group.name if group else "", RELATED_GROUP, one.attached_at), "Uin": 0}
        for one, group in groups
    ]


def entity(identity: int, name: str, kind: int, since: float) -> dict[str, object]:
    """One row of the list."""
    return {
        "Id": str(identity),
        "Name": name,
        "Uin": identity,
        "RelatedType": kind,
        "AttachmentTime": china_time(since),
    }
