"""Permission boundaries, which limit what a sub-user's policies can allow."""

from collections.abc import Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.attachments import BY_SYNTAX, kind
from local.cam.models import CamBackend
from local.cam.service import CAM


def target(cam: CamBackend, params: Params, lag: float = 0.0) -> int:
    """The uin of an existing user; raises ``InvalidParameter.UserNotExist``."""
    uin = params.number("TargetUin")
    if cam.find_user(uin, lag) is None:
        raise errors.UserNotExist(code="InvalidParameter.UserNotExist")
    return uin


@CAM.action("PutUserPermissionsBoundary", 20, "TargetUin PolicyId", TargetUin=int, PolicyId=int)
def put_user_permissions_boundary(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Set or replace a user's boundary."""
    uin = target(cam, params)
    if params.number("PolicyId") not in cam.policies:
        raise errors.PolicyIdNotFound(code="InvalidParameter.PolicyIdNotExist")
    cam.boundaries[uin] = params.number("PolicyId")
    return {}


@CAM.action("DeleteUserPermissionsBoundary", 20, "TargetUin", TargetUin=int)
def delete_user_permissions_boundary(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Remove a user's boundary, if there is one."""
    uin = target(cam, params)
    if uin in cam.boundaries:
        del cam.boundaries[uin]
    return {}


@CAM.action("GetUserPermissionBoundary", 20, "TargetUin", TargetUin=int)
def get_user_permission_boundary(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """A user's boundary; all null without one. This action's name has no s."""
    uin = target(cam, params, cam.lag)
    policy = cam.policies.get(cam.boundaries.seen(uin, cam.lag) or 0)
    if policy is None:
        return dict.fromkeys(("PolicyId", "PolicyName", "PolicyDocument", "PolicyType", "CreateMode"))
    return {
        "PolicyId": policy.policy_id,
        "PolicyName": policy.name,
        "PolicyDocument": policy.document.replace("/", "\\/"),
        "PolicyType": kind(policy),
        "CreateMode": BY_SYNTAX,
    }
