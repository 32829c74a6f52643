"""What COS and CAM may leave out of an answer, and what is no answer of theirs: against a server that says just so."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.deadline import Deadline
from shared.errors import CloudError, Rejected, Unavailable
from shared.policies.authorization import Authorization
from shared.policies.catalog import PolicyCache, PolicyCatalog
from shared.ports import Policy
from shared.secret import Secret
from shared.tencent.api import Api
from shared.tencent.cam import Cam
from shared.tencent.cos import Cos
from shared.tencent.http import Http
from shared.tencent.rate_limit import RateLimiter
from shared.tencent.retry import Throttled
from shared.tencent.role_credentials import RoleCredentials
from shared.tencent.sts import caller_uin, owner_uin

Said = tuple[int, dict[str, str], bytes]
CREDENTIALS = RoleCredentials("AKID", Secret("key"), Secret("token"))
READ = "QcloudIMReadOnlyAccess"
NARROW = '{"version": "2.0", "statement": [{"effect": "allow", "action": "im:Get*", "resource": "*"}]}'
BROAD = '{"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*"}]}'
PAGE = b"<html>Welcome to this network</html>"


class Service:
    """Answers what it is told to, by method for COS and by action for CAM."""

    def __init__(self) -> None:
        self.says: dict[str, Callable[[dict[str, Any]], Said]] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                action = self.headers.get("X-TC-Action")
                name = action or self.command + ("?" if "?" in self.path else "")
                status, headers, body = service.says[name](json.loads(sent) if action else {})
                self.send_response_only(status)
                for header, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else body)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 - the library's names

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def cam(self, action: str, response: dict[str, Any]) -> None:
        """CAM answers this action so."""
        body = json.dumps({"Response": {**response, "RequestId": "1"}}).encode()
        self.says[action] = lambda _: (200, {"Content-Type": "application/json"}, body)

    def cos(self, method: str, status: int, body: bytes = b"", **headers: str) -> None:
        """COS answers this method so; `GET?` is a listing."""
        self.says[method] = lambda _: (status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that says nothing so far."""
    service = Service()
    yield service
    service.server.shutdown()
    service.server.server_close()


@pytest.fixture
def bucket(service: Service) -> Cos:
    """A bucket there."""
    deadline = Deadline(SystemClock(), time.time() + 30)
    return Cos(Http(), CREDENTIALS, "b-1250000000", "ap-guangzhou", service.url, deadline)


@pytest.fixture
def api(service: Service) -> Api:
    """CAM and STS there, for two seconds."""
    deadline = Deadline(SystemClock(), time.time() + 2)
    return Api(Http(), CREDENTIALS, "ap-guangzhou", service.url, deadline, RateLimiter())


@pytest.fixture
def directory(api: Api) -> Cam:
    """The users there."""
    return Cam(api)


def listing(*keys: str) -> bytes:
    """A page of a listing."""
    rows = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
    return f"<ListBucketResult>{rows}</ListBucketResult>".encode()


@pytest.mark.parametrize("etag", [{}, {"ETag": '"1"'}], ids=["bare", "tagged"])
def test_objects_need_no_etag(service: Service, bucket: Cos, etag: dict[str, str]) -> None:
    """A write without one is looked up, an object without one is read, and a listing says whether it is there."""
    service.cos("PUT", 200, b"", **etag)
    service.cos("GET", 200, b"mine", **etag)
    service.cos("HEAD", 200, b"", **etag)
    service.cos("GET?", 200, listing("a.csv"))
    assert bucket.create("a.csv", b"mine")
    found = bucket.get("a.csv")
    assert found is not None
    assert found.body == b"mine"
    assert bucket.exists("a.csv")


def test_an_object_that_only_a_head_knows_is_not_there(service: Service, bucket: Cos) -> None:
    """Something between here and COS answers every HEAD with 200."""
    service.cos("HEAD", 200)
    service.cos("GET?", 200, listing("a.csv.age"))
    assert not bucket.exists("a.csv")


def test_a_page_is_no_object(service: Service, bucket: Cos) -> None:
    """A network that wants a login answers everything with its page and 200."""
    for method in ("PUT", "GET", "HEAD", "GET?"):
        service.cos(method, 200, PAGE, Content_Type="text/html")
    for call in (lambda: bucket.create("a", b"1"), lambda: bucket.get("a"), lambda: bucket.exists("a")):
        with pytest.raises(Unavailable):
            call()


def test_a_write_that_is_not_found_is_not_written(service: Service, bucket: Cos) -> None:
    """404 is an answer to a read. As one to a write it is an error, whatever its body says."""
    service.cos("PUT", 404)
    with pytest.raises(CloudError, match="HTTP 404"):
        bucket.create("a", b"1")


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "RequestLimitExceeded.IPLimitExceeded"])
def test_every_rate_limit_is_one(service: Service, directory: Cam, code: str) -> None:
    """What is counted is CAM's affair: the call is tried again until there is no time left."""
    service.cam("GetUser", {"Error": {"Code": code, "Message": ""}})
    with pytest.raises((Throttled, Unavailable)):
        directory.user("alice")


@pytest.mark.parametrize("listed", [{}, {"Type": 2}], ids=["list-silent", "list"])
@pytest.mark.parametrize("shown", [{}, {"Type": 2}], ids=["get-silent", "get"])
def test_a_policy_is_confirmed_though_a_type_is_missing(
    service: Service, directory: Cam, listed: dict[str, int], shown: dict[str, int]
) -> None:
    """The list and GetPolicy agree unless they contradict each other; one of them saying what it is suffices."""
    service.cam("ListPolicies", {"TotalNum": 1, "List": [{"PolicyId": 7, "PolicyName": READ, **listed}]})
    service.cam("GetPolicy", {"PolicyName": READ, **shown})
    policies = PolicyCatalog(directory, PolicyCache(), SystemClock())
    confirmed = policies.confirm(policies.resolve(READ))
    assert confirmed == Policy(7, READ, True if listed or shown else None)


def test_a_cloud_without_getpolicy(service: Service, directory: Cam) -> None:
    """There are no documents to read, so nothing is given: neither a preset nor a custom policy."""
    rows = [{"PolicyId": 7, "PolicyName": READ, "Type": 2}, {"PolicyId": 8, "PolicyName": "own", "Type": 1}]
    service.cam("ListPolicies", {"TotalNum": 2, "List": rows})
    service.cam("GetPolicy", {"Error": {"Code": "InvalidAction", "Message": ""}})
    policies, guard = PolicyCatalog(directory, PolicyCache(), SystemClock()), Authorization((READ, "own"))
    for name, policy_id in ((READ, 7), ("own", 8)):
        policy = policies.confirm(policies.resolve(name))
        assert policy.id == policy_id
        with pytest.raises(Rejected, match="cannot be read"):
            guard.approve(policy)


def test_no_name_excuses_a_document() -> None:
    """The two presets of Instant Messaging are read like all others, and so is a custom policy of their name."""
    guard = Authorization((READ,), foreign=(READ,))
    for preset in (True, False, None):
        for document in (BROAD, "", NARROW.replace("allow", "permit")):
            with pytest.raises(Rejected):
                guard.approve(Policy(7, READ, preset, document))
        assert guard.approve(Policy(7, READ, preset, NARROW)).id == 7


@pytest.mark.parametrize(
    ("user", "uin"), [({"UserId": "100000000007"}, "100000000007"), ({"UserId": "4611686018:session"}, ""), ({}, "")]
)
def test_a_caller_that_is_no_user(service: Service, api: Api, user: dict[str, str], uin: str) -> None:
    """Keys without a token may still be a role's, and STS need not name a user: then there is none to protect."""
    service.cam("GetCallerIdentity", {"AccountId": "100000000001", **user})
    assert (owner_uin(api), caller_uin(api)) == ("100000000001", uin)
