"""The COS request signature (https://cloud.tencent.com/document/product/436/7778), for headers and for links."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

from shared.tencent.session import RoleCredentials


def sign(
    credentials: RoleCredentials,
    method: str,
    path: str,
    *,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    start: int,
    end: int,
) -> str:
    """The signature as `q-…` fields joined by `&`: an Authorization header, or the tail of a link's query.

    `path` is decoded and starts with `/`; exactly the given params and headers are signed; start and end are seconds
    since the epoch.
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
    return quote(text, safe="-_.~")


def _canonical(items: Mapping[str, str]) -> tuple[str, str]:
    pairs = sorted((encode(name).lower(), encode(value)) for name, value in items.items())
    return ";".join(name for name, _ in pairs), "&".join(f"{name}={value}" for name, value in pairs)


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha1).hexdigest()
