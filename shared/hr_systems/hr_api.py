"""The HTTP client for the APIs of HR systems: calls with a time limit, and access tokens that are renewed when
rejected.

Some systems put the token into the URL. So no error text ever holds a URL: it names the call (`action`) instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from shared.deadline import Deadline
from shared.errors import ImAccessError, OutcomeUnknown, Unavailable
from shared.event_sources.hr.received import word
from shared.hr_systems.shown_code import shown_code
from shared.hr_systems.tokens import AccessToken, Key, Tokens
from shared.secret import Secret
from shared.tencent.http import Answer, Call, Http, NotSent, limits
from shared.tencent.retry import Backoff

_SIZE = 1024 * 1024
"""Bytes of an answer that are read."""
_TRIES = 2


class HrCall(NamedTuple):
    """One call. `action` is its name in errors; `params` become the query of the URL."""

    action: str
    method: str
    url: str
    params: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}
    body: Mapping[str, Any] | None = None


class HrAnswer(NamedTuple):
    """An answer in JSON, of any status."""

    status: int
    members: dict[str, Any]

    def part(self, name: str) -> dict[str, Any]:
        """The object in this member; empty where there is none."""
        found = self.members.get(name)
        return found if isinstance(found, dict) else {}


class HrApi:
    """The calls of one invocation."""

    def __init__(self, http: Http, tokens: Tokens, deadline: Deadline) -> None:
        self._http = http
        self._deadline = deadline
        self.tokens = tokens

    @property
    def now(self) -> float:
        """The time."""
        return self._deadline.clock.now()

    def wait_until(self, moment: float) -> None:
        """Wait until this moment. Raises Unavailable where the time limit comes first."""
        self._deadline.wait(max(0.0, moment - self.now))

    def ask(self, asked: HrCall) -> HrAnswer:
        """Send a call and return the answer. Raises Unavailable `hr_unavailable` where no usable answer comes."""
        answer = self._sent(asked)
        if answer.status == 429 or answer.status >= 500:
            raise unavailable(asked.action, answer.headers.get("Retry-After", ""))
        try:
            members = json.loads(answer.body) if answer.whole else None
        except (ValueError, RecursionError):
            members = None
        if isinstance(members, dict):
            return HrAnswer(answer.status, members)
        if 400 <= answer.status < 500:
            return HrAnswer(answer.status, {})
        raise unavailable(asked.action)

    def authorised(
        self,
        key: Key,
        fetch: Callable[[], AccessToken],
        ask: Callable[[Secret], HrAnswer],
        rejected: Callable[[HrAnswer], bool],
    ) -> HrAnswer:
        """Send a call with an access token; where the token is rejected, send it once more with a new token.

        `rejected` recognises the system's own codes; status 401 means "rejected" in every system.
        """
        token = self.tokens.get(key, self.now, fetch)
        answer = ask(token)
        if answer.status != 401 and not rejected(answer):
            return answer
        self.tokens.forget(key, token)
        return ask(self.tokens.get(key, self.now, fetch))

    def _sent(self, asked: HrCall) -> Answer:
        url = asked.url + (f"?{urlencode(asked.params, doseq=True)}" if asked.params else "")
        headers = {"Accept": "application/json", **asked.headers}
        body = None
        if asked.body is not None:
            headers["Content-Type"], body = "application/json; charset=utf-8", json.dumps(asked.body).encode()
        call, backoff = Call(asked.action, asked.method, url, headers, body), Backoff(self._deadline)
        for left in reversed(range(_TRIES)):
            self._deadline.spend(asked.action)
            try:
                return self._http.send(call, limits(self._deadline, size=_SIZE))
            except (NotSent, OutcomeUnknown):
                if left:
                    backoff.pause()
        raise unavailable(asked.action)


def code_of(answer: HrAnswer, name: str) -> str:
    """The code of an answer, as text; the status where it has none."""
    return word(answer.members, name) or str(answer.status)


def checked(action: str, answer: HrAnswer, name: str, busy: Container[str]) -> HrAnswer:
    """The answer, if the code in its member `name` is 0. Raises Unavailable for a code of `busy`, `hr_refused`."""
    code = code_of(answer, name)
    if code in busy:
        raise unavailable(action)
    if code != "0":
        raise refused(action, code)
    return answer


def whole(action: str, found: dict[str, Any]) -> dict[str, Any]:
    """The members of an answer. Raises Unavailable where a successful answer is empty."""
    if not found:
        raise unavailable(action)
    return found


def token_of(action: str, answer: HrAnswer, name: str, lifetime: str) -> AccessToken:
    """The access token in an answer. Raises Unavailable where there is none."""
    value, lives = word(answer.members, name), word(answer.members, lifetime)
    if not value:
        raise unavailable(action)
    return AccessToken(Secret(value), float(lives) if lives.isascii() and lives.isdigit() and len(lives) < 10 else 0.0)


def unavailable(action: str, retry_after: str = "") -> Unavailable:
    """The error for a system that gives no usable answer now."""
    wait = int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 6 else 60
    return Unavailable(f"{action} got no answer", code="hr_unavailable", retry_after=wait)


def refused(action: str, code: object) -> ImAccessError:
    """The error for an answer that the call is not allowed, or not known."""
    return ImAccessError("hr_refused", f"{action} was refused: {shown_code(code)}")
