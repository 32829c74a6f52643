"""Roles: GetRole and ListAttachedRolePolicies. Only ``CamBackend.add_role`` creates roles; no action does."""

from collections.abc import Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.attachments import BY_SYNTAX
from local.cam.models import CamBackend
from local.cam.records import Role
from local.cam.service import CAM, page
from local.clock import china_time

TYPES = {"User": (False,), "QCS": (True,), "": (False, True)}


def find(cam: CamBackend, params: Params) -> Role:
    """The role that RoleName or RoleId asks for; raises ParamError and RoleNotExist."""
    name, role_id = params.text("RoleName"), params.text("RoleId")
    if not name and not role_id:
        raise errors.ParamError("RoleName or RoleId is needed.")
    for role in cam.roles.lagging(cam.lag).values():
        if name in ("", role.name) and role_id in ("", role.role_id):
            return role
    raise errors.RoleNotExist


@CAM.action("GetRole", 20, RoleName=str, RoleId=str)
def get_role(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """One role with its trust policy, a JSON text in which slashes are escaped."""
    role = find(cam, params)
    return {
        "RoleInfo": {
            "RoleId": role.role_id,
            "RoleName": role.name,
            "PolicyDocument": role.trust.replace("/", "\\/"),
            "Description": "",
            "AddTime": china_time(role.created_at),
            "UpdateTime": china_time(role.created_at),
            "ConsoleLogin": 0,
            "RoleType": "user",
            "SessionDuration": 7200,
            "DeletionTaskId": None,
            "Tags": [],
            "RoleArn": f"qcs::cam::uin/{cam.accounts.owner_uin}:roleName/{role.name}",
        }
    }


@CAM.action(
    "ListAttachedRolePolicies", 10, "Page Rp", Page=int, Rp=int, RoleName=str, RoleId=str, PolicyType=str, Keyword=str
)
def list_attached_role_policies(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The policies attached to a role, page by page."""
    kinds, keyword = TYPES.get(params.text("PolicyType")), params.text("Keyword").lower()
    if kinds is None:
        raise errors.ParamError("PolicyType is User or QCS.")
    role = find(cam, params)
    attached = (cam.policies[one] for one in role.policy_ids if one in cam.policies)
    found = [policy for policy in attached if policy.preset in kinds and keyword in policy.name.lower()]
    listed = [
        {
            "PolicyId": policy.policy_id,
            "PolicyName": policy.name,
            "AddTime": china_time(role.created_at),
            "PolicyType": "QCS" if policy.preset else "User",
            "CreateMode": BY_SYNTAX,
            "Deactived": 0,
            "DeactivedDetail": None,
            "Description": policy.description,
        }
        for policy in page(found, params)
    ]
    return {"TotalNum": len(found), "List": listed}
