"""STS: GetCallerIdentity."""

from collections.abc import Mapping

from local.accounts import ROOT
from local.actions import Params, Service
from local.cam.models import CamBackend

STS = Service("sts", "2018-08-13", needs_region=True)


@STS.action("GetCallerIdentity", 20, free=True)
def get_caller_identity(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Tell who signed the call; AccountId is the main account for everybody (https://cloud.tencent.com/document/api/1312/66098)."""
    owner, caller = cam.accounts.owner_uin, params.caller
    shapes = {
        ROOT: ("RootAccount", f"qcs::cam:{owner}:root", caller.uin),
        "role": ("CAMRole", f"qcs::sts:{owner}:assumed-role/{caller.uin}", f"{caller.uin}:{caller.name}"),
        "user": ("CAMUser", f"qcs::cam:{owner}:uin/{caller.uin}", caller.uin),
    }
    kind, arn, user_id = shapes[caller.kind]
    return {"Arn": arn, "AccountId": owner, "UserId": user_id, "PrincipalId": caller.uin, "Type": kind}
