"""The throw-away user and objects with which `im-access smoke` asks a real account.

Everything that was created is noted and deleted at the end, whatever happens meanwhile. What a killed trial left behind
is found by its name. The answers hold no secret, only codes, numbers and seconds.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from cli.terminal.console import Console
from shared.errors import CloudError, ImAccessError
from shared.secret import Secret
from shared.tencent.api import Api
from shared.tencent.cos import Cos
from shared.tencent.cos_answers import error_code
from shared.tencent.cos_bucket import Bucket
from shared.tencent.role_credentials import RoleCredentials

PREFIX = "im-access-smoke-"
"""The beginning of the names of throw-away users and policies, by which a later run finds them."""
OBJECTS = "smoke/"
"""The prefix of throw-away objects."""
POLL = 0.5
PATIENCE = 180.0
"""Seconds for which the trial waits for an effect."""


class Trial:
    """One trial: the calls that questions make, and the list of what they created."""

    def __init__(self, console: Console) -> None:
        container = console.container()
        deadline = container.deadline()
        self.console = console
        self.container = container
        self.api: Api = container.api(deadline)
        self.cos: Cos = container.store(deadline)
        self.bucket = Bucket(container.instance.http, container.credentials(), self.cos.base, deadline)
        self.name = f"{PREFIX}{secrets.token_hex(4)}"
        self.uin = 0
        self.key: tuple[str, Secret] | None = None
        self.made: list[tuple[str, str]] = []
        """What is to be deleted at the end: `user`, `policy` or `object`, and its name or id."""
        self.interrupted = False
        """Whether somebody has interrupted the cleaning itself."""

    def cam(self, action: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """A call of CAM that changes something. Raises CloudError."""
        return self.api.write("cam", action, params)

    def look(self, action: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """A call of CAM that only reads. Raises CloudError."""
        return self.api.read("cam", action, params)

    def outcome(self, call: Callable[[], object]) -> str:
        """Make a call, and return `success` or the error's code."""
        try:
            call()
        except CloudError as error:
            return error.cloud_code
        except ImAccessError as error:
            return error.code
        return "success"

    def until(self, seen: Callable[[], bool]) -> str:
        """Wait until something is true, and return after how many seconds, in words."""
        started = self.console.clock.now()
        while not self._seen(seen):
            if self.console.clock.now() - started > PATIENCE:
                return f"not within {PATIENCE:.0f} s"
            self.console.clock.sleep(POLL)
        return f"after {self.console.clock.now() - started:.1f} s"

    def _seen(self, seen: Callable[[], bool]) -> bool:
        try:
            return seen()
        except CloudError:
            return False

    def caller_of(self, key: tuple[str, Secret]) -> Callable[[], object]:
        """A function that makes a harmless call with a key of the throw-away user."""
        container, credentials = self.container, RoleCredentials(*key, Secret(""))
        where = (container.settings.region, container.settings.api_endpoint, container.deadline())
        api = Api(container.instance.http, credentials, *where, container.instance.rate_limiter)
        return lambda: api.read("sts", "GetCallerIdentity", {})

    def put(self, key: str, body: bytes, **headers: str) -> str:
        """Write an object, and return the answer's status and its code, if it has one."""
        sent = {"content-type": "text/plain", **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            answer = self.bucket.call("PutObject", "PUT", key, headers=sent, body=body)
        except CloudError as error:
            return error.cloud_code
        except ImAccessError as error:
            return error.code
        return " ".join(filter(None, (str(answer.status), error_code(answer))))

    def clean(self) -> list[str]:
        """Delete what was created, the newest first; returns what could not be deleted."""
        left = []
        while self.made and not self.interrupted:
            kind, what = self.made.pop()
            try:
                self._remove(kind, what)
            except ImAccessError as error:
                left.append(f"{kind} {what}: {error.detail}")
            except KeyboardInterrupt:
                self.made.append((kind, what))
                self.interrupted = True
        left += [f"{kind} {what}" for kind, what in reversed(self.made)]
        self.made = []
        return left

    def leftovers(self) -> None:
        """Find what earlier trials left behind, so that it is deleted as well."""
        for row in self.look("ListUsers").get("Data") or []:
            if str(row.get("Name")).startswith(PREFIX):
                self.made.append(("user", str(row["Name"])))
        answer = self.look("ListPolicies", Scope="Local", Keyword=PREFIX, Rp=200, Page=1)
        self.made += [
            ("policy", str(row["PolicyId"]))
            for row in answer.get("List") or []
            if str(row.get("PolicyName")).startswith(PREFIX)
        ]
        self.made += [("object", row.key) for row in self.cos.below(OBJECTS)]

    def _remove(self, kind: str, what: str) -> None:
        if kind == "object":
            self.cos.delete(what)
        elif kind == "policy":
            self.cam("DeletePolicy", PolicyId=[int(what)])
        else:
            self._remove_user(what)

    def _remove_user(self, name: str) -> None:
        try:
            uin = int(self.look("GetUser", Name=name)["Uin"])
        except CloudError as error:
            if error.cloud_code.endswith("UserNotExist"):
                return
            raise
        for row in self.look("ListAttachedUserPolicies", TargetUin=uin, Rp=200, Page=1).get("List") or []:
            self.cam("DetachUserPolicy", PolicyId=int(row["PolicyId"]), DetachUin=uin)
        for row in self.look("ListAccessKeys", TargetUin=uin).get("AccessKeys") or []:
            key = {"AccessKeyId": row["AccessKeyId"], "TargetUin": uin}
            self.outcome(partial(self.cam, "UpdateAccessKey", **key, Status="Inactive"))
            self.cam("DeleteAccessKey", **key)
        self.cam("DeleteUser", Name=name, Force=0)


def document(text: dict[str, Any]) -> str:
    """A policy document as CAM takes it."""
    return json.dumps(text, separators=(",", ":"))
