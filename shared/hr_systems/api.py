"""One HR system's API: a call within its time limit, and an access token that is fetched anew where it is rejected.

Tokens travel in some systems' addresses, so no address is ever in an error's text: a call is known by its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from shared.deadline import Deadline
from shared.errors import ImAccessError, OutcomeUnknown, Unavailable
from shared.event_sources.hr.received import word
from shared.hr_systems.tokens import AccessToken, Key, Tokens
from shared.secret import Secret
from shared.tencent.http import Answer, Call, Http, NotSent, limits
from shared.tencent.retry import Backoff

_SIZE = 1024 * 1024
"""Bytes of an answer that are read."""
_TRIES = 2


class HrCall(NamedTuple):
    """What is asked: `action` names it in errors, `params` stand in the address."""

    action: str
    method: str
    url: str
    params: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}
    body: Mapping[str, Any] | None = None


class HrAnswer(NamedTuple):
    """An answer that is JSON, whatever its status."""

    status: int
    members: dict[str, Any]

    def part(self, name: str) -> dict[str, Any]:
        """The object below a name; empty where there is none."""
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
        """Wait. Raises Unavailable where the time limit comes before."""
        self._deadline.wait(max(0.0, moment - self.now))

    def ask(self, asked: HrCall) -> HrAnswer:
        """The answer. Raises Unavailable `hr_unavailable` where there is none for now."""
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
        """The answer to a call with an access token, which is sent again with a fresh one where the token was rejected.

        In every system a 401 means that it was.
        """
        token = self.tokens.get(key, self.now, fetch)
        told = ask(token)
        if told.status != 401 and not rejected(told):
            return told
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


def code_of(told: HrAnswer, name: str) -> str:
    """The code of an answer, as text; the status where it has none."""
    return word(told.members, name) or str(told.status)


def checked(action: str, told: HrAnswer, name: str, busy: Container[str]) -> HrAnswer:
    """The answer, if the code in its member `name` is 0. Raises Unavailable for a code of `busy`, `hr_refused`."""
    code = code_of(told, name)
    if code in busy:
        raise unavailable(action)
    if code != "0":
        raise refused(action, code)
    return told


def whole(action: str, found: dict[str, Any]) -> dict[str, Any]:
    """The members of an answer. Raises Unavailable where a successful answer is empty."""
    if not found:
        raise unavailable(action)
    return found


def token_of(action: str, told: HrAnswer, name: str, lifetime: str) -> AccessToken:
    """The access token in an answer. Raises Unavailable where there is none."""
    value, lives = word(told.members, name), word(told.members, lifetime)
    if not value:
        raise unavailable(action)
    return AccessToken(Secret(value), float(lives) if lives.isascii() and lives.isdigit() and len(lives) < 10 else 0.0)


def unavailable(action: str, retry_after: str = "") -> Unavailable:
    """The system cannot answer now."""
    wait = int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 6 else 60
    return Unavailable(f"{action} got no answer", code="hr_unavailable", retry_after=wait)


def refused(action: str, code: object) -> ImAccessError:
    """The system answered that this is not allowed, or not known."""
    # Numbers, or words with dots between them: a system that repeats a token in place of a code is not quoted.
    text = str(code)
    said = text if re.fullmatch(r"-?\d{1,12}|[A-Za-z]{1,40}(\.[A-Za-z]{1,40}){0,4}", text, re.ASCII) else "with no code"
    return ImAccessError("hr_refused", f"{action} was refused: {said}")
