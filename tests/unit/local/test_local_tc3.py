"""TC3-HMAC-SHA256 as real clients send it, and every way in which it can be wrong."""

import time

import pytest

from local import tc3
from local.cloud import LocalCloud
from tests.unit.local.helpers import Api, error_code, refused
from tests.unit.local.helpers import tc3 as call

BODY = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
HEADERS = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
SCOPE = tc3.Scope(
    "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
    "2019-02-25",
    "cvm",
    ("content-type", "host"),
    "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
)
SECRET_KEY = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"


def test_documented_example() -> None:
    """The documentation's example yields the documented hashes, keys and signature."""
    signed = tc3.Signed("POST", "", HEADERS, BODY)
    canonical = signed.canonical_request(SCOPE.headers, HEADERS)
    keys = [key.hex() for key in tc3.signing_keys(SECRET_KEY, SCOPE.date, SCOPE.service)]
    assert signed.payload_hash() == "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    assert tc3.sha256(canonical.encode()) == "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031"
    assert keys == [
        "d1308c81fe71cfd4e06437bbc067b2b8a3d2d8c0e375d547f15c41d5214b395a",
        "3c7cb7c7795393edc14fd2e0e6434a518564b4504b88e94f5d11bf59ba3e7050",
        "ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1",
    ]
    assert tc3.sign(SECRET_KEY, "1551113065", SCOPE, canonical) == SCOPE.signature
    assert tc3.verify(SECRET_KEY, "1551113065", SCOPE, signed)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "SKIP",
        "TC3-HMAC-SHA256 Credential=a/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=short",
        f"TC3-HMAC-SHA256 Credential=a/2019-02-25/cvm/tc3_request, SignedHeaders=host, Signature={'0' * 64}",
        f"TC3-HMAC-SHA256 Credential=a/2019-02-25/cvm, SignedHeaders=content-type;host, Signature={'0' * 64}",
    ],
)
def test_unreadable_authorization(cloud: LocalCloud, authorization: str) -> None:
    """What is no TC3 header, or does not sign host and content type, is InvalidAuthorization."""
    answer = call(cloud, "ListUsers", {}, headers={"Authorization": authorization})
    assert error_code(answer) == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize("service", ["cam", "127", "localhost:8081"])
def test_service_of_the_scope_is_free(cloud: LocalCloud, service: str) -> None:
    """The scope's service is part of the key only: the Node SDK derives it from the endpoint."""
    assert "Data" in call(cloud, "ListUsers", {}, service=service)


def test_host_signed_without_its_port(cloud: LocalCloud) -> None:
    """The Node SDK sends the port and signs the bare host."""
    assert "Data" in call(cloud, "ListUsers", {}, signed={"host": "127.0.0.1"}, service="127")


def test_host_with_scheme(cloud: LocalCloud) -> None:
    """An endpoint with a scheme in the Python SDK makes a Host header with one, signed so."""
    host = {"host": cloud.api_url}
    assert "Data" in call(cloud, "ListUsers", {}, signed=host, headers={"Host": cloud.api_url})


def test_values_in_lower_case(cloud: LocalCloud) -> None:
    """The documentation lower-cases values before signing, the SDKs do not; both hold."""
    sent = {"Content-Type": "application/JSON"}
    assert "Data" in call(cloud, "ListUsers", {}, signed={"content-type": "application/json"}, headers=sent)
    assert "Data" in call(cloud, "ListUsers", {}, signed={"content-type": "application/JSON"}, headers=sent)


def test_further_signed_headers(cloud: LocalCloud) -> None:
    """A client may sign more headers than the two it must."""
    more = {"x-tc-action": "listusers"}
    assert "Data" in call(cloud, "ListUsers", {}, signed=more)


@pytest.mark.parametrize("unsigned", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_methods_and_unsigned_payload(cloud: LocalCloud, method: str, unsigned: bool) -> None:
    """GET carries parameters in the query, lists as Name.0; UNSIGNED-PAYLOAD replaces the body's hash."""
    api = Api(cloud, cloud.root, method=method, unsigned=unsigned)
    uin = api.uin("zoe", Remark="ä b&c=d+e")
    found = api.items("DescribeSubAccounts", "SubAccounts", FilterSubAccountUin=[uin])
    assert [(one["Name"], one["Remark"]) for one in found] == [("zoe", "ä b&c=d+e")]


@pytest.mark.parametrize("skew", [-301, 301])
def test_clock_skew(cloud: LocalCloud, skew: int) -> None:
    """A timestamp more than five minutes away is SignatureExpire, in either direction."""
    cloud.clock.advance(skew)
    assert error_code(call(cloud, "ListUsers", {})) == "AuthFailure.SignatureExpire"


def test_skew_within_tolerance(cloud: LocalCloud) -> None:
    """Almost five minutes are tolerated."""
    cloud.clock.advance(295)
    assert "Data" in call(cloud, "ListUsers", {}, at=time.time())


def test_scope_of_another_day(cloud: LocalCloud) -> None:
    """The scope's date must be the timestamp's, in UTC."""
    assert error_code(call(cloud, "ListUsers", {}, date="2019-02-25")) == "AuthFailure.SignatureExpire"


def test_wrong_key_and_unknown_id(cloud: LocalCloud) -> None:
    """A wrong SecretKey is SignatureFailure, an unknown SecretId is SecretIdNotFound."""
    root = cloud.root
    wrong = type(root)(root.secret_id, "wrong")
    unknown = type(root)("AKIDunknown", root.secret_key)
    assert error_code(call(cloud, "ListUsers", {}, wrong)) == "AuthFailure.SignatureFailure"
    assert error_code(call(cloud, "ListUsers", {}, unknown)) == "AuthFailure.SecretIdNotFound"


def test_temporary_credentials(cloud: LocalCloud) -> None:
    """A temporary key works with its own token only, and until it expires by the cloud's clock."""
    role = cloud.role_credentials("worker", lifetime=100)
    assert "Data" in call(cloud, "ListUsers", {}, role)
    assert cloud.journal[-1].principal == "role/worker"
    for token in ("", "wrong", cloud.role_credentials().token):
        assert (
            error_code(call(cloud, "ListUsers", {}, role, headers={"X-TC-Token": token})) == "AuthFailure.TokenFailure"
        )
    cloud.clock.advance(101)
    assert error_code(call(cloud, "ListUsers", {}, role)) == "AuthFailure.TokenFailure"


def test_missing_token_through_the_sdk(cloud: LocalCloud) -> None:
    """The SDK without the token is refused, which tests with permanent keys never notice."""
    role = cloud.role_credentials()
    with refused("AuthFailure.TokenFailure"):
        Api(cloud, type(role)(role.secret_id, role.secret_key))("ListUsers")
