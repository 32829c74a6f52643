"""Whether SCIM is fit to be used: its settings, and whether every method reaches the function."""

from __future__ import annotations

import json
from collections.abc import Iterator

from doctor.report import Finding
from shared.bootstrap.container import Container
from shared.errors import ImAccessError
from shared.tencent.http import Call, limits

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_GATEWAY = "Put an API gateway or a proxy in front that forwards every method, as docs/scim.md says."


def settings(container: Container) -> Iterator[Finding]:
    """What SCIM needs beside what every function needs; nothing where nobody uses it."""
    told = container.settings
    if not told.scim_tokens:
        yield Finding("ok", "not used: IM_ACCESS_SCIM_TOKENS is not set")
        return
    told.check_scim()
    names = sorted({row.name for row in told.scim_tokens})
    yield Finding(
        "ok", f"{len(told.scim_tokens)} tokens of {', '.join(name or 'a client without a name' for name in names)}"
    )
    if told.receiver is None and not (told.mail_url and told.delivery == "claim"):
        advice = "Set IM_ACCESS_NOTIFY_URL, or IM_ACCESS_MAIL_URL with IM_ACCESS_DELIVERY=claim."
        yield Finding("failure", "nobody could be sent the credentials of a user: none is made", advice)


def methods(container: Container, url: str) -> Iterator[Finding]:
    """Each method, with a token that is wrong: SCIM's own 401 shows that it came through, and nothing is changed."""
    url = url or (container.settings.scim_url or "")
    if not url:
        if container.settings.scim_tokens:
            yield Finding(
                "warning",
                "methods not tried: no address",
                "Set IM_ACCESS_SCIM_URL, or run it again with --scim-url https://…/scim/v2.",
            )
        return
    for method in METHODS:
        yield _tried(container, url.rstrip("/"), method)


def _tried(container: Container, url: str, method: str) -> Finding:
    headers = {"authorization": "Bearer a-token-that-is-wrong", "content-type": "application/scim+json"}
    body = b"{}" if method in ("POST", "PUT", "PATCH") else None
    call = Call(f"Scim{method.title()}", method, f"{url}/Users/doctor", headers, body)
    try:
        answer = container.instance.http.send(call, limits(container.deadline()))
    except ImAccessError as error:
        return Finding("failure", f"{method}: {error.detail}", _GATEWAY)
    if answer.status == 401 and _scim(answer.body):
        return Finding("ok", f"{method} reaches the function")
    return Finding("failure", f"{method} is answered {answer.status}, not by the function", _GATEWAY)


def _scim(body: bytes) -> bool:
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("status") == "401"
