"""Makes Tencent's two kinds of signatures.

COS: https://cloud.tencent.com/document/product/436/7778, for headers and for links. API 3.0 (CAM, STS):
https://cloud.tencent.com/document/api/213/30654, TC3-HMAC-SHA256, with the signer of Tencent's SDK.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping

from shared.tencent.role_credentials import RoleCredentials

JSON = "application/json"
"""The content type of every body. Some of Tencent's services do not accept it with a charset."""
_RESERVED = re.compile(r"[^A-Za-z0-9_.~-]+")
"""Characters that are encoded. They are searched for first, because a token is long and has hardly any of them."""
_ENCODED = [f"%{byte:02X}" for byte in range(256)]


def sign_api(credentials: RoleCredentials, service: str, host: str, body: bytes, now: int) -> dict[str, str]:
    """The headers that sign a JSON POST to API 3.0 at a time (seconds since the epoch), with the session token."""
    from tencentcloud.common.sign import Sign

    date = time.strftime("%Y-%m-%d", time.gmtime(now))
    scope = f"{date}/{service}/tc3_request"
    payload = hashlib.sha256(body).hexdigest()
    request = f"POST\n/\n\ncontent-type:{JSON}\nhost:{host}\n\ncontent-type;host\n{payload}"
    to_sign = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = Sign.sign_tc3(credentials.secret_key.reveal(), date, service, to_sign)
    named = f"Credential={credentials.secret_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
    token = {"X-TC-Token": credentials.token.reveal()} if credentials.token else {}
    return {
        "Content-Type": JSON,
        "Host": host,
        "X-TC-Timestamp": str(now),
        "Authorization": f"TC3-HMAC-SHA256 {named}",
        **token,
    }


def sign_cos(
    credentials: RoleCredentials,
    method: str,
    path: str,
    *,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    start: int,
    end: int,
) -> str:
    """The signature as `q-…` fields joined by `&`: for an Authorization header, or for the query of a link.

    `path` is decoded and starts with `/`. Exactly the given params and headers are signed. `start` and `end` are
    seconds since the epoch.
    """
    window = f"{start};{end}"
    param_names, param_text = _canonical(params)
    header_names, header_text = _canonical(headers)
    request = f"{method.lower()}\n{path}\n{param_text}\n{header_text}\n"
    to_sign = f"sha1\n{window}\n{hashlib.sha1(request.encode()).hexdigest()}\n"  # noqa: S324 - the scheme's own
    signing_key = _hmac(credentials.secret_key.reveal(), window)
    fields = {
        "q-sign-algorithm": "sha1",
        "q-ak": credentials.secret_id,
        "q-sign-time": window,
        "q-key-time": window,
        "q-header-list": header_names,
        "q-url-param-list": param_names,
        "q-signature": _hmac(signing_key, to_sign),
    }
    return "&".join(f"{name}={value}" for name, value in fields.items())


def encode(text: str) -> str:
    """Percent-encode everything but the unreserved characters."""
    return _RESERVED.sub(lambda found: "".join(_ENCODED[byte] for byte in found[0].encode()), text)


def _canonical(items: Mapping[str, str]) -> tuple[str, str]:
    pairs = sorted((encode(name).lower(), encode(value)) for name, value in items.items())
    return ";".join(name for name, _ in pairs), "&".join(f"{name}={value}" for name, value in pairs)


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha1).hexdigest()
