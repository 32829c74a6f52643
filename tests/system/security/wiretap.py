"""Learns the secrets of a test run, and searches for them everywhere.

`Wiretap` stands between the functions and the cloud. It learns every secret that passes, and can replace the cloud's
answer by one that leaks as much as possible: an error page that echoes the request, or an exception with its text.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import traceback
from collections.abc import Callable, Iterator
from http.client import IncompleteRead
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from shared.tencent.http import Answer as HttpAnswer
from shared.tencent.http import Call, Headers, Http, Limits
from tests.answers import Answer
from tests.processes import Process, Send
from tests.world import NOTIFY_SECRET, SECRET, World

Lie = Callable[[Call], HttpAnswer]
_SEND = Http.send
_SIGNATURES = re.compile(r"(?:q-signature=|Signature=|v1,)([A-Za-z0-9+/=]{20,})")
_IN_ANSWERS = ("SecretKey", "SecretAccessKey", "Password")
_HEADERS = ("X-TC-Token", "x-cos-security-token", "Authorization", "webhook-signature")


class Wiretap:
    """The secrets that were seen, and the texts that left the process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.secrets = {one for text in (SECRET, NOTIFY_SECRET) for one in (text, text.removeprefix("whsec_"))}
        self.texts: list[tuple[str, str]] = []
        self.lie: Lie | None = None
        self.lie_at = 0
        self.lied = 0
        self.lie_to = ""
        self.met = 0
        original = Process.send

        def send(process: Process, send: Send, call: Call, limits: Limits) -> HttpAnswer:
            self._learn_request(call)
            if self._lies(len(process.sent) + 1, call):
                self.lied += 1
                original(process, lambda *_: HttpAnswer(0, {}, b""), call, limits)
                return self.lie(call)  # type: ignore[misc] # there is one
            answer = original(process, send, call, limits)
            self._learn(answer.body.decode(errors="replace"))
            return answer

        monkeypatch.setattr(Process, "send", send)

    def _lies(self, number: int, call: Call) -> bool:
        """Whether a call is answered with a lie: the one of a number, or all to one address from that one on."""
        if not self.lie_to:
            return self.lie is not None and number == self.lie_at
        self.met += call.url.startswith(self.lie_to)
        return self.lie is not None and call.url.startswith(self.lie_to) and self.met >= self.lie_at

    def roles(self, world: World) -> None:
        """The functions' own credentials are secret too; the id of a key is not."""
        for role in world.roles.values():
            self.secrets |= {role["TENCENTCLOUD_SECRETKEY"], role["TENCENTCLOUD_SESSIONTOKEN"]}

    def left(self, where: str, text: object) -> None:
        """Note a text that left the process at this place."""
        self.texts.append((where, text if isinstance(text, str) else repr(text)))

    def take(self, answer: Answer, *, may_hold_a_link: bool = False) -> None:
        """What the platform got of an invocation; a link in it is a secret from now on."""
        link = (answer.body.get("credentials") or {}).get("url")
        if link:
            self.secrets |= {link, *_SIGNATURES.findall(link)}
            self.secrets |= set() if "?" in link else {link.rpartition("/")[2]}
        claimed = answer.headers.get("Location", "")
        if claimed:
            # The one answer of the credentials page that is for one pair of eyes, for a minute.
            self.secrets |= {claimed, *_SIGNATURES.findall(claimed)}
        if not may_hold_a_link:
            headers = {name: value for name, value in answer.headers.items() if name != "Location"}
            self.left("return value", json.dumps(answer.body) + json.dumps(headers) + answer.text)
        for error in _chain(answer.error):
            self.left("exception", f"{error} {error!r} {error.args!r}")
        if answer.error:
            self.left("traceback", "".join(traceback.format_exception(answer.error)))

    def store(self, world: World) -> None:
        """The bucket: every key, and every object but the credentials files."""
        for key, stored in world.cloud.cos.objects.items():
            self.left("object key", key)
            if not key.startswith("credentials/"):
                self.left(key, stored.body.decode())
            self.left(f"headers of {key}", stored.headers)

    def found(self) -> list[str]:
        """The places at which a secret was seen, in any form."""
        everything = "\n".join(text for _, text in self.texts)
        hits = {(form, secret) for secret in self.secrets for form in _forms(secret) if form in everything}
        seen = [(where, secret, form) for form, secret in hits for where, text in self.texts if form in text]
        return [f"{where}: {secret[:12]}… as {form[:12]}…" for where, secret, form in seen]

    def _learn_request(self, request: Call) -> None:
        for name in _HEADERS:
            value = str(request.headers.get(name) or "")
            self.secrets |= {value, *_SIGNATURES.findall(value)} if "oken" in name else set(_SIGNATURES.findall(value))
        self._learn((request.body or b"").decode())

    def _learn(self, text: str) -> None:
        for name in _IN_ANSWERS:
            self.secrets |= set(re.findall(rf'"{name}": ?"([^"]{{8,}})"', text))
        self.secrets |= set(re.findall(r'"url": ?"(http[^"]+q-signature[^"]+)"', text))
        self.secrets -= {""}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and all that it came from, also what a traceback would not show."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]


def _forms(secret: str) -> Iterator[str]:
    """Plain, JSON-escaped, URL-encoded, and base64 at each of the three alignments."""
    yield from (
        secret,
        json.dumps(secret)[1:-1],
        secret.replace("/", "\\/"),
        quote(secret, safe=""),
        quote_plus(secret),
    )
    raw = secret.encode()
    for skip in range(3):
        whole = raw[skip : skip + (len(raw) - skip) // 3 * 3]
        if len(whole) >= 12:
            yield base64.b64encode(whole).decode()
            yield base64.urlsafe_b64encode(whole).decode()


class Loud(logging.Handler):
    """A platform that logs everything: a handler at DEBUG on the root, and no library quiet of itself."""

    def __init__(self, tap: Wiretap) -> None:
        super().__init__(logging.DEBUG)
        self.tap = tap

    def emit(self, record: logging.LogRecord) -> None:
        """Whatever a library says, with its arguments and its exception."""
        self.tap.left(f"log {record.name}", f"{record.getMessage()} {record.args!r}")
        if record.exc_info and record.exc_info[1]:
            self.tap.left(f"log {record.name}", "".join(traceback.format_exception(record.exc_info[1])))


def echo(request: Call) -> str:
    """All that a request says of itself."""
    body = (request.body or b"").decode()
    return f"{request.method} {request.url} {dict(request.headers)} {body}"


def answer(status: int, content_type: str, text: str) -> HttpAnswer:
    """An answer that nobody sent."""
    return HttpAnswer(status, Headers([("Content-Type", content_type)]), text.encode())


def html_500(request: Call) -> HttpAnswer:
    """A gateway's error page with the request on it."""
    return answer(500, "text/html", f"<html>{echo(request)}</html>")


def api_error(request: Call) -> HttpAnswer:
    """An error of API 3.0 and of COS at once, whose code and message are the request."""
    text = echo(request)
    if "X-TC-Action" in request.headers:
        told = {"Response": {"Error": {"Code": text, "Message": text}, "RequestId": text}}
        return answer(200, "application/json", json.dumps(told))
    return answer(403, "application/xml", f"<Error><Code>{text}</Code><Message>{text}</Message></Error>")


def malformed(request: Call) -> HttpAnswer:
    """Half an answer that quotes the request."""
    return answer(200, "application/json", '{"Response": {"Uin": ' + json.dumps(echo(request)))


def wrong_shape(request: Call) -> HttpAnswer:
    """Every field that anybody reads has the request as its value."""
    names = (
        "Uin",
        "Name",
        "Remark",
        "PolicyName",
        "Type",
        "AccountId",
        "List",
        "AccessKeys",
        "AccessKey",
        "PolicyDocument",
    )
    told: dict[str, Any] = {"Response": dict.fromkeys(names, echo(request)) | {"RequestId": "r"}}
    return answer(200, "application/json", json.dumps(told))


def broken_line(request: Call) -> HttpAnswer:
    """The connection breaks, and the library's exception tells of what."""
    return _raised(request, IncompleteRead(echo(request).encode()))


def timed_out(request: Call) -> HttpAnswer:
    """No answer in time, told the same way."""
    return _raised(request, TimeoutError(f"timed out: {echo(request)}"))


class _Pools:
    """In place of a client's own, and the one connection of it: all that is asked on it fails so."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def take(self, url: str) -> tuple[_Pools, str]:
        """The same for all."""
        return self, url

    def begin(self, *_: object, **__: object) -> None:
        """Connected."""

    def finish(self, _body: bytes | None) -> None:
        """No answer."""
        raise self._error

    def close(self) -> None:
        """Nothing is open."""


def _raised(request: Call, error: Exception) -> HttpAnswer:
    """What the client makes of an error of the library."""
    http = Http()
    http._pools = _Pools(error)  # type: ignore[assignment]
    return _SEND(http, request, Limits(1, 1))


def unforeseen(request: Call) -> HttpAnswer:
    """An exception that nobody has thought of."""
    raise ArithmeticError(echo(request))


LIES = (html_500, api_error, malformed, wrong_shape, broken_line, timed_out, unforeseen)
