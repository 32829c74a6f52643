"""STS: GetCallerIdentity."""

from collections.abc import Mapping

from local.accounts import ROOT
from local.api import Params, Service
from local.cam.models import CamBackend

STS = Service("sts", "2018-08-13", needs_region=True)


@STS.action("GetCallerIdentity", 20, free=True)
def get_caller_identity(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Who signed; AccountId is the main account for everybody (https://cloud.tencent.com/document/api/1312/66098)."""
    owner = cam.accounts.owner_uin
    if params.caller.kind == "role":
        arn, kind, user_id = (
            f"qcs::sts:{owner}:assumed-role/{params.caller.uin}",
            "CAMRole",
            f"{params.caller.uin}:{params.caller.name}",
        )
    elif params.caller.kind == ROOT:
        arn, kind, user_id = f"qcs::cam:{owner}:root", "RootAccount", owner
    else:
        arn, kind, user_id = f"qcs::cam:{owner}:uin/{params.caller.uin}", "CAMUser", params.caller.uin
    return {"Arn": arn, "AccountId": owner, "UserId": user_id, "PrincipalId": params.caller.uin, "Type": kind}
