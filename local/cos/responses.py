"""The HTTP endpoint of COS: checks address, signature and permission, then runs the operation; errors become XML."""

import re
from dataclasses import dataclass

from local import qsign
from local.accounts import Accounts, Principal
from local.clock import Clock
from local.cos import exceptions as errors
from local.cos import xml
from local.cos.models import CosBackend
from local.cos.object_operations import OVERRIDES
from local.cos.operations import OPERATIONS, Operation
from local.faults import Fault
from local.http_messages import Answer, Request
from local.journal import Call
from local.policy import Ask

SUB_RESOURCES_TEXT = (
    "accelerate acl append cors delete domain encryption intelligenttiering inventory lifecycle location logging "
    "object-lock origin ownershipControls partNumber policy referer replication restore retention select tagging "
    "uploadId uploads versionId versioning versions website"
)
SUB_RESOURCES = frozenset(SUB_RESOURCES_TEXT.split())
LIST_PARAMS = frozenset({"prefix", "marker", "delimiter", "max-keys", "encoding-type"})
ACTED_ON = SUB_RESOURCES | LIST_PARAMS | {f"response-{name}" for name in OVERRIDES}
TOKEN = "x-cos-security-token"  # noqa: S105 a header's name
FOREIGN_BUCKET = re.compile(r"(?P<bucket>[a-z0-9-]+-\d{5,})\.")


@dataclass(frozen=True)
class Target:
    """The operation and the key that a request names. ``operation`` is None if it is not emulated."""

    key: str
    operation: Operation | None
    name: str


def aim(request: Request) -> Target:
    """Find the operation and the key of a request."""
    key = request.path[1:]
    query = request.query
    sub_resource = "+".join(sorted(SUB_RESOURCES.intersection(query)))
    operation = OPERATIONS.get((request.method, "object" if key else "bucket", sub_resource))
    name = operation.name if operation else f"{request.method}?{sub_resource}"
    return Target(key or query.get("prefix", ""), operation, name)


class CosEndpoint:
    """Answers for the bucket, whether the host names it or not."""

    def __init__(self, accounts: Accounts, clock: Clock, cos: CosBackend) -> None:
        self._accounts = accounts
        self._clock = clock
        self._cos = cos

    def describe(self, request: Request) -> Call:
        """The call that the request claims to be, before its signature is checked; a list's target is its prefix."""
        target = aim(request)
        signature = qsign.Signature.find(request.headers.get("Authorization", ""), request.query)
        access_key = signature.secret_id if signature else ""
        params: dict[str, object] = dict(request.query)
        return Call(0, "cos", target.name, target.key, access_key, self._clock.now(), params=params)

    def answer(self, request: Request, call: Call) -> Answer:
        """Perform the call."""
        try:
            return self._stamp(self._perform(request, call))
        except errors.CosError as error:
            return self._fail(call, error)

    def refuse(self, call: Call, fault: Fault, code: str, status: int) -> Answer:
        """An injected error: SlowDown, InternalError, or the code given under its status, by default 403."""
        if fault is Fault.THROTTLE:
            return self._fail(call, errors.SlowDown())
        if fault is Fault.CODE:
            return self._fail(call, errors.CosError(code=code, status=status or 403))
        return self._fail(call, errors.CosError())

    def _perform(self, request: Request, call: Call) -> Answer:
        self._check_address(request)
        caller = self._authenticate(request)
        call.principal = caller.label
        target = aim(request)
        if target.operation is None:
            raise errors.NotEmulated
        self._authorise(caller, target.operation, request)
        return target.operation.perform(self._cos, request, request.path[1:])

    def _check_address(self, request: Request) -> None:
        named = FOREIGN_BUCKET.match(request.headers.get("Host", ""))
        if named and named["bucket"] != self._accounts.bucket:
            raise errors.NoSuchBucket
        if f"{request.path}/".startswith(f"/{self._accounts.bucket}/"):
            raise errors.PathStyleDomainForbidden

    def _authenticate(self, request: Request) -> Principal:
        signature = qsign.Signature.find(request.headers.get("Authorization", ""), request.query)
        if signature is None:
            raise errors.AccessDenied
        caller = self._accounts.find(signature.secret_id)
        if caller is None:
            raise errors.InvalidAccessKeyId
        if not signature.valid_at(self._clock.now()):
            raise errors.RequestExpired
        signed = qsign.Signed(request.method, request.path, request.query, request.headers)
        if not qsign.verify(caller.credentials.secret_key, signature, signed):
            raise errors.SignatureDoesNotMatch
        if not caller.accepts_token(request.headers.get(TOKEN) or request.query.get(TOKEN, "")):
            raise errors.AccessDenied
        if caller.expired(self._clock.now()):
            raise errors.ExpiredToken
        self._check_coverage(request, signature)
        self._accounts.used(caller)
        return caller

    def _check_coverage(self, request: Request, signature: qsign.Signature) -> None:
        """Raise unless the signature covers every header and parameter that has an effect, except the token."""
        headers = [name.lower() for name in request.headers if name.lower().startswith("x-cos-")]
        loose = [name for name in headers if name != TOKEN and not signature.covers_header(name)]
        loose += [name for name in request.query if name in ACTED_ON and not signature.covers_param(name)]
        if loose:
            raise errors.AccessDenied(f"Not covered by the signature: {', '.join(loose)}.")

    def _authorise(self, caller: Principal, operation: Operation, request: Request) -> None:
        bucket = f"qcs::cos:{self._accounts.region}:uid/{self._accounts.appid}:{self._accounts.bucket}"
        context = circumstances(request)
        for path in concerned(operation, request):
            whole_bucket = () if request.path[1:] or request.method == "POST" else (f"{bucket}/", bucket)
            if not caller.permits(Ask(f"cos:{operation.permission}", (f"{bucket}/{path}", *whole_bucket), context)):
                raise errors.AccessDenied

    def _fail(self, call: Call, error: errors.CosError) -> Answer:
        call.code = error.code
        host = f"{self._accounts.bucket}.cos.{self._accounts.region}.myqcloud.com"
        request_id = self._request_id()
        body = xml.error(error, f"{host}/{call.target}", request_id)
        return Answer(error.status, {"Content-Type": "application/xml", **server_headers(request_id)}, body)

    def _stamp(self, answer: Answer) -> Answer:
        return Answer(answer.status, {**answer.headers, **server_headers(self._request_id())}, answer.body)

    def _request_id(self) -> str:
        return f"NT{self._accounts.key_generator.random.getrandbits(184):046x}"


def concerned(operation: Operation, request: Request) -> list[str]:
    """The keys for which the caller needs the permission; for a list its prefix."""
    if operation.name == "DeleteMultipleObjects":
        return xml.keys_to_delete(request.body)[0]
    return [request.path[1:] or request.query.get("prefix", "")]


def circumstances(request: Request) -> dict[str, str]:
    """The values that a policy's conditions can test (``cos:…``), as this request has them."""
    named = {name.lower(): value for name, value in request.headers.items()}
    wanted = {name: value for name, value in named.items() if name.startswith("x-cos-") or name == "content-type"}
    wanted |= {name: request.query[name] for name in ("prefix", "delimiter") if name in request.query}
    return {f"cos:{name}": value for name, value in wanted.items()}


def server_headers(request_id: str) -> dict[str, str]:
    """The headers of every answer."""
    return {"Server": "tencent-cos", "x-cos-request-id": request_id}
