"""The account itself: GetUserAppId, GetPasswordRules, GetAccountSummary."""

from collections.abc import Mapping

from local.actions import Params
from local.cam.models import CamBackend
from local.cam.passwords import RULES
from local.cam.service import CAM
from local.clock import china_time


@CAM.action("GetUserAppId", 20, free=True)
def get_user_app_id(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The caller's uin, the main account's uin and APPID. For a session of a role, the role's id is the
    caller's uin.
    """
    return {"Uin": params.caller.uin, "OwnerUin": cam.accounts.owner_uin, "AppId": int(cam.accounts.appid)}


@CAM.action("GetPasswordRules", 20)
def get_password_rules(cam: CamBackend, _params: Params) -> Mapping[str, object]:
    """The default password rules; the emulator cannot change them."""
    return {"Rules": RULES, "UpdateTime": china_time(0), "Modifier": cam.accounts.owner_uin}


@CAM.action("GetAccountSummary", 20)
def get_account_summary(cam: CamBackend, _params: Params) -> Mapping[str, object]:
    """How many policies, roles, users and groups the account has; the number of identity providers is always 0."""
    counts = {"Policies": len(cam.policies), "User": len(cam.users), "Roles": len(cam.roles), "Group": len(cam.groups)}
    return {**counts, **dict.fromkeys(("Idps", "Member", "IdentityProviders"), 0)}
