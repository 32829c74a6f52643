"""What people do: follow a link, open the file, use its key."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.witness.signatures import tc3

_VERSIONS = {"GetCallerIdentity": ("sts", "2018-08-13")}
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Page(NamedTuple):
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes


class Row(NamedTuple):
    """The one row of the credentials file."""

    login_url: str
    user: str
    password: str
    secret_id: str
    secret_key: str


def fetch(request: str | urllib.request.Request) -> Page:
    """One request, whatever its status."""
    try:
        with _DIRECT.open(request, timeout=30) as answer:
            return Page(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Page(error.code, {}, error.read())


def opened(file: bytes) -> Row:
    """The credentials file, read strictly: a byte order mark, CRLF at each line's end, nothing that needs quotes."""
    assert file.startswith(b"\xef\xbb\xbf")
    header, row, rest = file[3:].decode().split("\r\n")
    assert (header, rest) == ("Login URL,User name,Password,SecretId,SecretKey", "")
    assert '"' not in row
    return Row(*row.split(","))


def call(
    api: str, action: str, params: dict[str, Any], keys: tuple[str, str, str], *, now: float, tampered: bool = False
) -> dict[str, Any]:
    """The `Response` of a call of CAM or STS; `keys` are secret id, secret key and token. Raises nothing."""
    service, version = _VERSIONS.get(action, ("cam", "2019-01-16"))
    body, timestamp = json.dumps(params).encode(), int(now)
    signed = {"content-type": "application/json", "host": urlsplit(api).netloc}
    scope = f"{time.strftime('%Y-%m-%d', time.gmtime(timestamp))}/{service}/tc3_request"
    signature = tc3(keys[1], timestamp, service, signed, body)
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"TC3-HMAC-SHA256 Credential={keys[0]}/{scope}, SignedHeaders=content-type;host, "
        f"Signature={signature}",
        "X-TC-Action": action,
        "X-TC-Version": version,
        "X-TC-Timestamp": str(timestamp),
        "X-TC-Region": "ap-guangzhou",
        **({"X-TC-Token": keys[2]} if keys[2] else {}),
    }
    sent = urllib.request.Request(api, body + b" " * tampered, headers)  # noqa: S310 - the emulator's
    answer: dict[str, Any] = json.loads(fetch(sent).body)["Response"]
    return answer
