"""Writes and reads COS's XML."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote
from xml.etree import ElementTree as ET

from local.clock import iso_time
from local.cos.exceptions import CosError, MalformedXml
from local.cos.models import Listing, StoredObject

HEAD = "<?xml version='1.0' encoding='utf-8' ?>\n"


def element(name: str, content: str) -> str:
    """An element with a text."""
    return f"<{name}>{escape(content, quote=False)}</{name}>"


def document(name: str, *children: str) -> bytes:
    """A whole document, from the XML of its children."""
    return f"{HEAD}<{name}>{''.join(children)}</{name}>".encode()


def error(problem: CosError, resource: str, request_id: str) -> bytes:
    """An error. All five elements have a text, because SDKs lose the code otherwise."""
    fields = {
        "Code": problem.code,
        "Message": problem.message,
        "Resource": resource,
        "RequestId": request_id,
        "TraceId": request_id * 2,
    }
    return document("Error", *(element(name, text) for name, text in fields.items()))


def listing(found: Listing, bucket: str, owner: str, asked: dict[str, str]) -> bytes:
    """The answer of a list; with ``encoding-type=url`` keys and prefixes are percent-encoded."""
    encoded = asked.get("encoding-type") == "url"

    def key(text: str) -> str:
        return quote(text, safe="/") if encoded else text

    children = [
        element("Name", bucket),
        element("EncodingType", "url") if encoded else "",
        element("Prefix", key(asked.get("prefix", ""))),
        element("Marker", key(asked.get("marker", ""))),
        element("MaxKeys", asked.get("max-keys", "1000")),
        element("Delimiter", key(asked["delimiter"])) if asked.get("delimiter") else "",
        element("IsTruncated", "true" if found.next_marker else "false"),
        element("NextMarker", key(found.next_marker)) if found.next_marker else "",
        *(contents(one, key(one.key), owner) for one in found.objects),
        *(f"<CommonPrefixes>{element('Prefix', key(one))}</CommonPrefixes>" for one in found.prefixes),
    ]
    return document("ListBucketResult", *children)


def contents(one: StoredObject, key: str, owner: str) -> str:
    """An object in a list."""
    fields = (
        element("Key", key)
        + element("LastModified", iso_time(one.last_modified))
        + element("ETag", one.etag)
        + element("Size", str(len(one.body)))
        + f"<Owner>{element('ID', owner)}{element('DisplayName', owner)}</Owner>"
        + element("StorageClass", one.headers.get("x-cos-storage-class", "STANDARD"))
    )
    return f"<Contents>{fields}</Contents>"


def access_control(owner: str) -> bytes:
    """A private object's or bucket's ACL."""
    holder = element("ID", owner) + element("DisplayName", owner)
    grant = f"<Grant><Grantee>{holder}</Grantee>{element('Permission', 'FULL_CONTROL')}</Grant>"
    return document(
        "AccessControlPolicy", f"<Owner>{holder}</Owner>", f"<AccessControlList>{grant}</AccessControlList>"
    )


def deleted(keys: Iterable[str], quiet: bool) -> bytes:
    """The answer of a multi-delete; a quiet one lists nothing."""
    done = [] if quiet else [f"<Deleted>{element('Key', one)}</Deleted>" for one in keys]
    return document("DeleteResult", *done)


def keys_to_delete(body: bytes) -> tuple[list[str], bool]:
    """The keys of a multi-delete, and whether it is quiet; raises MalformedXml."""
    try:
        root = ET.fromstring(body)  # noqa: S314 a loopback client that wants to exhaust us can just as well
    except ET.ParseError as problem:
        raise MalformedXml from problem
    keys = [one.findtext("Key") or "" for one in root.findall("Object")]
    if root.tag != "Delete" or not 1 <= len(keys) <= 1000 or not all(keys):
        raise MalformedXml
    return keys, root.findtext("Quiet") == "true"
