"""One bucket of COS, with no more than its documentation promises (https://cloud.tencent.com/document/product/436)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import NamedTuple
from xml.sax.saxutils import escape

from tests.witness.clock import SharedClock
from tests.witness.options import Options

_KEPT = ("content-type", "content-disposition", "cache-control", "x-cos-server-side-encryption")


@dataclass(frozen=True)
class Stored:
    """An object: what was put, the headers that came with it, and when."""

    body: bytes
    headers: dict[str, str]
    at: float

    @property
    def tag(self) -> str:
        """Its ETag."""
        return f'"{hashlib.md5(self.body).hexdigest()}"'  # noqa: S324 - the protocol's


class Reply(NamedTuple):
    """A COS answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Bucket:
    """The objects. It is used by one thread at a time."""

    def __init__(self, options: Options, clock: SharedClock) -> None:
        self.objects: dict[str, Stored] = {}
        self.written: list[str] = []
        self._options = options
        self._clock = clock

    def below(self, prefix: str) -> list[str]:
        """The keys, in order."""
        return sorted(key for key in self.objects if key.startswith(prefix))

    def act(self, method: str, key: str, params: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Reply:
        """Do what is asked; `headers` have lower-case names."""
        if method == "PUT":
            return self._put(key, headers, body)
        if method == "DELETE":
            found = self.objects.pop(key, None)
            return Reply(204) if found or self._options.gone == 204 else self._missing()
        if not key:
            return self._versioning() if "versioning" in params else self._list(params)
        stored = self.objects.get(key)
        if stored is None:
            return self._missing()
        overrides = {name.removeprefix("response-"): params[name] for name in params if name.startswith("response-")}
        told = {name: value for name, value in stored.headers.items() if not name.startswith("x-")} | overrides
        if self._options.etag_on_get:
            told["ETag"] = stored.tag
        if self._options.last_modified:
            told["Last-Modified"] = formatdate(stored.at, usegmt=True)
        return Reply(200, stored.body, told)

    def _put(self, key: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if headers.get("x-cos-forbid-overwrite") == "true" and key in self.objects:
            return error(409, "FileAlreadyExists") if self._options.body_409 else Reply(409)
        kept = {name: headers[name] for name in _KEPT if name in headers}
        self.objects[key] = Stored(body, kept, self._clock.now())
        self.written.append(key)
        return Reply(200, b"", {"ETag": self.objects[key].tag} if self._options.etag_on_put else {})

    def _missing(self) -> Reply:
        return error(404, "NoSuchKey") if self._options.body_404 else Reply(404)

    def _versioning(self) -> Reply:
        if self._options.no_versioning == "empty":
            return Reply(200, b"<VersioningConfiguration/>", {"content-type": "application/xml"})
        return error(403, "AccessDenied") if self._options.no_versioning == "forbidden" else Reply(404)

    def _list(self, params: Mapping[str, str]) -> Reply:
        keys = [key for key in self.below(params.get("prefix", "")) if key > params.get("marker", "")]
        size = min(int(params.get("max-keys", "1000")), self._options.page)
        shown, more = keys[:size], len(keys) > size
        name = ' xmlns="http://www.qcloud.com/document/product/436/7751"' if self._options.namespace else ""
        next_marker = f"<NextMarker>{escape(shown[-1])}</NextMarker>" if more else ""
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult{name}>'
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{next_marker}{''.join(map(self._row, shown))}"
            "</ListBucketResult>"
        )
        return Reply(200, text.encode(), {"content-type": "application/xml"})

    def _row(self, key: str) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(self.objects[key].at))
        when = f"<LastModified>{moment}</LastModified>" if self._options.last_modified else ""
        return f"<Contents><Key>{escape(key)}</Key>{when}</Contents>"


def error(status: int, code: str, message: str = "no") -> Reply:
    """An error in XML."""
    rows = {"Code": code, "Message": message, "Resource": "/", "RequestId": "1", "TraceId": "1"}
    text = "".join(f"<{name}>{value}</{name}>" for name, value in rows.items())
    return Reply(status, f"<Error>{text}</Error>".encode(), {"content-type": "application/xml"})
