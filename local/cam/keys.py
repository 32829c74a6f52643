"""API keys: CreateAccessKey, UpdateAccessKey, DeleteAccessKey, ListAccessKeys."""

import re
from collections.abc import Mapping
from dataclasses import replace

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.models import ACTIVE, CamBackend
from local.cam.records import AccessKey
from local.cam.service import CAM
from local.clock import china_time

DESCRIPTION = re.compile(r"[\w+=,.@:/-]{0,1024}")


def make(cam: CamBackend, uin: int, description: str) -> AccessKey:
    """A new key of a user; raises AccessKeyOverLimit for the third."""
    if len(cam.keys.of(uin)) >= cam.keys_limit:
        raise errors.AccessKeyOverLimit
    made = cam.accounts.key_generator.permanent()
    key = AccessKey(made.secret_id, made.secret_key, uin, cam.clock.now(), ACTIVE, description)
    cam.keys[key.access_key_id] = key
    return key


def owner_of(cam: CamBackend, params: Params) -> int:
    """The uin whose keys are concerned: TargetUin, or the caller's own. Raises UserNotExist."""
    uin = params.number("TargetUin", int(params.caller.uin))
    known = cam.find_user(uin) is not None or str(uin) == cam.accounts.owner_uin
    if not known or (params.caller.kind == "role" and "TargetUin" not in params):
        raise errors.UserNotExist(code="InvalidParameter.UserNotExist")
    return uin


def existing(cam: CamBackend, params: Params) -> AccessKey:
    """The key that AccessKeyId names among the user's; raises SecretNotExist."""
    uin = owner_of(cam, params)
    key = cam.keys.get(params.text("AccessKeyId"))
    if key is None or key.uin != uin:
        raise errors.SecretNotExist
    return key


def described(key: AccessKey) -> dict[str, object]:
    """A key without its secret."""
    return {
        "AccessKeyId": key.access_key_id,
        "Status": key.status,
        "CreateTime": china_time(key.created_at),
        "Description": key.description,
    }


@CAM.action("CreateAccessKey", 5, on_user=True, TargetUin=int, Description=str)
def create_access_key(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """A new key; its secret is shown only here."""
    if not DESCRIPTION.fullmatch(params.text("Description")):
        raise errors.ParamError("Description is illegal.")
    key = make(cam, owner_of(cam, params), params.text("Description"))
    return {"AccessKey": {**described(key), "SecretAccessKey": key.secret_key}}


@CAM.action("UpdateAccessKey", 5, "AccessKeyId Status", on_user=True, AccessKeyId=str, Status=str, TargetUin=int)
def update_access_key(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Enable or disable a key."""
    if params.text("Status") not in (ACTIVE, "Inactive"):
        raise errors.ParamError("Status is Active or Inactive.")
    key = existing(cam, params)
    cam.keys[key.access_key_id] = replace(key, status=params.text("Status"))
    return {}


@CAM.action("DeleteAccessKey", 5, "AccessKeyId", on_user=True, AccessKeyId=str, TargetUin=int)
def delete_access_key(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Delete a key; with ``inactive_before_delete`` one that is active is refused."""
    key = existing(cam, params)
    if cam.inactive_before_delete and key.status == ACTIVE:
        raise errors.AccessKeyRefused
    del cam.keys[key.access_key_id]
    return {}


@CAM.action("ListAccessKeys", 20, on_user=True, TargetUin=int)
def list_access_keys(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The keys of a user, without their secrets."""
    return {"AccessKeys": [described(key) for key in cam.keys.of(owner_of(cam, params), cam.lag)]}
