"""Create a sub-user, attach a policy, put its credentials into COS and answer a link, with typed SDKs and no
safeguards.

It shows what the least possible work costs, not how it should be done: it has no lease, no receipt, no ledger, no
recovery and no signature check, and makes a new client for each call.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import Any
from urllib.parse import urlsplit

import structlog
from pydantic import BaseModel
from qcloud_cos import CosConfig, CosS3Client
from tencentcloud.cam.v20190116 import cam_client, models
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

log = structlog.get_logger()


class Command(BaseModel):
    """The request."""

    user: str
    policies: list[str]


def main_handler(event: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Answer a Function URL event."""
    command = Command.model_validate_json(event["body"])
    cam = _cam()
    added = _add_user(cam, command.user)
    for name in command.policies:
        _attach(cam, name, added.Uin)
    url = _deliver(f"{command.user},{added.Password},{added.SecretId},{added.SecretKey}\r\n")
    log.info("created", user=command.user, request_id=context["request_id"])
    body = json.dumps({"user": {"name": command.user, "uin": added.Uin}, "credentials": {"url": url}})
    return {"isBase64Encoded": False, "statusCode": 201, "headers": {"Content-Type": "application/json"}, "body": body}


def _cam() -> Any:  # noqa: ANN401 - the SDK ships no types
    endpoint = urlsplit(os.environ["IM_ACCESS_API_ENDPOINT"])
    http = HttpProfile(protocol=endpoint.scheme, endpoint=endpoint.netloc)
    role = credential.Credential(
        os.environ["TENCENTCLOUD_SECRETID"],
        os.environ["TENCENTCLOUD_SECRETKEY"],
        os.environ["TENCENTCLOUD_SESSIONTOKEN"],
    )
    return cam_client.CamClient(role, os.environ["IM_ACCESS_REGION"], ClientProfile(httpProfile=http))


def _add_user(cam: Any, name: str) -> Any:  # noqa: ANN401 - the SDK ships no types
    request = models.AddUserRequest()
    request.Name, request.ConsoleLogin, request.UseApi, request.NeedResetPassword = name, 1, 1, 1
    request.Password = "Aa1!" + secrets.token_hex(10)
    answer = cam.AddUser(request)
    answer.Password = answer.Password or request.Password
    return answer


def _attach(cam: Any, name: str, uin: int) -> None:  # noqa: ANN401 - the SDK ships no types
    listing = models.ListPoliciesRequest()
    listing.Keyword, listing.Rp = name, 200
    found = next(row for row in cam.ListPolicies(listing).List if row.PolicyName == name)
    request = models.AttachUserPolicyRequest()
    request.PolicyId, request.AttachUin = found.PolicyId, uin
    cam.AttachUserPolicy(request)


def _deliver(content: str) -> str:
    cos = CosS3Client(
        CosConfig(
            Region=os.environ["IM_ACCESS_REGION"],
            SecretId=os.environ["TENCENTCLOUD_SECRETID"],
            SecretKey=os.environ["TENCENTCLOUD_SECRETKEY"],
            Token=os.environ["TENCENTCLOUD_SESSIONTOKEN"],
            Scheme=urlsplit(os.environ["IM_ACCESS_COS_ENDPOINT"]).scheme,
            Domain=urlsplit(os.environ["IM_ACCESS_COS_ENDPOINT"]).netloc,
        )
    )
    bucket, key = os.environ["IM_ACCESS_BUCKET"], f"credentials/{secrets.token_urlsafe(32)}.csv"
    cos.put_object(Bucket=bucket, Key=key, Body=content.encode(), ContentType="text/csv")
    token = {"x-cos-security-token": os.environ["TENCENTCLOUD_SESSIONTOKEN"]}
    return str(cos.get_presigned_download_url(Bucket=bucket, Key=key, Expired=3600, Params=token))
