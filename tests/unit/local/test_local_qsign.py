"""COS's signature: the recorded vectors, the SDK as oracle, and every way in which it can be wrong."""

import logging
from urllib.parse import parse_qsl, urlsplit

import requests
from hypothesis import given
from hypothesis import strategies as st
from qcloud_cos import CosConfig
from qcloud_cos.cos_auth import CosS3Auth

from local import qsign
from local.accounts import Credentials
from local.cloud import LocalCloud
from tests.unit.local.helpers import Bucket, cos_refused

TIMES = "1700000000;1700000660"
HOST = "im-1250000000.cos.ap-guangzhou.myqcloud.com"


def signature(headers: str, params: str, value: str) -> qsign.Signature:
    """A signature of the vectors."""
    fields = f"q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time={TIMES}&q-key-time={TIMES}"
    text = f"{fields}&q-header-list={headers}&q-url-param-list={params}&q-signature={value}"
    found = qsign.Signature.find(text, {})
    assert found
    return found


def test_signed_put_vector() -> None:
    """A header-signed PUT of the SDK has this signature."""
    claimed = signature("content-type;host;x-cos-forbid-overwrite", "", "55c130007cefca015a1658760c49c9a2e211a1cb")
    headers = {"content-type": "application/json", "host": HOST, "x-cos-forbid-overwrite": "true"}
    signed = qsign.Signed("PUT", "/state/x.json", {}, headers)
    assert qsign.sign_key("SECRETEXAMPLE", TIMES) == "ba6df2e18a938e9e4bf5a609d97845bcfa94aa21"
    assert qsign.verify("SECRETEXAMPLE", claimed, signed)
    assert not qsign.verify("SECRETEXAMPLE", claimed, qsign.Signed("PUT", "/state/y.json", {}, headers))


def test_presigned_get_vector() -> None:
    """A presigned GET of the SDK has this signature, with the host's port ignored."""
    params = "response-content-disposition;x-cos-security-token"
    claimed = signature("host", params, "a1c6418326def2f9bfa9d05aec3e8d4a0aa1aedc")
    query = {"response-content-disposition": "attachment;filename=a.csv", "x-cos-security-token": "TOKEN+/="}
    for host in (HOST, f"{HOST}:8082"):
        signed = qsign.Signed("GET", "/credentials/a b.csv", query, {"host": host})
        assert qsign.verify("SECRETEXAMPLE", claimed, signed)


def test_window_includes_its_ends() -> None:
    """A signature is valid from its first second to its last."""
    claimed = signature("host", "", "0" * 40)
    assert [claimed.valid_at(at) for at in (1699999999, 1700000000, 1700000660, 1700000661)] == [
        False,
        True,
        True,
        False,
    ]


NAMES = st.sampled_from(["x-cos-meta-a", "x-cos-meta-Ab", "content-type", "cache-control", "range"])
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
PARAMS = st.sampled_from(["prefix", "max-keys", "versioning", "response-content-type", "a b", "x/y"])
KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda key: key[0] != "/"
)


@given(key=KEYS, headers=st.dictionaries(NAMES, VALUES), params=st.dictionaries(PARAMS, st.text(max_size=8)))
def test_sdk_is_the_oracle(key: str, headers: dict[str, str], params: dict[str, str]) -> None:
    """Whatever the SDK signs is verified, be it keys, headers or parameters."""
    logging.getLogger("qcloud_cos").setLevel(logging.WARNING)
    conf = CosConfig(Region="ap-guangzhou", SecretId="AKIDEXAMPLE", SecretKey="SECRETEXAMPLE", Scheme="http")
    request = requests.Request("GET", f"http://{HOST}/", headers=headers).prepare()
    CosS3Auth(conf, key, params)(request)
    claimed = qsign.Signature.find(request.headers["Authorization"], {})
    assert claimed
    sent = {**{name.lower(): value for name, value in headers.items()}, "host": HOST}
    assert qsign.verify("SECRETEXAMPLE", claimed, qsign.Signed("GET", f"/{key}", params, sent))


def test_unsigned(cloud: LocalCloud) -> None:
    """Without a signature, or with another algorithm, nothing is allowed."""
    for headers in ({}, {"Authorization": "AWS4-HMAC-SHA256 Credential=a"}):
        answer = requests.get(f"{cloud.cos_url}/a", headers=headers, timeout=30)
        assert (answer.status_code, "<Code>AccessDenied</Code>" in answer.text) == (403, True)


def test_wrong_key_and_unknown_id(cloud: LocalCloud) -> None:
    """A wrong SecretKey is SignatureDoesNotMatch, an unknown SecretId is InvalidAccessKeyId."""
    with cos_refused(403, "SignatureDoesNotMatch"):
        Bucket(cloud, Credentials(cloud.root.secret_id, "wrong")).put("a")
    with cos_refused(403, "InvalidAccessKeyId"):
        Bucket(cloud, Credentials("AKIDunknown", "wrong")).put("a")
    assert not cloud.cos.objects


def test_temporary_credentials(cloud: LocalCloud) -> None:
    """A temporary key needs its own token; expired, it is a 400 ExpiredToken."""
    role = cloud.role_credentials(lifetime=100)
    Bucket(cloud, role).put("a")
    with cos_refused(403, "AccessDenied"):
        Bucket(cloud, Credentials(role.secret_id, role.secret_key)).put("a")
    with cos_refused(403, "AccessDenied"):
        Bucket(cloud, Credentials(role.secret_id, role.secret_key, cloud.role_credentials().token)).put("a")
    cloud.clock.advance(101)
    with cos_refused(400, "ExpiredToken"):
        Bucket(cloud, role).put("a")


def test_header_signature_expires(cloud: LocalCloud) -> None:
    """A request outside its signature's window is refused."""
    cloud.clock.advance(10_100)
    with cos_refused(403, "AccessDenied"):
        Bucket(cloud, cloud.root).put("a")


def test_link(cloud: LocalCloud) -> None:
    """A link gives one object by one method until it expires, and says so afterwards."""
    role = cloud.role_credentials()
    bucket = Bucket(cloud, role)
    bucket.put("c/a b.csv", b"secret")
    link = bucket.link("c/a b.csv", 300, **{"response-content-disposition": "attachment;filename=x.csv"})
    answer = requests.get(link, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"secret")
    assert answer.headers["Content-Disposition"] == "attachment;filename=x.csv"
    assert requests.head(link, timeout=30).status_code == 403
    assert requests.get(link.replace("x.csv", "y.csv"), timeout=30).status_code == 403
    cloud.clock.advance(301)
    dead = requests.get(link, timeout=30)
    assert (dead.status_code, "Request has expired" in dead.text) == (403, True)


def test_link_dies_with_its_credentials(cloud: LocalCloud) -> None:
    """A link for a day dies with the token that signed it."""
    bucket = Bucket(cloud, cloud.role_credentials(lifetime=60))
    bucket.put("a")
    link = bucket.link("a", 86_400)
    cloud.clock.advance(61)
    answer = requests.get(link, timeout=30)
    assert (answer.status_code, "<Code>ExpiredToken</Code>" in answer.text) == (400, True)


def test_link_without_token(cloud: LocalCloud) -> None:
    """A link signed with role credentials needs the token parameter, signed or not."""
    role = cloud.role_credentials()
    Bucket(cloud, role).put("a")
    link = Bucket(cloud, Credentials(role.secret_id, role.secret_key)).link("a")
    assert requests.get(link, timeout=30).status_code == 403
    assert requests.get(link, params={"x-cos-security-token": role.token}, timeout=30).status_code == 200


def test_what_is_not_signed_is_not_acted_upon(cloud: LocalCloud) -> None:
    """A response override, a sub-resource or an x-cos header that is not signed is refused."""
    bucket = Bucket(cloud, cloud.root)
    bucket.put("a")
    link = bucket.link("a")
    assert requests.get(f"{link}&utm=1", timeout=30).status_code == 200
    for extra in ("response-content-type=text/html", "acl"):
        assert requests.get(f"{link}&{extra}", timeout=30).status_code == 403
    upload = bucket.link("b", method="PUT")
    assert requests.put(upload, headers={"x-cos-forbid-overwrite": "true"}, timeout=30).status_code == 403
    assert requests.put(upload, data=b"b", timeout=30).status_code == 200


def test_fields_of_a_link_may_be_raw(cloud: LocalCloud) -> None:
    """Semicolons of the fields may be escaped or not."""
    bucket = Bucket(cloud, cloud.root)
    bucket.put("a")
    link = bucket.link("a")
    assert "%3B" in link
    assert requests.get(link.replace("%3B", ";"), timeout=30).status_code == 200
    assert dict(parse_qsl(urlsplit(link).query))["q-header-list"] == "host"
