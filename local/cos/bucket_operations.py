"""COS's operations on the bucket: each answers a request whose signature and permission have been checked."""

from local.cos import exceptions as errors
from local.cos import xml
from local.cos.models import PAGE_LIMIT, CosBackend
from local.cos.object_operations import check_digest
from local.http_messages import Answer, Request

XML = {"Content-Type": "application/xml"}


def delete_objects(cos: CosBackend, request: Request, _key: str) -> Answer:
    """Delete up to 1000 objects; the list of them needs its Content-MD5."""
    if "Content-MD5" not in request.headers:
        raise errors.InvalidArgument("Missing required header: Content-MD5.", "MissingContentMD5")
    check_digest(request)
    keys, quiet = xml.keys_to_delete(request.body)
    for key in keys:
        cos.delete(key)
    return Answer(200, XML, xml.deleted(keys, quiet))


def list_objects(cos: CosBackend, request: Request, _key: str) -> Answer:
    """One page of keys, of at most 1000; raises InvalidArgument."""
    asked = request.query
    text = asked.get("max-keys") or str(PAGE_LIMIT)
    if not text.isdecimal():
        raise errors.InvalidArgument("max-keys is a number.")
    limit = min(int(text), PAGE_LIMIT)
    found = cos.list(asked.get("prefix", ""), asked.get("marker", ""), asked.get("delimiter", ""), limit)
    shown = {**asked, "max-keys": str(limit)}
    return Answer(200, XML, xml.listing(found, cos.accounts.bucket, cos.accounts.owner_uin, shown))


def head_bucket(_cos: CosBackend, _request: Request, _key: str) -> Answer:
    """Whether the bucket is there."""
    return Answer(200, {})


def get_bucket_versioning(cos: CosBackend, _request: Request, _key: str) -> Answer:
    """The versioning status; an empty configuration when it was never enabled."""
    status = xml.element("Status", cos.versioning) if cos.versioning else ""
    return Answer(200, XML, xml.document("VersioningConfiguration", status))


def get_acl(cos: CosBackend, _request: Request, key: str) -> Answer:
    """The ACL of the bucket or of an object: private."""
    if key:
        cos.get(key)
    return Answer(200, XML, xml.access_control(cos.accounts.owner_uin))


def get_bucket_lifecycle(_cos: CosBackend, _request: Request, _key: str) -> Answer:
    """Raise NoSuchLifecycleConfiguration: none can be set here."""
    raise errors.NothingConfigured(code="NoSuchLifecycleConfiguration")


def get_bucket_policy(_cos: CosBackend, _request: Request, _key: str) -> Answer:
    """Raise NoSuchBucketPolicy: none can be set here."""
    raise errors.NothingConfigured(code="NoSuchBucketPolicy")
