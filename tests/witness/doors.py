"""The two endpoints of the emulator, one for CAM and STS, one for COS: they check signatures, and answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from tests.witness.account import Account, Denied, Params
from tests.witness.clock import SharedClock
from tests.witness.emulated_cam import act
from tests.witness.emulated_cos import Bucket, Reply, error
from tests.witness.faults import Call
from tests.witness.options import Options
from tests.witness.signatures import CosRequest, Refused, verify_cos, verify_tc3

ROLE = ("AKIDofTheRole", "the-secret-key-of-the-role", "the-token+/=of-the-role")
"""The secret id, the secret key and the token that the functions run with."""
_VERSIONS = {"cam": "2019-01-16", "sts": "2018-08-13"}
_OBJECTS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}


class Asked(NamedTuple):
    """A request. `path`, `params` and `headers` are decoded; the names of headers are in lower case."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class State:
    """All that there is."""

    options: Options
    clock: SharedClock
    account: Account
    bucket: Bucket
    told: dict[str, Params] = field(default_factory=dict)
    """What the receiver was told, by the ids of the notifications."""

    def secret(self, secret_id: str) -> str | None:
        """The secret key of the role or of a sub-user."""
        return ROLE[1] if secret_id == ROLE[0] else self.account.secret(secret_id)


class Door(Protocol):
    """The protocol of one service."""

    def describe(self, asked: Asked) -> Call:
        """What is asked."""

    def answer(self, asked: Asked, state: State) -> Reply:
        """Do it."""

    def throttled(self) -> Reply:
        """The refusal of a request too many."""


class HookDoor:
    """A receiver of notifications, which remembers them."""

    def describe(self, asked: Asked) -> Call:
        """What is told is nothing to this cloud."""
        return Call("hook", "Notify", asked.path)

    def answer(self, asked: Asked, state: State) -> Reply:
        """Thanks."""
        state.told[asked.headers["webhook-id"]] = json.loads(asked.body)
        return Reply(204)

    def throttled(self) -> Reply:
        """Not now."""
        return Reply(429)


class CamDoor:
    """CAM and STS, which have one address: the scope of the signature tells which of them is meant."""

    def describe(self, asked: Asked) -> Call:
        """The action, of the service that it was signed for."""
        scope = asked.headers.get("authorization", "").partition("Credential=")[2].split("/")
        return Call(scope[2] if len(scope) > 2 else "", asked.headers.get("x-tc-action", ""))

    def answer(self, asked: Asked, state: State) -> Reply:
        """Errors come with status 200, those of signatures too."""
        try:
            return _told(self._answer(asked, state))
        except (Refused, Denied) as problem:
            return _told({"Error": {"Code": str(problem), "Message": "no"}})

    def throttled(self) -> Reply:
        """As the API says it."""
        return _told({"Error": {"Code": "RequestLimitExceeded", "Message": "no"}})

    def _answer(self, asked: Asked, state: State) -> Params:
        service, action, _ = self.describe(asked)
        signer = verify_tc3(asked.headers, asked.body, state.secret, state.clock.now())
        if signer == ROLE[0] and asked.headers.get("x-tc-token") != ROLE[2]:
            raise Denied("AuthFailure.TokenFailure")
        if signer != ROLE[0] and action != "GetCallerIdentity":
            raise Denied("AuthFailure.UnauthorizedOperation")
        if asked.headers.get("x-tc-version") != _VERSIONS.get(service):
            raise Denied("NoSuchVersion")
        if (service == "sts") != (action == "GetCallerIdentity"):
            raise Denied("InvalidAction")
        if service == "sts" and "x-tc-region" not in asked.headers:
            raise Denied("MissingParameter")
        return act(state.account, action, json.loads(asked.body))


class CosDoor:
    """COS, with the bucket in the address and not in the path."""

    def describe(self, asked: Asked) -> Call:
        """The action, with its key or prefix."""
        if asked.path != "/":
            return Call("cos", _OBJECTS.get(asked.method, asked.method), asked.path[1:])
        listing = "GetBucketVersioning" if "versioning" in asked.params else "ListObjects"
        return Call("cos", listing, asked.params.get("prefix", ""))

    def answer(self, asked: Asked, state: State) -> Reply:
        """Errors come in XML."""
        host = asked.headers.get("host", "").partition(":")[0]
        signed = CosRequest(asked.method, asked.path, asked.params, asked.headers | {"host": host})
        try:
            signer = verify_cos(signed, state.secret, state.clock.now())
        except Refused as problem:
            return error(problem.status, problem.code, problem.message)
        token = asked.params.get("x-cos-security-token") or asked.headers.get("x-cos-security-token")
        if signer != ROLE[0] or token != ROLE[2]:
            return error(403, "AccessDenied", "Access Denied.")
        return state.bucket.act(asked.method, asked.path[1:], asked.params, asked.headers, asked.body)

    def throttled(self) -> Reply:
        """As COS says it."""
        return error(503, "SlowDown")


def _told(response: Params) -> Reply:
    body = json.dumps({"Response": {**response, "RequestId": "1"}}).encode()
    return Reply(200, body, {"Content-Type": "application/json"})
