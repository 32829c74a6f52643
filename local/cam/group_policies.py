"""Policies attached to groups: AttachGroupPolicy, DetachGroupPolicy, ListAttachedGroupPolicies."""

from collections.abc import Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.attachments import attached
from local.cam.groups import existing
from local.cam.models import CamBackend
from local.cam.records import GroupAttachment
from local.cam.service import CAM, page


@CAM.action("AttachGroupPolicy", 10, "PolicyId AttachGroupId", PolicyId=int, AttachGroupId=int)
def attach_group_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Attach a policy to a group, so that each of its users has it. Attaching it again changes nothing.

    Source: https://www.tencentcloud.com/document/product/598/32250.
    """
    policy_id, group_id = params.number("PolicyId"), existing(cam, params.number("AttachGroupId")).group_id
    if policy_id not in cam.policies:
        raise cam.policy_missing()
    if (group_id, policy_id) in cam.group_attachments:
        return {}
    if len(cam.group_attachments.of(group_id)) >= cam.attachments_limit:
        raise errors.PolicyFull
    operator, is_role = params.caller.uin, params.caller.kind == "role"
    made = GroupAttachment(group_id, policy_id, cam.clock.now(), operator, is_role)
    cam.group_attachments[group_id, policy_id] = made
    return {}


@CAM.action("DetachGroupPolicy", 10, "PolicyId DetachGroupId", PolicyId=int, DetachGroupId=int)
def detach_group_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Detach a policy from a group; one that is not attached is no error, since no code is documented for it."""
    policy_id, group_id = params.number("PolicyId"), existing(cam, params.number("DetachGroupId")).group_id
    if policy_id not in cam.policies:
        raise errors.PolicyIdNotFound(code="InvalidParameter.PolicyIdNotExist")
    if (group_id, policy_id) in cam.group_attachments:
        del cam.group_attachments[group_id, policy_id]
    return {}


@CAM.action("ListAttachedGroupPolicies", 20, "TargetGroupId", TargetGroupId=int, Page=int, Rp=int, Keyword=str)
def list_attached_group_policies(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The policies of a group, page by page; empty for an unknown group, since no "not found" is documented."""
    keyword = params.text("Keyword").lower()
    policies = cam.attached_to_group(params.number("TargetGroupId"), cam.lag)
    found = [(attachment, policy) for attachment, policy in policies if keyword in policy.name.lower()]
    listed = [attached(attachment, policy, cam.accounts.owner_uin) for attachment, policy in page(found, params)]
    return {"TotalNum": len(found), "List": listed}
