"""The door of API 3.0: verify the signature, find the action, ask for permission, check parameters, answer.

Shared by CAM and STS. An action is a function; its decorator says what it takes, how often it may be called, and what a
policy must allow.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl

from local import tc3
from local.accounts import Accounts, Principal
from local.cam import exceptions as errors
from local.cam.models import CamBackend
from local.clock import Clock
from local.faults import Fault
from local.journal import Call
from local.policy import Ask
from local.server import Answer, Request

BODY_LIMIT = 10 * 1024 * 1024
TARGETS = ("Name", "AttachUin", "DetachUin", "TargetUin", "PolicyId", "PolicyName", "AccessKeyId", "Keyword")
Numbers = list[int]


class Params:
    """An action's checked parameters, and who calls it."""

    def __init__(self, values: Mapping[str, object], caller: Principal) -> None:
        self._values = values
        self.caller = caller

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        return cast("str", self._values.get(name, default))

    def number(self, name: str, default: int = 0) -> int:
        """A whole number."""
        return cast("int", self._values.get(name, default))

    def numbers(self, name: str) -> list[int]:
        """A list of whole numbers."""
        return cast("Numbers", self._values.get(name, []))


Perform = Callable[[CamBackend, Params], Mapping[str, object]]


@dataclass(frozen=True)
class Action:
    """One action: what it takes and what it needs.

    Attributes:
        rate: requests per second that the documentation allows an account.
        types: each parameter's type: ``str``, ``int``, ``Numbers``, or ``list`` for anything listed.
        required: the parameters that cannot be left out.
        on_user: a policy may name the user it is for (``TargetUin``, by default the caller); else only ``*`` allows it.
        free: sub-users need no policy for it.
    """

    name: str
    perform: Perform
    rate: int
    types: Mapping[str, type]
    required: frozenset[str]
    on_user: bool = False
    free: bool = False

    def check(self, given: Mapping[str, object], caller: Principal) -> Params:
        """Check and convert the parameters; raises the documented errors."""
        present = {name: value for name, value in given.items() if value is not None}
        for name in present:
            if name not in self.types:
                raise errors.UnknownParameter(f"The parameter `{name}` is not recognized.")
        for name in sorted(self.required - set(present)):
            raise errors.MissingParameter(f"The request is missing a required parameter `{name}`.")
        return Params({name: convert(name, value, self.types[name]) for name, value in present.items()}, caller)


class Service:
    """A service of API 3.0: a version and its actions."""

    def __init__(self, name: str, version: str, needs_region: bool = False) -> None:
        self.name = name
        self.version = version
        self.needs_region = needs_region
        self.actions: dict[str, Action] = {}

    def action(
        self, name: str, rate: int, required: str = "", on_user: bool = False, free: bool = False, **types: type
    ) -> Callable[[Perform], Perform]:
        """Register an action; ``required`` lists parameters, separated by spaces."""

        def register(perform: Perform) -> Perform:
            self.actions[name] = Action(name, perform, rate, types, frozenset(required.split()), on_user, free)
            return perform

        return register


def convert(name: str, value: object, wanted: type) -> object:
    """A parameter as its type: a number may come as text, as in the documentation's own samples."""
    if wanted is str and isinstance(value, str):
        return value
    if wanted is int:
        return whole_number(name, value)
    if wanted is not str and isinstance(value, list):
        return [whole_number(name, one) for one in value] if wanted is Numbers else value
    raise errors.InvalidParameter(f"The value type of the parameter `{name}` is not valid.")


def whole_number(name: str, value: object) -> int:
    """A uint64; raises InvalidParameter or InvalidParameterValue."""
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise errors.InvalidParameter(f"The value type of the parameter `{name}` is not valid.")
    if not 0 <= value < 2**64:
        raise errors.InvalidParameterValue(f"The value of the parameter `{name}` is out of range.")
    return value


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


class ApiDoor:
    """The HTTP face of the services; which one is meant follows from version and action, not from the host."""

    def __init__(self, accounts: Accounts, clock: Clock, cam: CamBackend, services: tuple[Service, ...]) -> None:
        self._accounts = accounts
        self._clock = clock
        self._cam = cam
        self._services = services

    def describe(self, request: Request) -> Call:
        """What the request says it is."""
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
        """An injected error: the documented code for the fault, or the one given; always under HTTP 200."""
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
        """The Content-Type has no charset: the Python SDK would overlook errors with one."""
        request_id = uuid.UUID(int=self._accounts.keymaker.random.getrandbits(128), version=4)
        body = json.dumps({"Response": {**content, "RequestId": str(request_id)}}, ensure_ascii=False)
        return Answer(200, {"Content-Type": "application/json"}, body.encode())
