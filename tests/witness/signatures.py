"""The signatures of Tencent Cloud and of Standard Webhooks, written from their documentation and from nothing else.

TC3-HMAC-SHA256: https://cloud.tencent.com/document/api/598/33158. COS: https://cloud.tencent.com/document/product/436/7778.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import NamedTuple
from urllib.parse import quote, unquote

Secrets = Callable[[str], "str | None"]
"""The secret key of a secret id, or None for an id that nobody has."""

_TC3 = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/ ]+)/(\d{4}-\d\d-\d\d)/([^/ ]+)/tc3_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
_FIELDS = ("q-sign-algorithm", "q-ak", "q-sign-time", "q-key-time", "q-header-list", "q-url-param-list", "q-signature")


class Refused(Exception):
    """A signature that does not hold: what is answered."""

    def __init__(self, status: int, code: str, message: str = "refused") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def webhook(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """The `webhook-signature` of a message."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def tc3(secret: str, timestamp: int, service: str, signed: Mapping[str, str], body: bytes) -> str:
    """The signature of a POST to `/` with these headers, in their order."""
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    headers = "".join(f"{name}:{value.strip()}\n" for name, value in signed.items())
    request = f"POST\n/\n\n{headers}\n{';'.join(signed)}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{date}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"TC3{secret}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def verify_tc3(headers: Mapping[str, str], body: bytes, secrets: Secrets, now: float) -> str:
    """The secret id that signed; `headers` have lower-case names. Raises Refused."""
    match = _TC3.fullmatch(headers.get("authorization", ""))
    if match is None or not {"content-type", "host"} <= set(match[4].split(";")):
        raise Refused(200, "AuthFailure.InvalidAuthorization")
    timestamp = int(headers.get("x-tc-timestamp", "0"))
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    if abs(now - timestamp) > 300 or date != match[2]:
        raise Refused(200, "AuthFailure.SignatureExpire")
    secret = secrets(match[1])
    if secret is None:
        raise Refused(200, "AuthFailure.SecretIdNotFound")
    signed = {name: headers.get(name, "") for name in match[4].split(";")}
    if not hmac.compare_digest(tc3(secret, timestamp, match[3], signed, body), match[5]):
        raise Refused(200, "AuthFailure.SignatureFailure")
    return match[1]


class CosRequest(NamedTuple):
    """What a COS signature covers. `path` is decoded; `params` are decoded; `headers` have lower-case names."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


def cos(secret: str, request: CosRequest, times: tuple[str, str], names: tuple[str, str]) -> str:
    """The signature over the named headers and parameters, for these two windows (of signing, of the key)."""
    headers = _listed(names[0], request.headers)
    params = _listed(names[1], request.params)
    http = f"{request.method.lower()}\n{request.path}\n{params}\n{headers}\n"
    text = f"sha1\n{times[0]}\n{hashlib.sha1(http.encode()).hexdigest()}\n"  # noqa: S324 - the protocol's
    key = hmac.new(secret.encode(), times[1].encode(), hashlib.sha1).hexdigest()
    return hmac.new(key.encode(), text.encode(), hashlib.sha1).hexdigest()


def verify_cos(request: CosRequest, secrets: Secrets, now: float) -> str:
    """The secret id that signed, in the header or in the query. Raises Refused."""
    header = request.headers.get("authorization")
    found = request.params if header is None else dict(one.partition("=")[::2] for one in header.split("&"))
    fields = [found.get(name) for name in _FIELDS]
    algorithm, secret_id, sign_time, key_time, header_list, param_list, signature = (one or "" for one in fields)
    if None in fields or algorithm != "sha1":
        raise Refused(403, "AccessDenied", "Access Denied.")
    secret = secrets(secret_id)
    if secret is None:
        raise Refused(403, "InvalidAccessKeyId")
    for start, _, end in (sign_time.partition(";"), key_time.partition(";")):
        if not int(start) <= now <= int(end):
            raise Refused(403, "AccessDenied", "Request has expired")
    if not hmac.compare_digest(cos(secret, request, (sign_time, key_time), (header_list, param_list)), signature):
        raise Refused(403, "SignatureDoesNotMatch")
    _nothing_unsigned(request, header_list, param_list)
    return secret_id


def _nothing_unsigned(request: CosRequest, header_list: str, param_list: str) -> None:
    """Whether COS minds an `x-cos-` field that nobody signed is not documented: here it does."""
    for names, listed in ((request.headers, header_list), (request.params, param_list)):
        signed = {unquote(name) for name in listed.split(";")}
        if [name for name in names if name.lower().startswith("x-cos-") and name.lower() not in signed]:
            raise Refused(403, "SignatureDoesNotMatch", "unsigned")


def _listed(names: str, values: Mapping[str, str]) -> str:
    lower = {name.lower(): value for name, value in values.items()}
    return "&".join(f"{name}={quote(lower.get(unquote(name), ''), safe='')}" for name in names.split(";") if name)
