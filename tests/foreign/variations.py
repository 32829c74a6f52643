"""The clouds that the functions are held against: each differs from the plain one in what nobody has promised."""

from __future__ import annotations

from tests.foreign.options import Options

VARIATIONS = {
    "plain": Options(),
    "http-1.0": Options(protocol="HTTP/1.0"),
    "no-etag-on-put": Options(etag_on_put=False),
    "no-etag-on-get": Options(etag_on_get=False),
    "no-etag": Options(etag_on_put=False, etag_on_get=False),
    "no-date": Options(date=False),
    "no-last-modified": Options(last_modified=False),
    "no-clock": Options(date=False, last_modified=False),
    "namespace": Options(namespace=True),
    "pages-of-one": Options(page=1, namespace=True),
    "bare-404-and-409": Options(body_404=False, body_409=False),
    "delete-404": Options(gone=404),
    "versioning-forbidden": Options(no_versioning="forbidden"),
    "versioning-unknown": Options(no_versioning="unknown"),
    "types-in-lists": Options(types="in lists"),
    "types-by-id": Options(types="by id"),
    "no-types": Options(types="nowhere"),
    "no-get-policy": Options(get_policy=False),
    "many-policies": Options(others=250, keyword=False),
    "uin-as-text": Options(uin_as_text=True, echo=True, caller="everything"),
    "other-nobody": Options(nobody="InvalidParameter.UserNotExist"),
    "empty-nobody": Options(empty_nobody=True),
    "strict-attachments": Options(
        reattach="FailedOperation.AlreadyAttached", detach_nothing="ResourceNotFound.PolicyIdNotFound"
    ),
    "lag-2": Options(lag=2),
    "lag-9": Options(lag=9),
    "all-at-once": Options(
        protocol="HTTP/1.0",
        etag_on_put=False,
        etag_on_get=False,
        date=False,
        last_modified=False,
        page=1,
        body_404=False,
        body_409=False,
        gone=404,
        types="in lists",
        uin_as_text=True,
        nobody="InvalidParameter.UserNotExist",
        reattach="FailedOperation.AlreadyAttached",
        detach_nothing="ResourceNotFound.PolicyIdNotFound",
        lag=4,
    ),
}

FRUGAL = (
    "plain",
    "http-1.0",
    "no-etag-on-get",
    "no-clock",
    "namespace",
    "bare-404-and-409",
    "versioning-forbidden",
    "many-policies",
    "uin-as-text",
    "other-nobody",
)
"""Those that cost a warm instance no further call."""
