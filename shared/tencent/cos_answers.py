"""Reads COS's answers, by status and code, never by text. https://cloud.tencent.com/document/product/436/7730"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from xml.parsers.expat import ExpatError, ParserCreate

from shared.errors import CloudError, OutcomeUnknown
from shared.ports import Listed
from shared.tencent.http import Answer
from shared.tencent.retry import Throttled

_ABSENT = ("GetObject", "HeadObject", "DeleteObject", "GetBucketVersioning", "GetBucketACL")
"""Calls for which a 404 without a code of COS means "does not exist". For every other call a 404 is an error."""
_THROTTLED = ("slowdown", "requestlimitexceeded", "toomanyrequests")
_TRANSIENT = (
    "requesttimeout",
    "incompletebody",
    "internalerror",
    "serviceunavailable",
    "serverbusy",
    "operationaborted",
)
"""Codes for temporary errors, with any status. The documentation spells some of them in two ways."""
EXISTS = "FileAlreadyExists"
"""The code for a create-only PUT of an object that exists. https://cloud.tencent.com/document/product/436/7749"""


def check(action: str, answer: Answer) -> None:
    """Return if the answer is usable: done, absent, or a conflict of a PUT.

    Raises Throttled, OutcomeUnknown, and CloudError for a permanent refusal.
    """
    status, code = answer.status, error_code(answer)
    if status in (200, 206) and not tagged(answer) and (action == "PutObject" or _is_no_object(action, answer)):
        # Probably not from COS: a write would count as done, or a page or an error would count as an object.
        raise OutcomeUnknown(action, in_flight=False)
    absent = status == 404 and action in _ABSENT and code in ("", "NoSuchKey", "NoSuchResource")
    if status in (200, 204, 206) or absent:
        return
    if status == 429 or code.lower() in _THROTTLED:
        raise Throttled(f"{action} is throttled")
    if (status >= 500 and status != 501) or status == 408 or code.lower() in _TRANSIENT:
        # Errors of COS have a code. Without one it is a gateway that lost COS, which may still work on the call.
        raise OutcomeUnknown(action, in_flight=not code)
    if status == 409 and action == "PutObject":
        return
    raise CloudError(f"cos:{action}", code or f"HTTP {status}")


def error_code(answer: Answer) -> str:
    """The code of an error, or ""."""
    found = re.search(rb"<Code>([A-Za-z.]{1,80})</Code>", answer.body) if answer.status >= 300 else None
    return found[1].decode() if found else ""


def tagged(answer: Answer) -> bool:
    """Whether the answer has an ETag, as each object has. An answer without one may not be from COS."""
    return bool(answer.headers.get("ETag"))


def rows(action: str, answer: Answer) -> tuple[list[Listed], bool]:
    """The rows of one page of a listing, and whether there are more. Raises OutcomeUnknown where it is no listing."""
    page = _Page()
    try:
        page.read(answer.body)
    except ExpatError:
        raise OutcomeUnknown(action, in_flight=False) from None
    if not page.is_listing:
        raise OutcomeUnknown(action, in_flight=False)
    now = parse_http_time(answer.headers.get("Date"))
    found = [Listed(row.get("Key", ""), _since(now, parse_http_time(row.get("LastModified")))) for row in page.rows]
    return found, page.more


def age(headers: Mapping[str, str]) -> float | None:
    """Seconds since the object was written, by the service's own clock; None where the answer does not say."""
    return _since(parse_http_time(headers.get("Date")), parse_http_time(headers.get("Last-Modified")))


def parse_http_time(text: str | None) -> float | None:
    """Seconds since the epoch of an HTTP or XML time; None for one that cannot be read."""
    try:
        if text and text[:1].isdigit():
            return datetime.fromisoformat(text.removesuffix("Z") + "+00:00").timestamp()
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, TypeError, IndexError):
        return None


def _is_no_object(action: str, answer: Answer) -> bool:
    """Whether the answer is a page, or an error of COS whose status was lost. Objects of this project never have such a
    content type.
    """
    kind = answer.headers.get("Content-Type", "").lower()
    return kind.startswith("text/html") or (action == "GetObject" and kind.startswith(("application/xml", "text/xml")))


def _since(now: float | None, then: float | None) -> float | None:
    return now - then if now is not None and then is not None and now >= then else None


class _Page:
    """Reads the XML of a listing: the texts of each row, and whether there are more rows.

    It uses expat directly, because `xml.etree` takes seven times as long to load.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.more = self.is_listing = False
        self._path: list[str] = []
        self._text = ""

    def read(self, body: bytes) -> None:
        """Read all of it. Raises ExpatError."""
        parser = ParserCreate()
        parser.StartElementHandler = self._begin
        parser.CharacterDataHandler = self._add
        parser.EndElementHandler = self._end
        parser.Parse(body, True)

    def _begin(self, tag: str, _attributes: dict[str, str]) -> None:
        self._path.append(tag.rpartition(":")[2])
        self._text = ""
        if self._path == ["ListBucketResult"]:
            self.is_listing = True
        elif self._path == ["ListBucketResult", "Contents"]:
            self.rows.append({})

    def _add(self, text: str) -> None:
        self._text += text

    def _end(self, _tag: str) -> None:
        *above, name = self._path
        if above == ["ListBucketResult", "Contents"]:
            self.rows[-1][name] = self._text
        elif above == ["ListBucketResult"] and name == "IsTruncated":
            self.more = self._text == "true"
        self._path, self._text = above, ""
