"""Checks whether SCIM can be used: its settings, and whether every HTTP method reaches the function."""

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
    """The settings that only SCIM needs; nothing is checked if SCIM is not used."""
    current = container.settings
    if not current.scim_tokens:
        yield Finding("ok", "not used: IM_ACCESS_SCIM_TOKENS is not set")
        return
    current.check_scim()
    names = sorted({row.name for row in current.scim_tokens})
    yield Finding(
        "ok", f"{len(current.scim_tokens)} tokens of {', '.join(name or 'a client without a name' for name in names)}"
    )
    if current.receiver is None and not (current.mail_url and current.delivery == "claim"):
        advice = "Set IM_ACCESS_NOTIFY_URL, or IM_ACCESS_MAIL_URL with IM_ACCESS_DELIVERY=claim."
        yield Finding("failure", "nobody could be sent the credentials of a user: none is made", advice)


def methods(container: Container, url: str) -> Iterator[Finding]:
    """Try each method with a wrong token. A 401 in SCIM's form shows that it reached the function; nothing is
    changed.
    """
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
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("status") == "401"
