"""Executes an operator's command in the same way as a request over HTTP, or rehearses it without changing anything."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

from cli.account.own_container import OwnContainer
from cli.execution.rehearsal import Rehearsal
from cli.execution.rehearsed_cam import NEW
from shared.commands.command import Command
from shared.commands.result import describe
from shared.entrypoints.request_run import RequestRun
from shared.idempotency.request import Request
from shared.operations import Operation
from shared.tencent.api import Api

CALLER = "operator"
"""The first part of an operator's name as a caller, and of the request's identity. No other caller can have it."""


class Done(NamedTuple):
    """The outcome of a command: the answer's members, and the calls that a rehearsal did not send."""

    answer: dict[str, Any]
    replayed: bool = False
    calls: tuple[tuple[str, str], ...] = ()


def request_of(operation: Operation[Any, Any], command: Command, id_: str | None, api: Api) -> Request[Any]:
    """Make a request of a command, under this id or a new one; its caller is the owner of the keys.

    Raises Unavailable, CloudError.
    """
    who = str(api.read("sts", "GetCallerIdentity", {}).get("UserId") or "")
    identity = (CALLER, id_ or secrets.token_hex(8))
    return Request(operation.function, identity, None, command, "http", f"{CALLER} {who}".strip())


def do(container: OwnContainer, operation: Operation[Any, Any], request: Request[Any]) -> Done:
    """Execute the request. The operator gets the link, unless links go into notifications only. Raises
    ImAccessError.
    """
    container.settings.check(http=False)
    container.authorization().admit(request.command)
    work: RequestRun[Any, Any] = RequestRun(container, operation, request)
    with work.slot():
        finished = work.run()
    return Done(describe(request.id, finished.result, work.link(finished)), finished.replayed)


def rehearse(container: Rehearsal, operation: Operation[Any, Any], request: Request[Any]) -> Done:
    """The outcome that the request would have, and the calls that it would send. Raises the same errors as `do`."""
    container.settings.check(http=False)
    container.authorization().admit(request.command)
    work: RequestRun[Any, Any] = RequestRun(container, operation, request)
    finished = work.run()
    answer = describe(request.id, finished.result, None)
    if answer["user"]["uin"] == NEW:
        answer["user"]["uin"] = None
    return Done(answer, finished.replayed, tuple(container.calls))
