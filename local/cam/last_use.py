"""When keys were last used: GetSecurityLastUsed."""

from collections.abc import Mapping

from local.actions import Params
from local.api_errors import InvalidParameter
from local.cam.models import CamBackend
from local.cam.service import CAM
from local.clock import china_time

LIMIT = 10


@CAM.action("GetSecurityLastUsed", 20, "SecretIdList", SecretIdList=list)
def get_security_last_used(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The last use of at most 10 keys; unknown keys and keys never used have none."""
    keys = params.texts("SecretIdList")
    if not 1 <= len(keys) <= LIMIT:
        raise InvalidParameter(f"SecretIdList has 1 to {LIMIT} items.")
    return {"SecretIdLastUsedRows": [last_use(cam, key) for key in keys]}


def last_use(cam: CamBackend, secret_id: str) -> dict[str, object]:
    """A key's last use. As documented, the date is a day behind; the timestamp in milliseconds is exact."""
    uses = cam.key_uses.get(secret_id, [])
    today = china_time(cam.clock.now())[:10]
    days = [day for day in (china_time(use)[:10] for use in uses) if day < today]
    return {
        "SecretId": secret_id,
        "LastUsedDate": days[-1] if days else None,
        "LastSecretUsedDate": int(uses[-1] * 1000) if uses else None,
    }
