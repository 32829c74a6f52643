"""The bucket through the COS SDK."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree as ET

import pytest
import requests
from qcloud_cos.cos_exception import CosServiceError

from local.cloud import LocalCloud
from local.cos.operations import OPERATIONS
from tests.unit.local.helpers import Bucket, cos_refused


def test_put_and_get(cloud: LocalCloud, bucket: Bucket) -> None:
    """An object comes back as it was put, with its stored headers and the cloud's own times."""
    cloud.clock.advance(3600)
    answer = bucket.put("a/ä b.csv", b"hey", CacheControl="no-store", ServerSideEncryption="AES256")
    assert answer["ETag"] == '"6057f13c496ecf7fd777ceb9e79ae285"'
    assert answer["x-cos-server-side-encryption"] == "AES256"
    assert answer["x-cos-request-id"]
    head = bucket.client.head_object(Bucket=bucket.name, Key="a/ä b.csv")
    assert bucket.get("a/ä b.csv") == b"hey"
    assert {name: head[name] for name in ("Content-Type", "Cache-Control", "Content-Length", "ETag")} == {
        "Content-Type": "text/csv",
        "Cache-Control": "no-store",
        "Content-Length": "3",
        "ETag": answer["ETag"],
    }
    assert head["Last-Modified"] == answer["Date"]
    assert cloud.cos.objects["a/ä b.csv"].headers["x-cos-server-side-encryption"] == "AES256"
    assert cloud.cos.objects["a/ä b.csv"].last_modified == pytest.approx(cloud.clock.now(), abs=5)


def test_forced_download(cloud: LocalCloud, bucket: Bucket) -> None:
    """The default domain sends everything as an attachment; a name set at PUT stays."""
    bucket.put("a")
    bucket.put("b", ContentDisposition='attachment; filename="b.csv"')
    plain = requests.get(bucket.link("a"), timeout=30).headers
    named = requests.get(bucket.link("b"), timeout=30).headers
    assert (plain["Content-Disposition"], plain["x-cos-force-download"]) == ("attachment", "true")
    assert named["Content-Disposition"] == 'attachment; filename="b.csv"'
    cloud.cos.force_download = False
    assert "Content-Disposition" not in requests.get(bucket.link("a"), timeout=30).headers


def test_forbid_overwrite(cloud: LocalCloud, bucket: Bucket) -> None:
    """A create-only PUT succeeds once; an ordinary one overwrites."""
    bucket.put("a", b"1", create_only=True)
    with cos_refused(409, "FileAlreadyExists"):
        bucket.put("a", b"2", create_only=True)
    assert cloud.cos.objects["a"].body == b"1"
    bucket.put("a", b"3")
    bucket.client.delete_object(Bucket=bucket.name, Key="a")
    bucket.put("a", b"4", create_only=True)
    assert cloud.cos.objects["a"].body == b"4"


def test_forbid_overwrite_has_one_winner(cloud: LocalCloud) -> None:
    """Of many create-only PUTs at once exactly one wins, and its body stays."""

    def attempt(number: int) -> int | None:
        try:
            Bucket(cloud, cloud.root).put("claim", str(number).encode(), create_only=True)
        except CosServiceError:
            return None
        return number

    with ThreadPoolExecutor(20) as pool:
        winners = [number for number in pool.map(attempt, range(20)) if number is not None]
    assert [str(number).encode() for number in winners] == [cloud.cos.objects["claim"].body]


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended"])
def test_versioning_disables_forbid_overwrite(cloud: LocalCloud, bucket: Bucket, versioning: str) -> None:
    """On a bucket that ever had versioning the create-only header is ignored without a word."""
    cloud.cos.versioning = versioning
    bucket.put("a", b"1", create_only=True)
    bucket.put("a", b"2", create_only=True)
    assert cloud.cos.objects["a"].body == b"2"
    assert bucket.client.get_bucket_versioning(Bucket=bucket.name)["Status"] == versioning


def test_versioning_was_never_enabled(bucket: Bucket) -> None:
    """The configuration of such a bucket has no status."""
    assert "Status" not in bucket.client.get_bucket_versioning(Bucket=bucket.name)


def test_missing_object(bucket: Bucket) -> None:
    """GET of nothing is NoSuchKey, HEAD a 404 without body, DELETE succeeds."""
    with cos_refused(404, "NoSuchKey"):
        bucket.get("a")
    with cos_refused(404, "NoSuchResource"):
        bucket.client.head_object(Bucket=bucket.name, Key="a")
    bucket.client.delete_object(Bucket=bucket.name, Key="a")


def test_error_has_all_elements(cloud: LocalCloud) -> None:
    """All five elements of an error have a text, or SDKs lose the code."""
    answer = requests.get(f"{cloud.cos_url}/a%26b", timeout=30)
    texts = {one.tag: one.text for one in ET.fromstring(answer.text)}  # noqa: S314 our own text
    assert set(texts) == {"Code", "Message", "Resource", "RequestId", "TraceId"}
    assert all(texts.values())
    assert answer.headers["Content-Type"] == "application/xml"


def test_list(cloud: LocalCloud, bucket: Bucket) -> None:
    """Keys come in the order of their bytes, by prefix, marker and page."""
    for key in ("b/2", "a", "b/1", "ä", "b&<c"):
        bucket.put(key)
    assert bucket.keys() == ["a", "b&<c", "b/1", "b/2", "ä"]
    assert bucket.keys(Prefix="b/") == ["b/1", "b/2"]
    assert bucket.keys(Prefix="b/", Marker="b/1") == ["b/2"]
    first = bucket.client.list_objects(Bucket=bucket.name, MaxKeys=2)
    assert (first["IsTruncated"], first["NextMarker"]) == ("true", "b&<c")
    rest = bucket.client.list_objects(Bucket=bucket.name, Marker=first["NextMarker"])
    assert (rest["IsTruncated"], len(rest["Contents"])) == ("false", 3)
    assert cloud.journal[-1].action == "ListObjects"


def test_list_by_delimiter(bucket: Bucket) -> None:
    """What shares a folder is rolled up, and a page may end between folders."""
    for key in ("a/1", "a/2", "b/1", "c"):
        bucket.put(key)
    found = bucket.client.list_objects(Bucket=bucket.name, Delimiter="/", EncodingType="url")
    assert [one["Prefix"] for one in found["CommonPrefixes"]] == ["a/", "b/"]
    assert [one["Key"] for one in found["Contents"]] == ["c"]
    first = bucket.client.list_objects(Bucket=bucket.name, Delimiter="/", MaxKeys=1)
    second = bucket.client.list_objects(Bucket=bucket.name, Delimiter="/", Marker=first["NextMarker"])
    assert [one["Prefix"] for one in second["CommonPrefixes"]] == ["b/"]


def test_pages_hold_a_thousand(cloud: LocalCloud, bucket: Bucket) -> None:
    """No page holds more than a thousand keys, whatever is asked."""
    for number in range(1001):
        cloud.cos.put(f"{number:04}", b"", {}, create_only=False)
    assert len(bucket.keys(MaxKeys=5000)) == 1000
    with cos_refused(400, "InvalidArgument"):
        bucket.keys(MaxKeys="many")


def test_ranges(bucket: Bucket) -> None:
    """One range can be read; one behind the end is a 416."""
    bucket.put("a", b"0123456789")
    assert bucket.get("a", Range="bytes=2-4") == b"234"
    assert bucket.get("a", Range="bytes=8-") == b"89"
    assert bucket.get("a", Range="bytes=-3") == b"789"
    assert bucket.get("a", Range="bytes=5-99") == b"56789"
    with cos_refused(416, "InvalidRange"):
        bucket.get("a", Range="bytes=10-")


def test_multi_delete(cloud: LocalCloud, bucket: Bucket) -> None:
    """Several objects are deleted at once, there or not."""
    for key in ("a", "b", "c"):
        bucket.put(key)
    objects = {"Object": [{"Key": "a"}, {"Key": "b"}, {"Key": "x"}], "Quiet": "false"}
    answer = bucket.client.delete_objects(Bucket=bucket.name, Delete=objects)
    assert [one["Key"] for one in answer["Deleted"]] == ["a", "b", "x"]
    assert list(cloud.cos.objects) == ["c"]


def test_a_multi_delete_takes_a_thousand(cloud: LocalCloud, bucket: Bucket) -> None:
    """A thousand objects are deleted in one call; one more is refused, and nothing is deleted."""
    keys = [f"old/{number:04}" for number in range(1001)]
    for key in keys:
        cloud.cos.put(key, b"", {}, create_only=False)
    objects = [{"Key": key} for key in keys]
    with cos_refused(400, "MalformedXML"):
        bucket.client.delete_objects(Bucket=bucket.name, Delete={"Object": objects, "Quiet": "true"})
    assert len(cloud.cos.objects) == 1001
    bucket.client.delete_objects(Bucket=bucket.name, Delete={"Object": objects[:1000], "Quiet": "true"})
    assert bucket.keys(Prefix="old/") == ["old/1000"]


def test_minimal_sub_resources(bucket: Bucket) -> None:
    """The bucket is private, and has neither lifecycle nor policy."""
    bucket.client.head_bucket(Bucket=bucket.name)
    bucket.put("a")
    acls = (bucket.client.get_bucket_acl(Bucket=bucket.name), bucket.client.get_object_acl(Bucket=bucket.name, Key="a"))
    assert {one["AccessControlList"]["Grant"][0]["Permission"] for one in acls} == {"FULL_CONTROL"}
    with cos_refused(404, "NoSuchLifecycleConfiguration"):
        bucket.client.get_bucket_lifecycle(Bucket=bucket.name)
    with cos_refused(404, "NoSuchBucketPolicy"):
        bucket.client.get_bucket_policy(Bucket=bucket.name)


def test_what_is_not_emulated(bucket: Bucket) -> None:
    """Other operations are a clear 501, and never do something else."""
    with cos_refused(501, "NotImplemented"):
        bucket.client.get_bucket_cors(Bucket=bucket.name)
    with cos_refused(501, "NotImplemented"):
        bucket.client.create_multipart_upload(Bucket=bucket.name, Key="a")
    with cos_refused(501, "NotImplemented"):
        bucket.client.copy_object(
            Bucket=bucket.name, Key="b", CopySource={"Bucket": bucket.name, "Key": "a", "Region": "ap-guangzhou"}
        )


def test_bad_puts(bucket: Bucket) -> None:
    """A wrong digest, a key too long and an unknown encryption are refused."""
    with cos_refused(400, "BadDigest"):
        bucket.put("a", b"1", ContentMD5="kAFQmDzST7DWlj99KOF/cg==")
    with cos_refused(400, "InvalidDigest"):
        bucket.put("a", b"1", ContentMD5="not base64")
    with cos_refused(400, "KeyTooLong"):
        bucket.put("a" * 851)
    with cos_refused(400, "InvalidArgument"):
        bucket.put("a", ServerSideEncryption="ROT13")
    bucket.put("a", b"1", EnableMD5=True)  # type: ignore[arg-type]


def test_address_by_host(cloud: LocalCloud) -> None:
    """The bucket's own host name may be sent to the IP; another bucket's does not exist, and paths are refused."""
    ip, port = cloud.cos_url.removeprefix("http://").split(":")
    named = Bucket(cloud, cloud.root, IP=ip, Port=int(port))
    named.put("a", b"1")
    assert named.get("a") == b"1"
    named.name = "other-1250000000"
    with cos_refused(404, "NoSuchBucket"):
        named.put("a")
    with cos_refused(403, "PathStyleDomainForbidden"):
        Bucket(cloud, cloud.root).put(f"{cloud.bucket}/a")


def test_policy_of_a_role(cloud: LocalCloud) -> None:
    """A role's policy is held against each call, conditions included; the journal says whose call it was."""
    resource = f"qcs::cos:{cloud.region}:uid/{cloud.appid}:{cloud.bucket}"
    create_only = {"string_equal": {"cos:x-cos-forbid-overwrite": "true"}}
    statements: list[dict[str, object]] = [
        {"action": "name/cos:PutObject", "resource": f"{resource}/state/*", "condition": create_only},
        {"action": ["name/cos:GetObject", "name/cos:DeleteMultipleObjects"], "resource": [f"{resource}/state/*"]},
        {
            "action": "name/cos:GetBucket",
            "resource": f"{resource}/*",
            "condition": {"string_like": {"cos:prefix": "state/*"}},
        },
    ]
    policy: dict[str, object] = {"version": "2.0", "statement": [{"effect": "allow", **one} for one in statements]}
    bucket = Bucket(cloud, cloud.role_credentials("worker", policy=policy))
    bucket.put("state/a", b"1", create_only=True)
    assert bucket.get("state/a") == b"1"
    assert bucket.keys(Prefix="state/") == ["state/a"]
    assert {call.principal for call in cloud.journal} == {"role/worker"}
    denied: tuple[Callable[[], object], ...] = (
        lambda: bucket.put("state/b"),
        lambda: bucket.put("other/b", create_only=True),
        lambda: bucket.get("other/b"),
        bucket.keys,
        lambda: bucket.client.delete_object(Bucket=bucket.name, Key="state/a"),
        lambda: bucket.client.delete_objects(
            Bucket=bucket.name, Delete={"Object": [{"Key": "state/a"}, {"Key": "other/b"}]}
        ),
    )
    for attempt in denied:
        with cos_refused(403, "AccessDenied"):
            attempt()
    assert list(cloud.cos.objects) == ["state/a"]


def test_read_lag(cloud: LocalCloud, bucket: Bucket) -> None:
    """With a lag, reads are behind and create-only PUTs are not."""
    bucket.put("a", b"1")
    cloud.clock.advance(10)
    cloud.cos.lag = 5.0
    bucket.put("a", b"2")
    bucket.put("b", create_only=True)
    assert (bucket.get("a"), bucket.keys()) == (b"1", ["a"])
    with cos_refused(409, "FileAlreadyExists"):
        bucket.put("b", create_only=True)
    cloud.clock.advance(6)
    assert (bucket.get("a"), bucket.keys()) == (b"2", ["a", "b"])


def test_every_operation_has_its_own_name() -> None:
    """Names in the journal are unambiguous."""
    names = [operation.name for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
