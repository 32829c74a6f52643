"""COS's operations on one object: each answers a request whose signature and permission have been checked."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from email.utils import formatdate

from local.cos import exceptions as errors
from local.cos.models import CosBackend, StoredObject
from local.http_messages import Answer, Request

STORED = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")
STORED_COS = ("x-cos-server-side-encryption", "x-cos-storage-class")
OVERRIDES = ("content-type", "content-language", "expires", "cache-control", "content-disposition", "content-encoding")
ENCRYPTIONS = ("AES256", "SM4", "cos/kms")
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def put_object(cos: CosBackend, request: Request, key: str) -> Answer:
    """Store the body; with ``x-cos-forbid-overwrite: true`` only if there is no such object."""
    if "x-cos-copy-source" in request.headers:
        raise errors.NotEmulated
    encryption = request.headers.get("x-cos-server-side-encryption", "")
    if encryption and encryption not in ENCRYPTIONS:
        raise errors.InvalidArgument(f"x-cos-server-side-encryption cannot be {encryption}.")
    check_digest(request)
    forbid = request.headers.get("x-cos-forbid-overwrite", "").lower() == "true"
    stored = cos.put(key, request.body, kept_headers(request.headers), forbid)
    echoed = {"x-cos-server-side-encryption": encryption} if encryption else {}
    return Answer(200, {"ETag": stored.etag, **echoed})


def check_digest(request: Request) -> None:
    """Compare the body with Content-MD5, if the request has one; raises BadDigest or InvalidDigest."""
    if "Content-MD5" not in request.headers:
        return
    try:
        digest = base64.b64decode(request.headers["Content-MD5"], validate=True)
    except binascii.Error as error:
        raise errors.BadDigest(code="InvalidDigest") from error
    if digest != hashlib.md5(request.body, usedforsecurity=False).digest():
        raise errors.BadDigest


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that are stored with an object and sent with it."""
    named = {name.lower(): value for name, value in headers.items()}
    kept = {name: value for name, value in named.items() if name in STORED + STORED_COS}
    meta = {name: value for name, value in named.items() if name.startswith("x-cos-meta-")}
    return {"content-type": "application/octet-stream", **kept, **meta}


def get_object(cos: CosBackend, request: Request, key: str) -> Answer:
    """The object (200), or with a Range header a part of it (206); raises NoSuchKey and InvalidRange."""
    found = cos.get(key)
    headers = object_headers(cos, found, request.query)
    if "Range" not in request.headers:
        return Answer(200, headers, found.body)
    start, end = requested_range(request.headers["Range"], len(found.body))
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(found.body)}"
    return Answer(206, headers, found.body[start:end])


def head_object(cos: CosBackend, request: Request, key: str) -> Answer:
    """The object's headers."""
    found = cos.get(key)
    return Answer(200, object_headers(cos, found, request.query), found.body)


def object_headers(cos: CosBackend, found: StoredObject, query: Mapping[str, str]) -> dict[str, str]:
    """The stored headers, with the query's ``response-*`` overrides and the forced download applied."""
    overrides = {name: query[f"response-{name}"] for name in OVERRIDES if query.get(f"response-{name}")}
    merged = {**found.headers, **overrides}
    headers = {name if name.startswith("x-") else name.title(): value for name, value in merged.items()}
    if cos.force_download:
        headers["x-cos-force-download"] = "true"
        if not headers.get("Content-Disposition", "").startswith("attachment"):
            headers["Content-Disposition"] = "attachment"
    dated = formatdate(found.last_modified, usegmt=True)
    return {**headers, "ETag": found.etag, "Last-Modified": dated, "Accept-Ranges": "bytes"}


def requested_range(text: str, length: int) -> tuple[int, int]:
    """The half-open range of bytes that a Range header asks for; raises InvalidRange."""
    found = RANGE.fullmatch(text.strip())
    if not found or found[0] == "bytes=-":
        raise errors.InvalidRange
    if not found[1]:
        return max(length - int(found[2]), 0), length
    start, end = int(found[1]), min(int(found[2] or length), length - 1) + 1
    if start >= length or start >= end:
        raise errors.InvalidRange
    return start, end


def delete_object(cos: CosBackend, _request: Request, key: str) -> Answer:
    """Delete the object; 204 whether it was there or not."""
    cos.delete(key)
    return Answer(204, {})
