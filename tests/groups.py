"""User groups of the local cloud."""

from __future__ import annotations

from local.cam.records import Group, GroupAttachment, Membership
from local.cloud import LocalCloud


def put_into_group(cloud: LocalCloud, user: str, policy: str, *, group: str = "staff") -> None:
    """Put a user into a group that gives a policy."""
    cam, now, id_ = cloud.cam, cloud.clock.now(), 7
    uin, policy_id = cam.users[user].uin, cam.policy_id(policy)
    cam.groups[id_] = Group(id_, group, now)
    cam.memberships[id_, uin] = Membership(id_, uin, now)
    cam.group_attachments[id_, policy_id] = GroupAttachment(id_, policy_id, now, cloud.owner_uin)
