"""COS as a store with one atomic primitive, create-if-absent; and as the place that credentials are fetched from.

A client of our own over the HTTP library that the SDK has loaded already: the official COS SDK repeats writes four
times, takes its own write for somebody else's, counts redirects as success, and costs a cold start as much again.
Its signer is the oracle of ours in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from shared.clock import parse_rfc3339
from shared.deadline import Backoff, Deadline
from shared.errors import CloudError, OutcomeUnknown, Unavailable
from shared.secret import Secret
from shared.tencent.cos_signature import encode, sign
from shared.tencent.network import TRIES, NotSent, Throttled, never_connected, timeouts
from shared.tencent.session import Connections, RoleCredentials

if TYPE_CHECKING:
    import requests

_SIGNED_FOR = 900
"""Seconds for which a request's signature holds; before and after, for clocks that differ."""


_ABSENT = ("GetObject", "HeadObject", "DeleteObject", "GetBucketVersioning", "GetBucketACL")
"""What a 404 without a code of COS is an answer to. To anything else it is an error."""


class Stored(NamedTuple):
    """An object that was read. `age` is in seconds by the service's own clock, or None where it does not tell.

    `tagged`: it came with an ETag. What comes without one may be somebody else's answer.
    """

    body: bytes
    age: float | None
    tagged: bool = True


class Listed(NamedTuple):
    """A row of a listing. `age` as in `Stored`."""

    key: str
    age: float | None


class Cos:
    """One bucket, for one request."""

    def __init__(
        self,
        connections: Connections,
        credentials: RoleCredentials,
        bucket: str,
        region: str,
        endpoint: str | None,
        deadline: Deadline,
    ) -> None:
        self._connections = connections
        self._credentials = credentials
        self.base = endpoint or f"https://{bucket}.cos.{region}.myqcloud.com"
        self._deadline = deadline

    def create(self, key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> bool:
        """Write an object that must not exist yet; False if it does.

        An own write whose answer was lost counts as written: it is recognised by its body, which must therefore be
        unmistakable wherever it matters who wrote it. https://cloud.tencent.com/document/product/436/7749
        """
        sent = {"content-type": "application/json", "x-cos-forbid-overwrite": "true", **(headers or {})}
        backoff, lost, in_flight = Backoff(self._deadline), False, False
        for _ in range(TRIES):
            try:
                answer = self._send("PutObject", "PUT", key, body=body, headers=sent)
            except OutcomeUnknown as unknown:
                lost, in_flight = True, in_flight or unknown.in_flight
                self._deadline.unsettled |= unknown.in_flight
                found = self._look_after(key, in_flight)
                if found is not None and (found.tagged or found.body == body):
                    return found.body == body
            except (NotSent, Throttled):
                pass
            else:
                return answer.status_code != 409 or (lost and self._is(key, body))
            backoff.pause()
        raise OutcomeUnknown("PutObject", in_flight=in_flight)

    def _look_after(self, key: str, in_flight: bool) -> Stored | None:
        try:
            return self.get(key)
        except Unavailable:
            raise OutcomeUnknown("PutObject", in_flight=in_flight) from None

    def _is(self, key: str, body: bytes) -> bool:
        found = self.get(key)
        return found is not None and found.body == body

    def get(self, key: str) -> Stored | None:
        """An object, or None."""
        answer = self._read("GetObject", "GET", key)
        return None if answer.status_code == 404 else Stored(answer.content, _age(answer.headers), _tagged(answer))

    def exists(self, key: str) -> bool:
        """Whether the object is there: COS says so with an ETag, and where there is none a listing decides."""
        answer = self._read("HeadObject", "HEAD", key)
        if answer.status_code == 404 or _tagged(answer):
            return answer.status_code != 404
        return any(row.key == key for row in self.below(key, limit=1))

    def delete(self, key: str) -> None:
        """Remove an object; one that is gone is success."""
        self._read("DeleteObject", "DELETE", key)

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> list[Listed]:
        """The first objects below a prefix that come after a key, in the order of their keys.

        https://cloud.tencent.com/document/product/436/7734
        """
        rows: list[Listed] = []
        while True:
            params = {"prefix": prefix, "max-keys": str(min(1000, limit - len(rows)))}
            if rows or after:
                params["marker"] = rows[-1].key if rows else after
            page, more = self._page(params)
            rows += page
            if not more or not page or len(rows) >= limit:
                return rows

    def _page(self, params: dict[str, str]) -> tuple[list[Listed], bool]:
        backoff = Backoff(self._deadline)
        for _ in range(TRIES):
            answer = self._read("ListObjects", "GET", "", params=params)
            try:
                return _parse_list(answer)
            except ET.ParseError:
                backoff.pause()
        raise Unavailable("ListObjects was answered with garbage")

    def versioning(self) -> str:
        """`Enabled`, `Suspended`, or nothing for a bucket that never had it. Raises CloudError, Unavailable.

        https://cloud.tencent.com/document/product/436/19888
        """
        answer = self._read("GetBucketVersioning", "GET", "", params={"versioning": ""})
        found = re.search(rb"<Status>\s*(Enabled|Suspended)\s*</Status>", answer.content)
        return found[1].decode() if found else ""

    def public(self) -> bool:
        """Whether the bucket's ACL lets everybody in. https://cloud.tencent.com/document/product/436/7733"""
        answer = self._read("GetBucketACL", "GET", "", params={"acl": ""})
        return b"/groups/global/AllUsers" in answer.content or b"uin/anyone" in answer.content

    def presign(self, key: str, *, now: float, until: float, filename: str) -> Secret:
        """A link that downloads the object until that parse_http_time; the session token is part of what is signed."""
        params = {"response-content-disposition": f"attachment;filename={filename}"}
        if self._credentials.token:
            params["x-cos-security-token"] = self._credentials.token.reveal()
        start, end = int(now) - 60, int(until)
        host = {"host": urlsplit(self.base).hostname or ""}
        signature = sign(self._credentials, "GET", f"/{key}", params=params, headers=host, start=start, end=end)
        query = "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(params.items()))
        return Secret(f"{self.base}/{quote(key)}?{signature.replace(';', '%3B')}&{query}")

    def _read(
        self, action: str, method: str, key: str, *, params: Mapping[str, str] | None = None
    ) -> requests.Response:
        backoff = Backoff(self._deadline)
        for _ in range(TRIES):
            try:
                return self._send(action, method, key, params=params or {})
            except (OutcomeUnknown, NotSent, Throttled):
                backoff.pause()
        raise Unavailable(f"{action} got no answer")

    def _send(
        self,
        action: str,
        method: str,
        key: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> requests.Response:
        import requests

        self._deadline.spend(action)
        url = f"{self.base}/{quote(key)}" + _query(params or {})
        signed = self._signed(method, key, params or {}, headers or {})
        try:
            answer = self._connections.http().request(
                method, url, data=body or None, headers=signed, timeout=timeouts(self._deadline), allow_redirects=False
            )
        except requests.RequestException as error:
            # Its text holds the URL, so neither it nor its chain is kept.
            never = never_connected(error)
            raise (
                NotSent(f"{action} could not be sent") if never else OutcomeUnknown(action, in_flight=True)
            ) from None
        _raise_for(action, answer)
        return answer

    def _signed(self, method: str, key: str, params: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
        now = int(self._deadline.clock.now())
        signed = {"host": urlsplit(self.base).hostname or "", **headers}
        if self._credentials.token:
            signed["x-cos-security-token"] = self._credentials.token.reveal()
        window = {"start": now - _SIGNED_FOR, "end": now + _SIGNED_FOR}
        authorization = sign(self._credentials, method, f"/{key}", params=params, headers=signed, **window)
        return {name: value for name, value in signed.items() if name != "host"} | {"Authorization": authorization}


def _query(params: Mapping[str, str]) -> str:
    return "?" + "&".join(f"{encode(name)}={encode(value)}" for name, value in params.items()) if params else ""


def _raise_for(action: str, answer: requests.Response) -> None:
    status = answer.status_code
    if status in (200, 206) and not _tagged(answer) and (action == "PutObject" or _is_page(answer)):
        # Most likely somebody else's answer: a claim would be taken for won, or a page for an object.
        raise OutcomeUnknown(action, in_flight=False)
    if (
        status in (200, 204, 206)
        or (status == 404 and _is_absence(action, answer))
        or (status == 409 and action == "PutObject")
    ):
        return
    code = _error_code(answer)
    if status == 429 or code in ("SlowDown", "RequestLimitExceeded"):
        raise Throttled(f"{action} is throttled")
    if (status >= 500 and status != 501) or status == 408:
        # COS gives its errors a code; without one it is a gateway that lost it, and it may go on.
        raise OutcomeUnknown(action, in_flight=not code)
    raise CloudError(f"cos:{action}", code or f"HTTP {status}")


def _is_absence(action: str, answer: requests.Response) -> bool:
    return action in _ABSENT and _error_code(answer) in ("", "NoSuchKey", "NoSuchResource")


def _is_page(answer: requests.Response) -> bool:
    return answer.headers.get("Content-Type", "").lower().startswith("text/html")


def _tagged(answer: requests.Response) -> bool:
    return bool(answer.headers.get("ETag"))


def _error_code(answer: requests.Response) -> str:
    found = re.search(rb"<Code>([A-Za-z.]{1,80})</Code>", answer.content)
    return found[1].decode() if found else ""


def _parse_list(answer: requests.Response) -> tuple[list[Listed], bool]:
    root = ET.fromstring(answer.content)  # noqa: S314 - the bucket's own service, over TLS
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag != "ListBucketResult":
        raise ET.ParseError
    now = parse_http_time(answer.headers.get("Date"))
    rows = [
        Listed(e.findtext("Key", ""), _since(now, parse_http_time(e.findtext("LastModified"))))
        for e in root.iter("Contents")
    ]
    return rows, root.findtext("IsTruncated") == "true"


def _age(headers: Mapping[str, str]) -> float | None:
    return _since(parse_http_time(headers.get("Date")), parse_http_time(headers.get("Last-Modified")))


def _since(now: float | None, then: float | None) -> float | None:
    return now - then if now is not None and then is not None and now >= then else None


def parse_http_time(text: str | None) -> float | None:
    """Seconds since the epoch of an HTTP or XML time, or None where there is none or it cannot be read."""
    try:
        if text and text[:1].isdigit():
            return parse_rfc3339(text)
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, TypeError, IndexError):
        return None
