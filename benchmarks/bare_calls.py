"""The calls that a function makes for an event, sent without any of its decisions.

They have the same actions and objects, and are signed by the same SDK and the same signer, over connections of urllib3
that are kept open as well. Of an answer only its success is checked.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3

from shared.tencent.role_credentials import RoleCredentials
from shared.tencent.signatures import encode, sign_api, sign_cos

FULL, READ = "QcloudAVCFullAccess", "QcloudIMReadOnlyAccess"
TEXT = b"{" + b" " * 400 + b"}"
"""The body of each object."""


class Bare:
    """Makes the bare calls of CAM and COS, one after the other."""

    def __init__(self) -> None:
        self.role = RoleCredentials.read(os.environ)
        self.api = os.environ["IM_ACCESS_API_ENDPOINT"]
        self.pools = urllib3.PoolManager()
        self.base = os.environ["IM_ACCESS_COS_ENDPOINT"]
        self.host = urlsplit(self.base).hostname or ""

    def call(self, action: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """One action of CAM."""
        body = json.dumps(params).encode()
        named = {"X-TC-Action": action, "X-TC-Version": "2019-01-16", "X-TC-Region": os.environ["IM_ACCESS_REGION"]}
        headers = named | sign_api(self.role, "cam", urlsplit(self.api).netloc, body, int(time.time()))
        response: dict[str, Any] = json.loads(self.send("POST", f"{self.api}/", headers, body))["Response"]
        if "Error" in response:
            raise SystemExit(f"{action} was answered {response['Error']['Code']}")
        return response

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
        """One exchange."""
        answer = self.pools.request(method, url, body=body, headers=headers)
        if answer.status >= 300:
            raise SystemExit(f"a bare call was answered {answer.status}")
        return answer.data

    def put(self, key: str) -> None:
        """Write an object that must not exist."""
        headers = {"content-type": "application/json", "x-cos-forbid-overwrite": "true"}
        self.send("PUT", f"{self.base}/{quote(key)}", self.signed("PUT", key, {}, headers), TEXT)

    def list(self, prefix: str) -> None:
        """The first two objects below a prefix."""
        params = {"prefix": prefix, "max-keys": "2"}
        query = "&".join(f"{name}={encode(value)}" for name, value in params.items())
        self.send("GET", f"{self.base}/?{query}", self.signed("GET", "", params, {}))

    def signed(self, method: str, key: str, params: dict[str, str], headers: dict[str, str]) -> dict[str, str]:
        """The headers with their signature."""
        token, now = self.role.token.reveal(), int(time.time())
        named = {"host": self.host, "x-cos-security-token": token, **headers}
        window = {"start": now - 900, "end": now + 900}
        authorization = sign_cos(self.role, method, f"/{key}", params=params, headers=named, **window)
        return {name: value for name, value in named.items() if name != "host"} | {"Authorization": authorization}

    def create(self, policies: dict[str, int]) -> None:
        """The thirteen calls of a create."""
        name, folder = f"b{secrets.token_hex(8)}", secrets.token_hex(32)
        self.begin(folder)
        self.list(f"lives/{name}/")
        password = f"Aa1!{secrets.token_hex(10)}"
        new = {"Name": name, "Remark": name, "ConsoleLogin": 1, "UseApi": 0, "Password": password}
        uin = self.call("AddUser", **new, NeedResetPassword=1)["Uin"]
        self.put(f"lives/{name}/life-{folder}.json")
        self.call("AttachUserPolicy", PolicyId=policies[READ], AttachUin=uin)
        self.call("CreateAccessKey", TargetUin=uin, Description=name)
        self.put(f"deliveries/{uin}/{folder}.json")
        self.put(f"credentials/{folder}.csv")
        self.list(f"ledger/{uin}/{READ}/")
        self.list(f"lives/{name}/")
        self.end(folder)

    def change(self, policies: dict[str, int], uin: int, *, grant: bool) -> None:
        """The eleven calls of a grant or a revoke."""
        folder = secrets.token_hex(32)
        self.begin(folder)
        self.call("ListAttachedUserPolicies", TargetUin=uin, Rp=200, Page=1)
        self.list("lives/bare/")
        self.put(f"ledger/bare/{FULL}/{folder}.json")
        self.list(f"ledger/bare/{FULL}/")
        if grant:
            self.call("AttachUserPolicy", PolicyId=policies[FULL], AttachUin=uin)
        else:
            self.call("DetachUserPolicy", PolicyId=policies[FULL], DetachUin=uin)
        self.list(f"ledger/bare/{FULL}/")
        self.list("lives/bare/")
        self.end(folder)

    def begin(self, folder: str) -> None:
        """Write the lease and the note in `open/`."""
        self.put(f"requests/{folder}/00000001-lease.json")
        self.put(f"open/{folder}.json")

    def end(self, folder: str) -> None:
        """Write the receipt and delete the note."""
        self.put(f"requests/{folder}/00000001-outcome.json")
        key = f"open/{folder}.json"
        self.send("DELETE", f"{self.base}/{key}", self.signed("DELETE", key, {}, {}))
