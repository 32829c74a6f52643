"""Policies attached directly to users: AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies."""

from collections.abc import Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.models import CamBackend
from local.cam.records import Attachment, GroupAttachment, Policy
from local.cam.service import CAM, page
from local.clock import china_time

CUSTOM, PRESET = 1, 2
BY_SYNTAX = 2


def writable(cam: CamBackend, policy_id: int, uin: int) -> None:
    """Raise the "not found" error unless user and policy exist; with ``lag_on_attach`` a new user is not found yet."""
    if cam.find_user(uin, cam.lag if cam.lag_on_attach else 0.0) is None:
        raise cam.user_missing()
    if policy_id not in cam.policies:
        raise cam.policy_missing()


@CAM.action("AttachUserPolicy", 10, "PolicyId AttachUin", PolicyId=int, AttachUin=int)
def attach_user_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Attach a policy. Attaching it again succeeds and changes nothing."""
    policy_id, uin = params.number("PolicyId"), params.number("AttachUin")
    writable(cam, policy_id, uin)
    if (uin, policy_id) in cam.attachments:
        return {}
    if len(cam.attachments.of(uin)) >= cam.attachments_limit:
        raise errors.PolicyFull
    operator = Attachment(uin, policy_id, cam.clock.now(), params.caller.uin, params.caller.kind == "role")
    cam.attachments[uin, policy_id] = operator
    return {}


@CAM.action("DetachUserPolicy", 10, "PolicyId DetachUin", PolicyId=int, DetachUin=int)
def detach_user_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Detach a policy; one that is not attached is an error only with ``strict_detach``."""
    policy_id, uin = params.number("PolicyId"), params.number("DetachUin")
    writable(cam, policy_id, uin)
    if (uin, policy_id) in cam.attachments:
        del cam.attachments[uin, policy_id]
    elif cam.strict_detach:
        raise errors.PolicyIdNotFound
    return {}


@CAM.action("ListAttachedUserPolicies", 20, "TargetUin", TargetUin=int, Page=int, Rp=int)
def list_attached_user_policies(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The policies attached to a user; empty for an unknown user, since no "not found" is documented."""
    found = list(cam.attached_to(params.number("TargetUin"), cam.lag))
    listed = [attached(attachment, policy, cam.accounts.owner_uin) for attachment, policy in page(found, params)]
    return {"TotalNum": len(found), "List": listed}


def attached(attachment: Attachment | GroupAttachment, policy: Policy, owner_uin: str) -> dict[str, object]:
    """A policy as the lists of a user's or a group's policies show it; its id is a number here."""
    return {
        "PolicyId": policy.policy_id,
        "PolicyName": policy.name,
        "AddTime": china_time(attachment.attached_at),
        "CreateMode": BY_SYNTAX,
        "PolicyType": "QCS" if policy.preset else "User",
        "Remark": policy.description,
        "OperateOwnerUin": owner_uin,
        "OperateUin": attachment.operator,
        "OperateUinType": int(attachment.operator_is_role),
        "Deactived": 0,
        "DeactivedDetail": None,
    }


def kind(policy: Policy) -> int:
    """1 for a custom policy, 2 for a preset one."""
    return PRESET if policy.preset else CUSTOM
