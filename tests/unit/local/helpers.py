"""Clients for tests: the SDKs pointed at a cloud, and signatures made by hand."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import cast

import pytest
import requests
from qcloud_cos import CosConfig, CosS3Client
from qcloud_cos.cos_exception import CosServiceError
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from local.accounts import Credentials
from local.cloud import LocalCloud

VERSIONS = {"cam": "2019-01-16", "sts": "2018-08-13", "scf": "2018-04-16"}
STRONG = "Aa1!aaaa"
ALGORITHM = "TC3-HMAC-SHA256"


def clean_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is never reached through a proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def profile(cloud: LocalCloud, method: str = "POST", unsigned: bool = False) -> ClientProfile:
    """A client profile that leads to the cloud."""
    http = HttpProfile(protocol="http", endpoint=cloud.api_url.removeprefix("http://"), reqMethod=method)
    made = ClientProfile(httpProfile=http)
    made.unsignedPayload = unsigned
    return made


def signer(credentials: Credentials) -> Credential:
    """Our credentials as the SDK's."""
    return Credential(credentials.secret_id, credentials.secret_key, credentials.token or None)


class Api:
    """Any action by name, through the SDK's CommonClient; errors are the SDK's exceptions."""

    def __init__(
        self, cloud: LocalCloud, credentials: Credentials, service: str = "cam", region: str = "ap-guangzhou",
        method: str = "POST", unsigned: bool = False,
    ) -> None:  # fmt: skip
        made = profile(cloud, method, unsigned)
        self._client = CommonClient(service, VERSIONS[service], signer(credentials), region, made)

    def __call__(self, action: str, **params: object) -> dict[str, object]:
        """Call an action; returns what is inside Response."""
        answer = self._client.call_json(action, params)
        return cast("dict[str, object]", answer["Response"])

    def uin(self, name: str, **params: object) -> int:
        """Create a user and return its uin."""
        return cast("int", self("AddUser", Name=name, **params)["Uin"])

    def items(self, action: str, field: str, **params: object) -> list[dict[str, object]]:
        """The list that an answer holds."""
        return cast("list[dict[str, object]]", self(action, **params)[field])


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect this error code of CAM or STS."""
    with pytest.raises(TencentCloudSDKException) as caught:
        yield
    assert caught.value.get_code() == code
    assert code == "ClientNetworkError" or caught.value.get_request_id()


@contextmanager
def cos_refused(status: int, code: str) -> Iterator[None]:
    """Expect this status and code of COS."""
    with pytest.raises(CosServiceError) as caught:
        yield
    assert (caught.value.get_status_code(), caught.value.get_error_code()) == (status, code)


class Bucket:
    """The cloud's bucket through the COS SDK, without its retries."""

    def __init__(self, cloud: LocalCloud, credentials: Credentials, **config: object) -> None:
        self.name = cloud.bucket
        address = config or {"Domain": cloud.cos_url.removeprefix("http://")}
        self.client = CosS3Client(
            CosConfig(
                Region=cloud.region, SecretId=credentials.secret_id, SecretKey=credentials.secret_key,
                Token=credentials.token or None, Scheme="http", **address,
            ),
            retry=0,
            session=requests.Session(),
        )  # fmt: skip
        self._token = credentials.token

    def put(self, key: str, body: bytes = b"x", create_only: bool = False, **headers: str) -> dict[str, str]:
        """PUT an object."""
        extra = {"Metadata": {"x-cos-forbid-overwrite": "true"}} if create_only else {}
        kwargs = {"ContentType": "text/csv", **headers, **extra}
        return cast("dict[str, str]", self.client.put_object(Bucket=self.name, Key=key, Body=body, **kwargs))

    def get(self, key: str, **headers: str) -> bytes:
        """GET an object's body."""
        found = self.client.get_object(Bucket=self.name, Key=key, **headers)
        return cast("bytes", found["Body"].get_raw_stream().read())

    def keys(self, **params: object) -> list[str]:
        """The keys of one LIST."""
        found = self.client.list_objects(Bucket=self.name, **params)
        return [one["Key"] for one in found.get("Contents", [])]

    def link(self, key: str, expires: int = 300, method: str = "GET", **params: str) -> str:
        """A presigned URL, with the token if there is one."""
        signed = {**params, "x-cos-security-token": self._token} if self._token else params
        made = self.client.get_presigned_url(Bucket=self.name, Key=key, Method=method, Expired=expires, Params=signed)
        return cast("str", made)


def tc3(
    cloud: LocalCloud,
    action: str,
    params: Mapping[str, object],
    credentials: Credentials | None = None,
    signed: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    service: str = "cam",
    at: float | None = None,
    date: str = "",
    version: str = "2019-01-16",
) -> dict[str, object]:
    """Call with a signature made by hand, independent of any SDK; returns what is inside Response.

    ``signed`` replaces header values in what is signed, ``headers`` in what is sent.
    """
    key = credentials or cloud.root
    body = json.dumps(params)
    at = int(at or time.time())
    host = cloud.api_url.removeprefix("http://")
    claimed = {"content-type": "application/json", "host": host, **(signed or {})}
    canonical = "".join(f"{name}:{claimed[name]}\n" for name in sorted(claimed))
    names = ";".join(sorted(claimed))
    request = f"POST\n/\n\n{canonical}\n{names}\n{hashlib.sha256(body.encode()).hexdigest()}"
    date = date or datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%d")
    scope = f"{date}/{service}/tc3_request"
    text = f"{ALGORITHM}\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    chain = b"TC3" + key.secret_key.encode()
    for step in (date, service, "tc3_request"):
        chain = hmac.digest(chain, step.encode(), "sha256")
    seal = hmac.new(chain, text.encode(), "sha256").hexdigest()
    sent = {
        "Content-Type": "application/json",
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Version": version,
        "X-TC-Timestamp": str(at),
        "Authorization": f"{ALGORITHM} Credential={key.secret_id}/{scope}, SignedHeaders={names}, Signature={seal}",
        **({"X-TC-Token": key.token} if key.token else {}),
        **(headers or {}),
    }
    answer = requests.post(cloud.api_url, data=body, headers=sent, timeout=30)
    assert answer.headers["Content-Type"] == "application/json"
    return cast("dict[str, object]", answer.json()["Response"])


def error_code(response: Mapping[str, object]) -> str:
    """The code in an answer made by hand; empty for a success."""
    return cast("Mapping[str, str]", response.get("Error", {})).get("Code", "")
