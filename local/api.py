"""The HTTP endpoint of API 3.0, which CAM, STS, SCF and CLS share.

It verifies the signature, finds the action, checks permission and parameters, and answers.
"""

import json
import uuid
from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qsl

from local import api_errors as errors
from local import tc3
from local.accounts import Accounts, Principal
from local.actions import Action, Service
from local.cam.models import CamBackend
from local.clock import Clock
from local.faults import Fault
from local.http_messages import Answer, Request
from local.journal import Call
from local.policy import Ask

BODY_LIMIT = 10 * 1024 * 1024
TARGETS = (
    "Name", "AttachUin", "DetachUin", "TargetUin", "PolicyId", "PolicyName", "AccessKeyId", "Keyword",
    "RoleName", "FunctionName", "SearchKey", "SubUin", "Uid", "GroupId", "AttachGroupId", "DetachGroupId",
    "TargetGroupId", "GroupName", "RoleId", "Info", "SecretIdList",
)  # fmt: skip


def parameters(request: Request) -> dict[str, object]:
    """The request's parameters as sent: a JSON object, or the query with lists as ``Name.0``, ``Name.1``."""
    if request.method == "GET":
        return from_query(request.raw_query)
    try:
        loaded = json.loads(request.body or b"{}")
    except ValueError:
        loaded = None
    if not isinstance(loaded, dict):
        raise errors.InvalidParameter("The body is not a JSON object.")
    return loaded


def from_query(query: str) -> dict[str, object]:
    """The parameters of a GET."""
    found: dict[str, object] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        head, dot, index = name.partition(".")
        if dot and index.isdecimal():
            cast("list[object]", found.setdefault(head, [])).append(value)
        else:
            found[name] = value
    return found


class ApiEndpoint:
    """Answers for all services. Version and action select the service; the host does not matter."""

    def __init__(self, accounts: Accounts, clock: Clock, cam: CamBackend, services: tuple[Service, ...]) -> None:
        self._accounts = accounts
        self._clock = clock
        self._cam = cam
        self._services = services

    def describe(self, request: Request) -> Call:
        """The call that the request claims to be, before its signature is checked."""
        action = request.headers.get("X-TC-Action", "")
        scope = tc3.Scope.parse(request.headers.get("Authorization", ""))
        service = next((one.name for one in self._services if action in one.actions), "cam")
        try:
            params = parameters(request)
        except errors.ApiError:
            params = {}
        target = next((str(params[name]) for name in TARGETS if name in params), "")
        access_key = scope.secret_id if scope else ""
        return Call(0, service, action, target, access_key, self._clock.now(), params=params)

    def answer(self, request: Request, call: Call) -> Answer:
        """Perform the call."""
        try:
            return self._reply(self._perform(request, call))
        except errors.ApiError as error:
            return self._fail(call, error)

    def refuse(self, call: Call, fault: Fault, code: str, _status: int) -> Answer:
        """The answer for an injected error: the fault's documented code, or the given one; always with HTTP 200."""
        if fault is Fault.THROTTLE:
            return self._fail(call, errors.RequestLimitExceeded())
        return self._fail(call, errors.ApiError(code=code if fault is Fault.CODE else "InternalError"))

    def _perform(self, request: Request, call: Call) -> Mapping[str, object]:
        caller = self._authenticate(request)
        call.principal = caller.label
        service, action = self._route(request)
        self._cam.pace(action.name, action.rate)
        if service.needs_region and not request.headers.get("X-TC-Region"):
            raise errors.MissingParameter("The request is missing a required parameter `Region`.")
        given = parameters(request)
        self._authorise(caller, service, action, given)
        return action.perform(self._cam, action.check(given, caller))

    def _authenticate(self, request: Request) -> Principal:
        if len(request.body) > BODY_LIMIT:
            raise errors.RequestSizeLimitExceeded
        if request.method not in ("GET", "POST"):
            raise errors.UnsupportedProtocol
        scope = tc3.Scope.parse(request.headers.get("Authorization", ""))
        if scope is None:
            raise errors.InvalidAuthorization
        timestamp = request.headers.get("X-TC-Timestamp", "")
        if not tc3.in_time(timestamp, scope.date, self._clock.now()):
            raise errors.SignatureExpire
        caller = self._accounts.find(scope.secret_id)
        if caller is None:
            raise errors.SecretIdNotFound
        signed = tc3.Signed(request.method, request.raw_query, request.headers, request.body)
        if not tc3.verify(caller.credentials.secret_key, timestamp, scope, signed):
            raise errors.SignatureFailure
        if not caller.accepts_token(request.headers.get("X-TC-Token", "")) or caller.expired(self._clock.now()):
            raise errors.TokenFailure
        self._accounts.used(caller)
        return caller

    def _route(self, request: Request) -> tuple[Service, Action]:
        name, version = request.headers.get("X-TC-Action", ""), request.headers.get("X-TC-Version", "")
        holders = [service for service in self._services if name in service.actions]
        if not holders and version in {service.version for service in self._services}:
            raise errors.InvalidAction
        for service in holders:
            if service.version == version:
                return service, service.actions[name]
        raise errors.NoSuchVersion

    def _authorise(self, caller: Principal, service: Service, action: Action, given: Mapping[str, object]) -> None:
        if action.free and caller.kind == "user":
            return
        user = given.get("TargetUin") or caller.uin
        resource = f"qcs::cam::uin/{self._accounts.owner_uin}:uin/{user}" if action.on_user else "*"
        if not caller.permits(Ask(f"{service.name}:{action.name}", (resource,))):
            raise errors.UnauthorizedOperation

    def _fail(self, call: Call, error: errors.ApiError) -> Answer:
        call.code = error.code
        return self._reply({"Error": {"Code": error.code, "Message": error.message}})

    def _reply(self, content: Mapping[str, object]) -> Answer:
        """An answer in JSON. Its Content-Type names no charset, because the Python SDK would then overlook errors."""
        request_id = uuid.UUID(int=self._accounts.key_generator.random.getrandbits(128), version=4)
        body = json.dumps({"Response": {**content, "RequestId": str(request_id)}}, ensure_ascii=False)
        return Answer(200, {"Content-Type": "application/json"}, body.encode())
