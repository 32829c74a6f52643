"""Every operation of COS, by method, by object or bucket, and by subresource."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local.cos import bucket_operations as bucket
from local.cos import object_operations as objects
from local.cos.models import CosBackend
from local.http_messages import Answer, Request

Perform = Callable[[CosBackend, Request, str], Answer]


@dataclass(frozen=True)
class Operation:
    """One operation. ``permission`` is its action's name in CAM policies, without ``cos:``."""

    name: str
    permission: str
    perform: Perform


OPERATIONS: Mapping[tuple[str, str, str], Operation] = {
    ("PUT", "object", ""): Operation("PutObject", "PutObject", objects.put_object),
    ("GET", "object", ""): Operation("GetObject", "GetObject", objects.get_object),
    ("HEAD", "object", ""): Operation("HeadObject", "HeadObject", objects.head_object),
    ("DELETE", "object", ""): Operation("DeleteObject", "DeleteObject", objects.delete_object),
    ("POST", "bucket", "delete"): Operation("DeleteMultipleObjects", "DeleteMultipleObjects", bucket.delete_objects),
    ("GET", "object", "acl"): Operation("GetObjectACL", "GetObjectACL", bucket.get_acl),
    ("GET", "bucket", ""): Operation("ListObjects", "GetBucket", bucket.list_objects),
    ("HEAD", "bucket", ""): Operation("HeadBucket", "HeadBucket", bucket.head_bucket),
    ("GET", "bucket", "versioning"): Operation(
        "GetBucketVersioning", "GetBucketVersioning", bucket.get_bucket_versioning
    ),
    ("GET", "bucket", "acl"): Operation("GetBucketACL", "GetBucketACL", bucket.get_acl),
    ("GET", "bucket", "lifecycle"): Operation("GetBucketLifecycle", "GetBucketLifecycle", bucket.get_bucket_lifecycle),
    ("GET", "bucket", "policy"): Operation("GetBucketPolicy", "GetBucketPolicy", bucket.get_bucket_policy),
}
