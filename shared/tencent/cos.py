"""The COS client, as the port `Store`: its one atomic write is create-if-absent. It also makes presigned links."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.deadline import Deadline
from shared.ports import Listed, Stored
from shared.secret import Secret
from shared.tencent.cos_answers import age, rows, tagged
from shared.tencent.cos_bucket import Bucket
from shared.tencent.cos_create import CreateOnly
from shared.tencent.http import Answer, Http
from shared.tencent.retry import persisted
from shared.tencent.role_credentials import RoleCredentials
from shared.tencent.signatures import JSON

_PAGE = 1000
"""The most rows in one listing of COS."""


class Cos:
    """One bucket, for one request."""

    def __init__(
        self,
        http: Http,
        credentials: RoleCredentials,
        bucket: str,
        region: str,
        endpoint: str | None,
        deadline: Deadline,
    ) -> None:
        self.base = endpoint or f"https://{bucket}.cos.{region}.myqcloud.com"
        self._bucket = Bucket(http, credentials, self.base, deadline)

    def create(self, key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> bool:
        """Write an object that must not exist yet; False if it exists. Raises OutcomeUnknown, Unavailable, CloudError.

        A write whose answer was lost counts as written if the stored body is the same. So the body must be unique
        wherever it matters who wrote it.
        """
        return CreateOnly(self._bucket, key, body, {"content-type": JSON, **(headers or {})}).done()

    def get(self, key: str) -> Stored | None:
        """An object, or None."""
        answer = self._read("GetObject", "GET", key)
        return None if answer.status == 404 else Stored(answer.body, age(answer.headers))

    def exists(self, key: str) -> bool:
        """Whether the object exists. COS answers with an ETag. An answer without one is asked for once more; then a
        listing decides, which not every role may do everywhere. With the real COS it never comes to that.
        """
        for _ in range(2):
            answer = self._read("HeadObject", "HEAD", key)
            if answer.status == 404 or tagged(answer):
                return answer.status != 404
        return any(row.key == key for row in self.below(key, limit=1))

    def delete(self, key: str) -> None:
        """Delete an object; success if it does not exist."""
        self._read("DeleteObject", "DELETE", key)

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> list[Listed]:
        """The first objects with this prefix whose keys come after `after`, in the order of their keys.

        https://cloud.tencent.com/document/product/436/7734
        """
        found: list[Listed] = []
        while True:
            params = {"prefix": prefix, "max-keys": str(min(_PAGE, limit - len(found)))}
            if after:
                params["marker"] = after
            page, more = self._page(params)
            # A key that ends with a slash is a folder, which somebody created in the console.
            found += [row for row in page if not row.key.endswith("/")]
            if not more or not page or len(found) >= limit:
                return found
            after = page[-1].key

    def _page(self, params: dict[str, str]) -> tuple[list[Listed], bool]:
        def attempt() -> tuple[list[Listed], bool]:
            return rows("ListObjects", self._bucket.call("ListObjects", "GET", "", params=params))

        return persisted("ListObjects", attempt, self._bucket.deadline)

    def versioning(self) -> str:
        """`Enabled`, `Suspended`, or "" for a bucket that never had versioning. Raises CloudError, Unavailable.

        https://cloud.tencent.com/document/product/436/19888
        """
        answer = self._read("GetBucketVersioning", "GET", "", params={"versioning": ""})
        found = re.search(rb"<Status>\s*(Enabled|Suspended)\s*</Status>", answer.body)
        return found[1].decode() if found else ""

    def public(self) -> bool:
        """Whether the bucket's ACL gives access to everybody. https://cloud.tencent.com/document/product/436/7733"""
        answer = self._read("GetBucketACL", "GET", "", params={"acl": ""})
        return b"/groups/global/AllUsers" in answer.body or b"uin/anyone" in answer.body

    def presign(self, key: str, *, now: float, until: float, filename: str) -> Secret:
        """A presigned link that downloads the object until that time. The session token is part of the signed link."""
        return self._bucket.link(key, now=now, until=until, filename=filename)

    def _read(self, action: str, method: str, key: str, *, params: Mapping[str, str] | None = None) -> Answer:
        return persisted(action, lambda: self._bucket.call(action, method, key, params=params), self._bucket.deadline)
