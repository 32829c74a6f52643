"""Our signatures are those of Tencent's own libraries."""

from __future__ import annotations

from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qcloud_cos import CosConfig, CosS3Auth
from requests import Request
from tencentcloud.common.abstract_client import AbstractClient

from shared.secret import Secret
from shared.tencent.role_credentials import RoleCredentials
from shared.tencent.signatures import JSON, sign_api, sign_cos

CREDENTIALS = RoleCredentials("AKIDEXAMPLE", Secret("SECRETEXAMPLE"), Secret(""))


@given(
    body=st.binary(max_size=200),
    now=st.integers(1_500_000_000, 4_000_000_000),
    host=st.from_regex(r"[a-z.]{1,30}(:\d{1,5})?", fullmatch=True),
)
def test_calls_of_the_api_are_signed_as_by_the_sdk(body: bytes, now: int, host: str) -> None:
    """The SDK's client computes the same signature of the same request."""
    headers = sign_api(CREDENTIALS, "cam", host, body, now)
    asked = SimpleNamespace(
        uri="/", method="POST", data=body, header={"Content-Type": JSON, "Host": host, "X-TC-Timestamp": str(now)}
    )
    date = datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%d")
    wanted = AbstractClient._get_tc3_signature(SimpleNamespace(), {}, asked, date, "cam", "SECRETEXAMPLE")
    assert headers["Authorization"].endswith(f"Signature={wanted}")
    assert f"Credential=AKIDEXAMPLE/{date}/cam/tc3_request, SignedHeaders=content-type;host" in headers["Authorization"]
    assert "X-TC-Token" not in headers


def test_a_token_goes_beside_the_signature() -> None:
    """The token of a role is sent besides the signature and is not signed."""
    role = CREDENTIALS._replace(token=Secret("TOKEN"))
    assert sign_api(role, "cam", "h", b"", 1)["X-TC-Token"] == "TOKEN"


@pytest.mark.parametrize(
    ("method", "path", "params", "headers", "signature"),
    [
        (
            "PUT", "/state/x.json", {},
            {"content-type": "application/json", "x-cos-forbid-overwrite": "true"},
            "55c130007cefca015a1658760c49c9a2e211a1cb",
        ),
        (
            "GET", "/credentials/a b.csv",
            {"response-content-disposition": "attachment;filename=a.csv", "x-cos-security-token": "TOKEN+/="}, {},
            "a1c6418326def2f9bfa9d05aec3e8d4a0aa1aedc",
        ),
    ],
)  # fmt: skip
def test_calls_of_cos_are_signed_as_by_the_sdk(
    method: str, path: str, params: dict[str, str], headers: dict[str, str], signature: str
) -> None:
    """The signatures equal those that the COS SDK 1.9.44 made."""
    host = {"host": "im-1250000000.cos.ap-guangzhou.myqcloud.com"}
    window = {"start": 1_700_000_000, "end": 1_700_000_660}
    signed = sign_cos(CREDENTIALS, method, path, params=params, headers=host | headers, **window)
    assert signed.endswith(f"q-signature={signature}")


@given(key=st.text(st.characters(codec="utf-8", exclude_characters="/\x00"), min_size=1, max_size=40))
def test_keys_of_cos_are_signed_as_by_the_sdk(key: str) -> None:
    """Object keys of any characters are signed as by COS's SDK."""
    config = CosConfig(Region="ap-guangzhou", SecretId="AKIDEXAMPLE", SecretKey="SECRETEXAMPLE")
    asked = Request("GET", "https://b.cos.ap-guangzhou.myqcloud.com/x", headers={"host": "b"}).prepare()
    CosS3Auth(config, key, {}, 600)(asked)
    theirs = dict(field.split("=", 1) for field in asked.headers["Authorization"].split("&"))
    start, end = map(int, theirs["q-sign-time"].split(";"))
    ours = sign_cos(CREDENTIALS, "GET", f"/{key}", params={}, headers={"host": "b"}, start=start, end=end)
    assert ours.endswith(f"q-signature={theirs['q-signature']}")
