"""Who has which policy: AttachUserPolicy, DetachUserPolicy and the three lists of it."""

from collections.abc import Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.models import CamBackend
from local.cam.records import Attachment, Policy
from local.cam.service import CAM, page
from local.clock import china_time

CUSTOM, PRESET = 1, 2
BY_SYNTAX = 2
ALL, DIRECT, BY_GROUP = 0, 1, 2
RELATED_USER = 1


def writable(cam: CamBackend, policy_id: int, uin: int) -> None:
    """Raise unless both exist; with ``lag_on_attach`` a user just created does not exist yet."""
    if cam.find_user(uin, cam.lag if cam.lag_on_attach else 0.0) is None:
        raise cam.user_missing()
    if policy_id not in cam.policies:
        raise cam.policy_missing()


@CAM.action("AttachUserPolicy", 10, "PolicyId AttachUin", PolicyId=int, AttachUin=int)
def attach_user_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Attach a policy; what is attached already stays, and that is no error."""
    policy_id, uin = params.number("PolicyId"), params.number("AttachUin")
    writable(cam, policy_id, uin)
    if (uin, policy_id) in cam.attachments:
        return {}
    if len(list(cam.attached_to(uin))) >= cam.attachments_limit:
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


def attached(attachment: Attachment, policy: Policy, owner_uin: str) -> dict[str, object]:
    """A policy as ListAttachedUserPolicies shows it: here the id is a number."""
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


@CAM.action(
    "ListAttachedUserAllPolicies", 5, "TargetUin Rp Page AttachType", TargetUin=int, Rp=int, Page=int, AttachType=int,
    StrategyType=int, Keyword=str,
)  # fmt: skip
def list_attached_user_all_policies(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The policies of a user by kind; there are no groups here, so none comes through one."""
    uin, attach_type, strategy = params.number("TargetUin"), params.number("AttachType"), params.number("StrategyType")
    if attach_type not in (ALL, DIRECT, BY_GROUP) or strategy not in (0, CUSTOM, PRESET):
        raise errors.ParamError
    if cam.find_user(uin, cam.lag) is None:
        raise errors.UserNotExist
    keyword = params.text("Keyword").lower()
    found = [
        (attachment, policy)
        for attachment, policy in cam.attached_to(uin, cam.lag)
        if attach_type != BY_GROUP and strategy in (0, kind(policy)) and keyword in policy.name.lower()
    ]
    return {"TotalNum": len(found), "PolicyList": [held(*one) for one in page(found, params)]}


def kind(policy: Policy) -> int:
    """1 for a custom policy, 2 for a preset one."""
    return PRESET if policy.preset else CUSTOM


def held(attachment: Attachment, policy: Policy) -> dict[str, object]:
    """A policy as ListAttachedUserAllPolicies shows it: here the id is a text."""
    return {
        "PolicyId": str(policy.policy_id),
        "PolicyName": policy.name,
        "Description": policy.description,
        "AddTime": china_time(attachment.attached_at),
        "StrategyType": str(kind(policy)),
        "CreateMode": str(BY_SYNTAX),
        "Groups": [],
        "Deactived": 0,
        "DeactivedDetail": [],
    }


@CAM.action("ListEntitiesForPolicy", 20, "PolicyId", PolicyId=int, Page=int, Rp=int, EntityFilter=str)
def list_entities_for_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Who has a policy; only sub-users do here."""
    wanted = params.text("EntityFilter", "All")
    if wanted not in ("All", "User", "Group", "Role"):
        raise errors.EntityFilterError
    if params.number("PolicyId") not in cam.policies:
        raise errors.PolicyIdNotFound(code="InvalidParameter.PolicyIdError")
    found = [
        one
        for one in cam.attachments.lagging(cam.lag).values()
        if one.policy_id == params.number("PolicyId") and wanted in ("All", "User")
    ]
    listed = [entity(cam, one) for one in page(found, params)]
    return {"TotalNum": len(found), "List": listed}


def entity(cam: CamBackend, attachment: Attachment) -> dict[str, object]:
    """A sub-user as ListEntitiesForPolicy shows it."""
    user = cam.find_user(attachment.uin)
    return {
        "Id": str(attachment.uin),
        "Name": user.name if user else "",
        "Uin": attachment.uin,
        "RelatedType": RELATED_USER,
        "AttachmentTime": china_time(attachment.attached_at),
    }
