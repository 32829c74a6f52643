"""One bucket: its address, its signatures, and single calls.

The project has its own client because the official COS SDK repeats writes four times, takes its own write for somebody
else's, counts redirects as success, and doubles the cold start. The tests check the signatures against that SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from shared.deadline import Deadline
from shared.errors import OutcomeUnknown
from shared.secret import Secret
from shared.tencent.cos_answers import check
from shared.tencent.http import Answer, Call, Http, limits
from shared.tencent.role_credentials import RoleCredentials
from shared.tencent.signatures import encode, sign_cos

_SIGNED_FOR = 900
"""Seconds for which a signature is valid, before and after now, because clocks differ."""
_LINK_BEFORE = 60
"""Seconds before now from which on a link is valid, because clocks differ."""


class Bucket:
    """The bucket's address, and the credentials and deadline of its calls."""

    def __init__(self, http: Http, credentials: RoleCredentials, base: str, deadline: Deadline) -> None:
        self._http = http
        self._credentials = credentials
        self.base = base
        self.deadline = deadline

    def call(
        self,
        action: str,
        method: str,
        key: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Make one call. Raises NotSent, Throttled, OutcomeUnknown, CloudError; Unavailable where no time is left for
        it.
        """
        self.deadline.spend(action)
        signed = self._signed(method, key, params or {}, headers or {})
        url = f"{self.base}/{quote(key)}" + (f"?{_query(params)}" if params else "")
        try:
            answer = self._http.send(Call(action, method, url, signed, body), limits(self.deadline))
        finally:
            self.deadline.note_ended()
        if not answer.whole:
            raise OutcomeUnknown(action, in_flight=True)
        check(action, answer)
        return answer

    def link(self, key: str, *, now: float, until: float, filename: str) -> Secret:
        """A presigned link that downloads the object until that time. The session token is part of the signed link."""
        params = {"response-content-disposition": f"attachment;filename={filename}", **self._token()}
        window = {"start": int(now) - _LINK_BEFORE, "end": int(until)}
        signature = sign_cos(self._credentials, "GET", f"/{key}", params=params, headers=self._host(), **window)
        query = _query(dict(sorted(params.items())))
        return Secret(f"{self.base}/{quote(key)}?{signature.replace(';', '%3B')}&{query}")

    def _signed(self, method: str, key: str, params: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
        now = int(self.deadline.clock.now())
        sent = {**headers, **self._token()}
        window = {"start": now - _SIGNED_FOR, "end": now + _SIGNED_FOR}
        signature = sign_cos(self._credentials, method, f"/{key}", params=params, headers=self._host() | sent, **window)
        return sent | {"Authorization": signature}

    def _token(self) -> dict[str, str]:
        token = self._credentials.token
        return {"x-cos-security-token": token.reveal()} if token else {}

    def _host(self) -> dict[str, str]:
        # The signature covers the host without its port, as in the official SDK; the request has the port.
        return {"host": urlsplit(self.base).hostname or ""}


def _query(params: Mapping[str, str]) -> str:
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in params.items())
